#include "tests/server/running_node.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace troupe::server::test {

namespace {

std::vector<std::string> with_defaults(std::vector<std::string> flags) {
  flags.insert(flags.begin(), {"--config", demo_file(), "--listen", "127.0.0.1:0",
                               "--limits.commands_per_second", "0"}); // tests speak as fast as the machine lets them
  return flags;
}

std::vector<std::string> with_state(std::vector<std::string> environment, const std::filesystem::path& state) {
  environment.push_back("XDG_STATE_HOME=" + state.string());
  return environment;
}

} // namespace

std::string troupe_program() {
  const char* other = std::getenv("TEST_PROGRAM"); // another build of it
  return other ? other : TROUPE_PROGRAM;
}

std::string odd_program() { return TROUPE_ODD_PROGRAM; }

std::string demo_file() { return TROUPE_SOURCE_DIR "/examples/demo.toml"; }

running_node::running_node(std::vector<std::string> flags, const std::string& program,
                           std::vector<std::string> environment, std::optional<int> err)
    : state_(scratch_ / "state"),
      process_(program, with_defaults(std::move(flags)), with_state(std::move(environment), state_), err) {
  constexpr std::string_view before = "listening http://127.0.0.1:"; // in JSON, too
  const bool listens = process_.says("listening http://127.0.0.1:");
  INFO(process_.err());
  REQUIRE(listens);
  const auto said = process_.out();
  port_ = static_cast<std::uint16_t>(std::stoul(said.substr(said.find(before) + before.size())));
}

/// A sanitized program is ended in good order, so that it looks for leaks, too. (One that is stuck on purpose is killed.)
running_node::~running_node() {
  if constexpr (!sanitized)
    return;
  process_.signal(SIGTERM);
  process_.status_within(10s);
  const auto said = process_.err();
  if (said.find("Sanitizer") != std::string::npos || said.find("runtime error: ") != std::string::npos)
    FAIL_CHECK(said);
}

std::string running_node::key() const {
  std::ifstream in{state_ / "troupe" / (std::to_string(port_) + ".key")};
  std::string text;
  in >> text;
  return text;
}

int running_node::stop() {
  process_.signal(SIGTERM);
  return process_.status();
}

// -- requests -----------------------------------------------------------------

answer running_node::get(std::string_view target, std::string_view more_headers) const {
  client c{port_};
  c.send(transports::test::get(target, more_headers));
  return c.response();
}

answer running_node::post(std::string_view target, std::string_view body, std::string_view more_headers) const {
  client c{port_};
  c.send(transports::test::post(target, body, more_headers));
  return c.response();
}

answer running_node::post_json(std::string_view target, const json& body, std::string_view more_headers) const {
  return post(target, std::string_view{body.dump()}, "Content-Type: application/json\r\n" + std::string{more_headers});
}

// -- knowing ------------------------------------------------------------------

json running_node::metrics() const { return json::parse(get("/metrics", "Accept: application/json\r\n").body); }

json running_node::api(std::string_view target) const { return json::parse(get(target, key_header()).body); }

std::uint64_t running_node::members(std::string_view channel) const {
  const auto all = api("/api/channels");
  for (const auto& c : all["channels"])
    if (c["name"] == channel)
      return c["members"];
  return 0;
}

std::size_t running_node::resident_bytes() const {
  std::ifstream in{"/proc/" + std::to_string(process_.id()) + "/statm"};
  std::size_t size = 0, resident = 0;
  in >> size >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t running_node::publish(std::string_view channel, const json& data, std::string_view event) const {
  json what{{"channel", channel}, {"data", data}};
  if (!event.empty())
    what["event"] = event;
  const auto said = post_json("/api/publish", what, key_header());
  INFO(said.body);
  REQUIRE(said.status == 200);
  return json::parse(said.body)["offset"];
}

} // namespace troupe::server::test
