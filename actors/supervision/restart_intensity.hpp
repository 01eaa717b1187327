#pragma once
/// Counts restarts in a sliding window and says when they are too many. Pure: time is passed in.

#include <troupe/supervisor.hpp>

#include <deque>

namespace troupe::actors {

class restart_intensity {
 public:
  using time_point = caf::actor_clock::time_point;

  explicit restart_intensity(restart_limit limit) : limit_(limit) {}

  /// Takes note of a restart that is due at `now`; false if it is one too many.
  [[nodiscard]] bool allow(time_point now);

 private:
  restart_limit limit_;
  std::deque<time_point> recent_; // at most restarts_max + 1
};

} // namespace troupe::actors
