#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace troupe::actors {

/// A token bucket: so many at once, then one more after each pause. Instead of tokens it knows when it will be full.
///
/// Tokens are taken in lots of about a sixteenth of the bucket, so that only one command in a lot needs the clock: the others
/// cost a comparison. A lot that is half used before a long pause is what a client may have on top of a full bucket.
/// Integer arithmetic, to the nanosecond. Owner: whoever is paced. Thread: its owner's.
class rate_bucket {
 public:
  using time = std::chrono::steady_clock::time_point;
  using nanoseconds = std::chrono::nanoseconds;

  /// As it is configured now: it may change between two takings.
  struct bounds {
    std::int64_t burst = 1;
    nanoseconds each{1}; ///< until there is one more

    /// `n` (not 0) in `period`; `burst` 0: as many at once.
    static constexpr bounds of(std::size_t n, std::size_t burst, nanoseconds period = std::chrono::seconds{1}) noexcept {
      return {static_cast<std::int64_t>(burst == 0 ? n : burst), period / static_cast<std::int64_t>(n)};
    }
  };

  /// One of the lot, if any is left of it.
  [[nodiscard]] bool take_in_hand() noexcept {
    if (in_hand_ == 0)
      return false;
    --in_hand_;
    return true;
  }

  /// Once the lot is used up: another one, and one of it. False: there is none.
  [[nodiscard]] bool take(const bounds& by, time now) noexcept {
    const auto from = full_at_ = full_at(by, now);
    const auto missing = (from - now + by.each - nanoseconds{1}) / by.each;
    const auto there = by.burst - missing;
    if (there < 1)
      return false;
    const auto lot = std::min(there, 1 + by.burst / 16);
    full_at_ = from + by.each * lot;
    in_hand_ = static_cast<std::uint32_t>(lot - 1);
    return true;
  }

  /// From `now` until one can be taken; 0: one can.
  [[nodiscard]] nanoseconds wait(const bounds& by, time now) const noexcept {
    return std::max(full_at(by, now) - now - by.each * (by.burst - 1), nanoseconds{0});
  }

 private:
  /// It lacks no more than it holds, also if it held more before.
  [[nodiscard]] time full_at(const bounds& by, time now) const noexcept {
    return std::clamp(full_at_, now, now + by.each * by.burst);
  }

  time full_at_{};
  std::uint32_t in_hand_ = 0;
};

} // namespace troupe::actors
