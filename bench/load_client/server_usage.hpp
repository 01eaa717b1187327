#pragma once
/// CPU time and memory of another process, as /proc tells.

#include <cstdint>

namespace troupe::bench {

struct server_usage {
  double cpu_seconds = 0;      ///< user and system, all threads
  std::int64_t rss_bytes = 0;  ///< VmRSS
  std::int64_t pss_bytes = -1; ///< -1: smaps_rollup cannot be read

  /// Zeroes for pid 0 or one that is gone.
  [[nodiscard]] static server_usage of(int pid);
  /// The first of these alone: cheap.
  [[nodiscard]] static double cpu_of(int pid);
  /// VmHWM: the most that it ever had; 0 likewise.
  [[nodiscard]] static std::int64_t peak_rss_of(int pid);
};

} // namespace troupe::bench
