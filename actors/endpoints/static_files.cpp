#include "actors/endpoints/static_files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

/// An open file, for as long as one piece is read. (O_NONBLOCK: a pipe that somebody put there is no reason to wait.)
class open_file {
 public:
  explicit open_file(const fs::path& file) : fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~open_file() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;

  /// Nothing: it is no regular file, or not there.
  [[nodiscard]] std::optional<struct stat> look() const {
    struct stat s {};
    if (fd_ < 0 || ::fstat(fd_, &s) != 0 || !S_ISREG(s.st_mode))
      return std::nullopt;
    return s;
  }

  /// All `n` bytes from `at` on, or none.
  [[nodiscard]] std::string read(std::uint64_t at, std::size_t n) const {
    std::string bytes(n, '\0');
    for (std::size_t done = 0; done < n;) {
      const auto got = ::pread(fd_, bytes.data() + done, n - done, static_cast<off_t>(at + done));
      if (got <= 0 && !(got < 0 && errno == EINTR))
        return {};
      done += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    return bytes;
  }

 private:
  int fd_;
};

/// What follows the first piece. The file is opened for each piece, so that slow clients hold no open files, and must be
/// the one that was announced.
class rest_of_file final : public transports::body_source {
 public:
  rest_of_file(fs::path file, std::string tag, std::uint64_t at, std::uint64_t size)
      : file_(std::move(file)), tag_(std::move(tag)), at_(at), left_(size - at), size_(left_) {}

  [[nodiscard]] std::uint64_t size() const override { return size_; }

  [[nodiscard]] std::string read(std::size_t max) override {
    const open_file file(file_);
    const auto now = file.look();
    if (!now || tag_of(*now) != tag_)
      return {};
    auto bytes = file.read(at_, static_cast<std::size_t>(std::min<std::uint64_t>(left_, max)));
    at_ += bytes.size();
    left_ -= bytes.size();
    return bytes;
  }

 private:
  const fs::path file_;
  const std::string tag_;
  std::uint64_t at_, left_;
  const std::uint64_t size_;
};

http_response file_response(const fs::path& file, const transports::http_request& request) {
  const open_file opened(file);
  const auto s = opened.look();
  if (!s)
    return not_found();
  const auto size = static_cast<std::size_t>(s->st_size);
  if (size > static_files::file_bytes_max)
    return error_response(404, "not_found", "the file is too large to be served from here");
  http_response r{200,
                  {{"Content-Type", content_type(file.native())},
                   {"Cache-Control", "no-cache"},
                   {"ETag", tag_of(*s)},
                   {"X-Content-Type-Options", "nosniff"}},
                  {}};
  if (request.header("if-none-match") == tag_of(*s)) {
    r.status = 304;
    return r;
  }
  const auto piece = std::min(size, static_files::piece_bytes);
  r.body = opened.read(0, piece);
  if (r.body.size() != piece)
    return not_found();
  if (piece < size)
    r.rest = std::make_shared<rest_of_file>(file, tag_of(*s), piece, size);
  return r;
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
    no.headers.emplace_back("Allow", "GET, HEAD, OPTIONS");
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
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> types{{
      {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"}, {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"}, {".png", "image/png"}, {".jpg", "image/jpeg"}, {".ico", "image/x-icon"},
      {".json", "application/json"}, {".map", "application/json"}, {".txt", "text/plain; charset=utf-8"}, {".webp", "image/webp"},
      {".woff2", "font/woff2"}, {".wasm", "application/wasm"},
  }};
  for (const auto& [ending, type] : types)
    if (name.ends_with(ending))
      return std::string{type};
  return "application/octet-stream";
}

} // namespace troupe::actors
