#pragma once

#include <troupe/supervisor.hpp>

#include <vector>

namespace troupe::actors {

/// Counts restarts in a sliding window and says when they are too many. Pure: time is passed in.
class restart_intensity {
 public:
  using time_point = caf::actor_clock::time_point;

  explicit restart_intensity(restart_limit limit) : limit_(limit) {}

  /// Takes note of a restart that is due at `now`; false if it is one too many.
  [[nodiscard]] bool allow(time_point now);

 private:
  restart_limit limit_;
  std::vector<time_point> recent_; // at most restarts_max + 1; most children never have any
};

} // namespace troupe::actors
