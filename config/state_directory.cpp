#include "config/state_directory.hpp"

#include <array>
#include <cstdlib>
#include <pwd.h>
#include <string>
#include <string_view>
#include <unistd.h>

namespace troupe::config {

namespace {

std::string home_directory() {
  if (const char* home = std::getenv("HOME"); home && *home == '/')
    return home;
  passwd entry{}, *found = nullptr;
  std::array<char, 4096> buffer{};
  return ::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found && found->pw_dir
             ? found->pw_dir
             : "";
}

} // namespace

std::optional<std::filesystem::path> state_directory() {
  if (const char* state = std::getenv("STATE_DIRECTORY"); state && *state == '/') // of a systemd unit; a list, ours is the first
    return std::filesystem::path{std::string_view{state}.substr(0, std::string_view{state}.find(':'))};
  if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state == '/')
    return std::filesystem::path{state} / "troupe";
  const auto home = home_directory();
  if (home.empty())
    return std::nullopt;
  return std::filesystem::path{home} / ".local" / "state" / "troupe";
}

} // namespace troupe::config
