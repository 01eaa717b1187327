#pragma once
/// What /proc says about this machine, as values. Pure functions of the files' text; `read_machine` reads them.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace examples {

/// Time a processor has spent since boot, in ticks.
struct cpu_times {
  std::uint64_t busy = 0, total = 0;
};

struct cpu_reading {
  cpu_times all;
  std::vector<cpu_times> cores;
};

struct memory_reading {
  std::uint64_t total = 0, available = 0; ///< bytes
};

/// Bytes since boot.
struct network_reading {
  std::uint64_t received = 0, sent = 0; ///< of all interfaces but loopback
  std::uint64_t loopback = 0;
};

struct machine_reading {
  cpu_reading cpu;
  memory_reading memory;
  network_reading network;
  double load = 0; ///< average of runnable threads over the last minute
};

// -- parsing ------------------------------------------------------------------

[[nodiscard]] cpu_reading parse_stat(std::string_view text);         ///< /proc/stat
[[nodiscard]] memory_reading parse_meminfo(std::string_view text);   ///< /proc/meminfo
[[nodiscard]] network_reading parse_net_dev(std::string_view text);  ///< /proc/net/dev
[[nodiscard]] double parse_loadavg(std::string_view text);           ///< /proc/loadavg

// -- reading ------------------------------------------------------------------

/// What cannot be read is zero.
[[nodiscard]] machine_reading read_machine(const std::string& root = "/proc");

/// Percent of the time between two readings that was busy; 0 if no time has passed.
[[nodiscard]] double busy_percent(const cpu_times& before, const cpu_times& after);

} // namespace examples
