#include "actors/endpoints/static_files.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <utility>

namespace troupe::actors {

namespace {

namespace fs = std::filesystem;
using transports::error_response;
using transports::http_response;

http_response not_found() { return error_response(404, "not_found", "there is nothing at this path"); }

/// Also `//`: as a path it would be absolute, in a Location it would be another host.
bool is_odd(std::string_view path) {
  return path.find("/.") != std::string_view::npos || path.find("//") != std::string_view::npos;
}

std::string tag_of(const struct stat& s) {
  return "\"" + std::to_string(s.st_size) + "-" + std::to_string(s.st_mtim.tv_sec) + "." +
         std::to_string(s.st_mtim.tv_nsec) + "\"";
}

http_response file_response(const fs::path& file, const transports::http_request& request) {
  struct stat s {};
  if (::stat(file.c_str(), &s) != 0 || !S_ISREG(s.st_mode))
    return not_found();
  if (static_cast<std::size_t>(s.st_size) > static_files::file_bytes_max)
    return error_response(404, "not_found", "the file is too large to be served from here");
  http_response r{200,
                  {{"Content-Type", content_type(file.native())},
                   {"Cache-Control", "no-cache"},
                   {"ETag", tag_of(s)},
                   {"X-Content-Type-Options", "nosniff"}},
                  {}};
  if (request.header("if-none-match") == tag_of(s)) {
    r.status = 304;
    return r;
  }
  std::ifstream in{file, std::ios::binary};
  r.body.assign(std::istreambuf_iterator<char>{in}, {});
  return in.bad() ? not_found() : r;
}

} // namespace

static_files::static_files(const std::string& directory) {
  std::error_code error;
  if (!directory.empty())
    root_ = fs::canonical(directory, error);
}

http_response static_files::answer(const transports::http_request& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    auto no = error_response(405, "method_not_allowed", "files are read with GET");
    no.headers.emplace_back("Allow", "GET, HEAD");
    return no;
  }
  if (root_.empty() || is_odd(request.path))
    return not_found();
  std::error_code error;
  auto file = fs::canonical(root_ / fs::path(request.path.substr(1)), error);
  if (error)
    return not_found();
  // Canonical, so no `..` and no link leads out.
  if (const auto inside = file.native().compare(0, root_.native().size(), root_.native()) == 0 &&
                          (file == root_ || file.native()[root_.native().size()] == '/');
      !inside)
    return not_found();
  if (fs::is_directory(file, error)) {
    if (!request.path.ends_with('/'))
      return {301, {{"Location", request.path + "/"}}, {}};
    file /= "index.html";
  }
  return file_response(file, request);
}

std::string content_type(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 13> types{{
      {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"}, {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"}, {".png", "image/png"}, {".jpg", "image/jpeg"}, {".ico", "image/x-icon"},
      {".json", "application/json"}, {".txt", "text/plain; charset=utf-8"}, {".webp", "image/webp"},
      {".woff2", "font/woff2"}, {".wasm", "application/wasm"},
  }};
  for (const auto& [ending, type] : types)
    if (name.ends_with(ending))
      return std::string{type};
  return "application/octet-stream";
}

} // namespace troupe::actors
