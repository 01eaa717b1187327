#include "config/api_key.hpp"

#include "scratch.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>
#include <sys/stat.h>

using namespace troupe::config;
using Catch::Contains;

namespace {

unsigned mode_of(const std::filesystem::path& path) {
  struct stat s {};
  REQUIRE(::stat(path.c_str(), &s) == 0);
  return s.st_mode & 07777;
}

std::filesystem::path key_file(const std::filesystem::path& path, const char* text, unsigned mode) {
  std::ofstream{path} << text;
  REQUIRE(::chmod(path.c_str(), static_cast<mode_t>(mode)) == 0);
  return path;
}

} // namespace

TEST_CASE("a key is made at first start, for its owner alone, and found again") {
  scratch_directory here;
  variable state{"XDG_STATE_HOME", (here / "state").string()};
  const auto first = node_api_key({}, 8080);
  REQUIRE(first);
  CHECK(first->made);
  CHECK(first->text.size() == 64);
  const auto path = here / "state" / "troupe" / "8080.key";
  CHECK(first->from == path.string());
  CHECK(mode_of(path) == 0600);
  CHECK(mode_of(path.parent_path()) == 0700);
  const auto second = node_api_key({}, 8080);
  REQUIRE(second);
  CHECK_FALSE(second->made);
  CHECK(second->text == first->text);
  CHECK(client_api_key({}, 8080).value().text == first->text);
  CHECK(std::distance(std::filesystem::directory_iterator{path.parent_path()}, {}) == 1);
}

TEST_CASE("each port has its own key, and no two keys are alike") {
  scratch_directory here;
  variable state{"XDG_STATE_HOME", (here / "state").string()};
  std::set<std::string> seen;
  for (std::uint16_t port = 1; port <= 20; ++port)
    seen.insert(node_api_key({}, port).value().text);
  CHECK(seen.size() == 20);
}

TEST_CASE("without XDG_STATE_HOME the key lives below the home directory") {
  scratch_directory here;
  variable state{"XDG_STATE_HOME", ""};
  variable home{"HOME", (here / "home").string()};
  CHECK(default_key_file(80) == here / "home/.local/state/troupe/80.key");
}

TEST_CASE("a unit's own state directory beats every other place") {
  variable of_home{"XDG_STATE_HOME", "/somewhere"};
  variable of_unit{"STATE_DIRECTORY", "/var/lib/troupe:/var/lib/other"};
  CHECK(default_key_file(80) == "/var/lib/troupe/80.key");
}

TEST_CASE("a key that was said beats a key file, a key file beats the default place") {
  scratch_directory here;
  variable state{"XDG_STATE_HOME", (here / "state").string()};
  api_settings api;
  api.key_file = key_file(here / "k", "  from-file \n", 0600).string();
  CHECK(node_api_key(api, 8080).value().text == "from-file");
  CHECK(client_api_key(api, 8080).value().from == api.key_file);
  api.key = "said";
  CHECK(node_api_key(api, 8080).value().text == "said");
  CHECK_FALSE(std::filesystem::exists(here / "state"));
}

TEST_CASE("a key file that others can read is refused, with the remedy") {
  scratch_directory here;
  for (const unsigned mode : {0644u, 0640u, 0604u, 0660u}) {
    const auto path = key_file(here / "k", "secret", mode);
    const auto result = read_key_file(path);
    REQUIRE_FALSE(result);
    CHECK_THAT(result.error(), Contains(path.string() + " can be read or changed by others (mode 06") &&
                                   Contains("chmod 600 " + path.string()));
  }
}

TEST_CASE("a key file must hold one usable key and be a plain file") {
  scratch_directory here;
  CHECK_THAT(read_key_file(key_file(here / "a", "", 0600)).error(), Contains("holds no usable key"));
  CHECK_THAT(read_key_file(key_file(here / "b", "one\ntwo", 0600)).error(), Contains("holds no usable key"));
  CHECK_THAT(read_key_file(key_file(here / "c", std::string(600, 'x').c_str(), 0600)).error(),
             Contains("holds no usable key"));
  std::filesystem::create_directory(here / "d");
  CHECK_THAT(read_key_file(here / "d").error(), Contains("is no plain file"));
  CHECK_THAT(read_key_file(here / "none").error(), Contains("No such file"));
  REQUIRE(::mkfifo((here / "pipe").c_str(), 0600) == 0);
  CHECK_THAT(read_key_file(here / "pipe").error(), Contains("is no plain file"));
}

TEST_CASE("a configured key file that is missing is refused, not made") {
  scratch_directory here;
  api_settings api;
  api.key_file = (here / "none").string();
  CHECK_FALSE(node_api_key(api, 8080));
  CHECK_FALSE(std::filesystem::exists(here / "none"));
}

TEST_CASE("a client makes no key, and says where one could come from") {
  scratch_directory here;
  variable state{"XDG_STATE_HOME", (here / "state").string()};
  const auto result = client_api_key({}, 8080);
  REQUIRE_FALSE(result);
  CHECK_THAT(result.error(), Contains("8080.key cannot be read") && Contains("--api-key"));
  CHECK_FALSE(std::filesystem::exists(here / "state"));
}

TEST_CASE("whoever comes second gets the key of whoever came first") {
  scratch_directory here;
  const auto first = make_key_file(here / "k");
  CHECK(make_key_file(here / "k") == first);
}
