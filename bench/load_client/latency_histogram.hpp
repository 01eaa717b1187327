#pragma once
/// Counts of latencies in buckets about 1.6 % wide, from a nanosecond to hours.

#include "load_client/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace troupe::bench {

class latency_histogram {
 public:
  latency_histogram();

  void record(nanoseconds latency) noexcept;

  /// `share` of all recorded latencies are at most this; 0 if there are none.
  [[nodiscard]] nanoseconds percentile(double share) const noexcept;

  [[nodiscard]] nanoseconds max() const noexcept { return max_; }

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t total_ = 0;
  nanoseconds max_ = 0;
};

} // namespace troupe::bench
