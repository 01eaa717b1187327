#pragma once

#include "actors/messages/catalogue.hpp"

#include <cstddef>
#include <deque>

namespace troupe::actors {

/// What a node did in the last hour, for charts: one sample each ten seconds.
///
/// Owner: the telemetry actor; it begins anew with it. Thread: its own. Bounded: `samples_max` samples.
class load_history {
 public:
  static constexpr std::chrono::seconds period{10};
  static constexpr std::size_t samples_max = 360;

  /// `now` has totals where a sample has what came since the one before. The first only says where counting begins.
  void add(const load_sample& now) {
    if (begun_) {
      auto since = now;
      since.published -= before_.published;
      since.delivered -= before_.delivered;
      since.received -= before_.received;
      since.errors -= before_.errors;
      since.restarts -= before_.restarts;
      since.bytes_out -= before_.bytes_out;
      samples_.push_back(since);
    }
    before_ = now;
    begun_ = true;
    if (samples_.size() > samples_max)
      samples_.pop_front();
  }

  /// Oldest first.
  [[nodiscard]] load_told told() const { return {{samples_.begin(), samples_.end()}}; }

 private:
  std::deque<load_sample> samples_;
  load_sample before_; // totals
  bool begun_ = false;
};

} // namespace troupe::actors
