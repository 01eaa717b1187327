#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace troupe::transports {

/// How fast one listener accepts: so many a second, and after a pause a small batch at once.
///
/// Owner: the listener. Thread: its loop's. Pure: the caller brings the time.
class accept_pace {
 public:
  using clock = std::chrono::steady_clock;

  explicit accept_pace(std::size_t per_second)
      : each_(clock::duration{std::chrono::seconds{1}} / static_cast<clock::rep>(std::max<std::size_t>(per_second, 1))),
        batch_(std::clamp<std::size_t>(per_second / batches_per_second, 1, batch_max)) {}

  /// Whether one may be accepted at `now`.
  [[nodiscard]] bool may(clock::time_point now) const noexcept { return next_ <= now; }

  void accepted(clock::time_point now) noexcept {
    const auto earliest = now - each_ * static_cast<clock::rep>(batch_ - 1);
    if (next_ < earliest) // no std::max: GCC 12 takes it out of a loop, wrongly
      next_ = earliest;
    next_ += each_;
  }

  /// How long it rests once the batch is used up: a loop that woke for each one would do little else.
  [[nodiscard]] clock::duration rest() const noexcept { return each_ * static_cast<clock::rep>((batch_ + 1) / 2); }

 private:
  static constexpr std::size_t batches_per_second = 100;
  static constexpr std::size_t batch_max = 64;

  clock::duration each_;
  std::size_t batch_;
  clock::time_point next_{}; // no earlier
};

} // namespace troupe::transports
