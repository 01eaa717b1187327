// Static files: what is served, and what must not be.

#include "actors/endpoints/static_files.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using troupe::actors::static_files;

namespace {

namespace fs = std::filesystem;

/// A directory of its own, with a secret beside it.
struct site {
  site() : around(fs::temp_directory_path() / ("troupe-pages-" + std::to_string(::getpid()))), root(around / "pages") {
    fs::create_directories(root / "chat");
    write(root / "index.html", "home");
    write(root / "chat/index.html", "chat");
    write(root / "a b.js", "script");
    write(root / ".hidden", "hidden");
    write(around / "secret", "secret");
    fs::create_symlink(around / "secret", root / "link");
  }
  ~site() { fs::remove_all(around); }
  static void write(const fs::path& node, const std::string& text) { std::ofstream{node} << text; }

  fs::path around, root;
};

troupe::transports::http_response get(const static_files& files, std::string path,
                                      std::vector<std::pair<std::string, std::string>> headers = {}) {
  troupe::transports::http_request r;
  r.method = "GET";
  r.path = std::move(path);
  r.headers = std::move(headers);
  return files.answer(r);
}

std::string header(const troupe::transports::http_response& r, std::string_view name) {
  for (const auto& [key, value] : r.headers)
    if (key == name)
      return value;
  return {};
}

} // namespace

TEST_CASE("files below the directory are served with their type; a directory is its index") {
  const site s;
  const static_files files{s.root.string()};
  REQUIRE(get(files, "/").body == "home");
  REQUIRE(get(files, "/chat/").body == "chat");
  REQUIRE(header(get(files, "/"), "Content-Type") == "text/html; charset=utf-8");
  REQUIRE(header(get(files, "/a b.js"), "Content-Type") == "text/javascript; charset=utf-8");
  const auto moved = get(files, "/chat");
  REQUIRE(moved.status == 301);
  REQUIRE(header(moved, "Location") == "/chat/");
}

TEST_CASE("nothing else is: no way up, no links out, no hidden files, no absolute paths") {
  const site s;
  const static_files files{s.root.string()};
  for (const std::string path : {"/../secret", "/chat/../../secret", "/link", "/.hidden", "/nothing", "/chat/nothing"}) {
    INFO(path);
    REQUIRE(get(files, path).status == 404);
  }
  REQUIRE(get(files, "/" + s.root.string() + "/chat").status == 404); // `//…` is an absolute path
  REQUIRE(get(files, "//evil.example").status == 404);
  REQUIRE(get(static_files{""}, "/").status == 404);
  REQUIRE(get(static_files{(s.around / "none").string()}, "/").status == 404);
}

TEST_CASE("a file that a browser has already is not sent again") {
  const site s;
  const static_files files{s.root.string()};
  const auto tag = header(get(files, "/"), "ETag");
  const auto again = get(files, "/", {{"if-none-match", tag}});
  REQUIRE(again.status == 304);
  REQUIRE(again.body.empty());
}

TEST_CASE("a large file is read piece by piece, as its client takes it") {
  const site s;
  std::string text;
  for (int i = 0; text.size() < 3 * static_files::piece_bytes; ++i)
    text += std::to_string(i) + ' ';
  site::write(s.root / "large.txt", text);
  const static_files files{s.root.string()};
  auto r = get(files, "/large.txt");
  REQUIRE(r.status == 200);
  REQUIRE(r.body.size() == static_files::piece_bytes);
  REQUIRE(r.rest);
  REQUIRE(r.body.size() + r.rest->size() == text.size());
  auto all = r.body;
  for (auto more = r.rest->read(1000); !more.empty(); more = r.rest->read(1000)) {
    REQUIRE(more.size() <= 1000);
    all += more;
  }
  REQUIRE(all == text);
}

TEST_CASE("a file that changes while it is read is not mixed with what it was") {
  const site s;
  site::write(s.root / "large.txt", std::string(2 * static_files::piece_bytes, 'a'));
  const static_files files{s.root.string()};
  auto r = get(files, "/large.txt");
  REQUIRE(r.rest);
  site::write(s.root / "large.txt", std::string(2 * static_files::piece_bytes + 1, 'b'));
  REQUIRE(r.rest->read(1000).empty());
  fs::remove(s.root / "large.txt");
  REQUIRE(r.rest->read(1000).empty());
}
