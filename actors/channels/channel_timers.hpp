#pragma once

#include <troupe/channel.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

namespace troupe::actors {

/// The timers of one channel object. Pure: time is passed in.
///
/// Owner: the channel_runtime; they end with the object. Thread: the channel's.
/// Bounded: `timers_per_channel`; the runtime refuses what is over.
class channel_timers {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using timer_id = troupe::channel::timer_id;
  using action = std::function<void()>;

  /// `period` none: once.
  timer_id add(time_point due, std::optional<std::chrono::milliseconds> period, action what);
  void cancel(timer_id id);
  void clear();

  /// The next action that is due; null: none. A periodic one that is late runs once, not once for each period.
  [[nodiscard]] std::shared_ptr<const action> next_due(time_point now);

  [[nodiscard]] std::size_t size() const noexcept { return timers_.size(); }
  [[nodiscard]] std::optional<time_point> next_deadline() const;

 private:
  using agenda = std::multimap<time_point, timer_id>;
  struct timer {
    std::shared_ptr<const action> what; // shared: it may cancel itself while it runs
    std::optional<std::chrono::milliseconds> period;
    agenda::iterator due;
  };

  std::unordered_map<timer_id, timer> timers_;
  agenda agenda_;
  std::uint64_t last_ = 0;
};

} // namespace troupe::actors
