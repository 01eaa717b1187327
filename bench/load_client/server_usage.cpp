#include "load_client/server_usage.hpp"

#include <fstream>
#include <limits>
#include <sstream>
#include <string>

#include <unistd.h>

namespace troupe::bench {

namespace {

/// The kilobytes in the line `name: … kB`, as bytes; -1: not there.
std::int64_t bytes_of(const std::string& path, const std::string& name) {
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name))
      return std::stoll(line.substr(name.size())) * 1024;
  return -1;
}

double cpu_seconds_of(const std::string& path) {
  std::ifstream file{path};
  std::string line;
  std::getline(file, line);
  const auto name_end = line.rfind(')'); // a program's name may contain anything
  if (name_end == std::string::npos)
    return 0;
  std::istringstream fields{line.substr(name_end + 1)};
  std::string skipped;
  for (int field = 3; field < 14; ++field)
    fields >> skipped;
  std::int64_t user = 0, system = 0;
  fields >> user >> system;
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

} // namespace

server_usage server_usage::of(int pid) {
  if (pid <= 0)
    return {};
  const auto folder = "/proc/" + std::to_string(pid);
  return {.cpu_seconds = cpu_seconds_of(folder + "/stat"),
          .rss_bytes = bytes_of(folder + "/status", "VmRSS:"),
          .pss_bytes = bytes_of(folder + "/smaps_rollup", "Pss:")};
}

double server_usage::cpu_of(int pid) { return pid <= 0 ? 0 : cpu_seconds_of("/proc/" + std::to_string(pid) + "/stat"); }

std::int64_t server_usage::peak_rss_of(int pid) {
  return pid <= 0 ? 0 : bytes_of("/proc/" + std::to_string(pid) + "/status", "VmHWM:");
}

} // namespace troupe::bench
