#include "config/api_key.hpp"

#include "config/state_directory.hpp"
#include "config/text_rules.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace troupe::config {

namespace {

using text_result = tl::expected<std::string, std::string>;

class file_descriptor {
 public:
  explicit file_descriptor(int fd) noexcept : fd_{fd} {}
  file_descriptor(const file_descriptor&) = delete;
  file_descriptor& operator=(const file_descriptor&) = delete;
  ~file_descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

tl::unexpected<std::string> system_error(const std::filesystem::path& path, const std::string& what) {
  return tl::unexpected(path.string() + " " + what + ": " + std::strerror(errno));
}

std::string octal(mode_t mode) {
  char text[8];
  std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(mode & 07777));
  return text;
}

/// What is wrong with an open key file, from what the system says of it.
std::optional<std::string> why_unsafe(const struct stat& s, const std::string& path) {
  if (!S_ISREG(s.st_mode))
    return path + " is no plain file";
  if (s.st_uid != ::geteuid() && s.st_uid != 0)
    return path + " belongs to another user (uid " + std::to_string(s.st_uid) + "); a key file must be one's own";
  if ((s.st_mode & 077) != 0)
    return path + " can be read or changed by others (mode " + octal(s.st_mode) + "); chmod 600 " + path +
           ", or remove it to get a new key";
  return std::nullopt;
}

std::string trimmed(std::string text) {
  const auto end = text.find_last_not_of(" \t\r\n");
  text.resize(end == std::string::npos ? 0 : end + 1);
  return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

text_result random_key() {
  std::array<unsigned char, 32> bits{};
  std::size_t filled = 0;
  while (filled < bits.size()) {
    const auto n = ::getrandom(bits.data() + filled, bits.size() - filled, 0);
    if (n < 0 && errno != EINTR)
      return tl::unexpected("no random numbers from the system: " + std::string{std::strerror(errno)});
    filled += n > 0 ? static_cast<std::size_t>(n) : 0;
  }
  std::string result;
  for (const auto byte : bits) {
    result += "0123456789abcdef"[byte >> 4];
    result += "0123456789abcdef"[byte & 15];
  }
  return result;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno != EINTR)
      return false;
    text.remove_prefix(n > 0 ? static_cast<std::size_t>(n) : 0);
  }
  return ::fsync(fd) == 0;
}

/// Directories that are missing are made for the owner alone; those that exist stay as they are.
std::optional<std::string> make_directories(const std::filesystem::path& directory) {
  std::error_code unknown;
  if (directory.empty() || std::filesystem::is_directory(directory, unknown))
    return std::nullopt;
  if (auto failed = make_directories(directory.parent_path()))
    return failed;
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    return system_error(directory, "cannot be made").value();
  return std::nullopt;
}

std::optional<api_key_result> configured_key(const api_settings& api) {
  if (!api.key.empty())
    return api_key{api.key, "the configuration", false};
  if (api.key_file.empty())
    return std::nullopt;
  return read_key_file(api.key_file).map([&](std::string text) {
    return api_key{std::move(text), api.key_file, false};
  });
}

constexpr auto way_out = "set TROUPE_API_KEY, or api.key_file to a file of your own";
constexpr auto no_home = "there is no home directory for an API key file: set TROUPE_API_KEY, or api.key_file to a file of your own";

} // namespace

// -- files --------------------------------------------------------------------

std::optional<std::filesystem::path> default_key_file(std::uint16_t port) {
  auto state = state_directory();
  if (state)
    *state /= std::to_string(port) + ".key";
  return state;
}

text_result read_key_file(const std::filesystem::path& path) {
  const file_descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.get() < 0)
    return system_error(path, "cannot be read");
  struct stat s {};
  if (::fstat(file.get(), &s) != 0)
    return system_error(path, "cannot be read");
  if (auto reason = why_unsafe(s, path.string()))
    return tl::unexpected(*reason);
  std::string text(1024, '\0');
  const auto n = ::read(file.get(), text.data(), text.size());
  if (n < 0)
    return system_error(path, "cannot be read");
  text.resize(static_cast<std::size_t>(n));
  text = trimmed(std::move(text));
  if (text.empty() || api_key_rule(text))
    return tl::unexpected(path.string() + " holds no usable key (one line of at most 512 printable characters)");
  return text;
}

text_result make_key_file(const std::filesystem::path& path) {
  if (auto failed = make_directories(path.parent_path()))
    return tl::unexpected(*failed);
  auto key = random_key();
  if (!key)
    return key;
  auto draft = path;
  draft += "." + std::to_string(::getpid()) + "." + std::to_string(::gettid()) + ".new";
  ::unlink(draft.c_str()); // only a process that died could have left it
  {
    const file_descriptor file{::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (file.get() < 0)
      return system_error(draft, "cannot be made");
    if (::fchmod(file.get(), 0600) != 0 || !write_all(file.get(), *key + "\n")) {
      auto failed = system_error(draft, "cannot be written");
      ::unlink(draft.c_str());
      return failed;
    }
  }
  const int linked = ::link(draft.c_str(), path.c_str());
  const int why = errno;
  ::unlink(draft.c_str());
  errno = why;
  if (linked == 0)
    return key;
  return why == EEXIST ? read_key_file(path) : text_result{system_error(path, "cannot be made")};
}

// -- choosing -----------------------------------------------------------------

api_key_result node_api_key(const api_settings& api, std::uint16_t port) {
  if (auto configured = configured_key(api))
    return *configured;
  const auto path = default_key_file(port);
  if (!path)
    return tl::unexpected(no_home);
  std::error_code unknown; // what cannot be looked at cannot be made either, and says so
  const bool exists = std::filesystem::exists(std::filesystem::symlink_status(*path, unknown));
  return (exists ? read_key_file(*path) : make_key_file(*path))
      .map([&](std::string text) {
        return api_key{std::move(text), path->string(), !exists};
      })
      .map_error([](const std::string& why) { return "no API key: " + why + "; " + way_out; });
}

api_key_result client_api_key(const api_settings& api, std::uint16_t port) {
  if (auto configured = configured_key(api))
    return *configured;
  const auto path = default_key_file(port);
  if (!path)
    return tl::unexpected(no_home);
  return read_key_file(*path)
      .map([&](std::string text) {
        return api_key{std::move(text), path->string(), false};
      })
      .map_error([](const std::string& why) {
        return "no API key: " + why + " (or give --api-key, TROUPE_API_KEY or --api.key_file)";
      });
}

} // namespace troupe::config
