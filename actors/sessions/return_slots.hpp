#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <random>

namespace troupe::actors {

/// A random moment within `d`, never at once; 0 of nothing.
template <class Dice>
[[nodiscard]] std::chrono::milliseconds random_within(std::chrono::milliseconds d, Dice& dice) {
  if (d.count() <= 0)
    return std::chrono::milliseconds{0};
  return std::chrono::milliseconds{std::uniform_int_distribution<std::int64_t>{1, d.count()}(dice)};
}

/// When those who are all sent away come back: one after the other, each at a random moment of a slot of its own, so that
/// whoever takes them in meets a stream and no herd.
///
/// Owner: the shard. Thread: the shard's. A value; pure.
class return_slots {
 public:
  using clock = std::chrono::steady_clock;

  return_slots() = default;

  /// For so many clients: they return over `spread`, or over as long as one in each `at_least` needs.
  return_slots(std::size_t clients, clock::duration spread, clock::duration at_least)
      : slot_(std::max(spread / static_cast<clock::rep>(std::max<std::size_t>(clients, 1)), at_least)) {}

  /// How long the next one that leaves is to stay away. Slots that are over when somebody leaves are not made up for.
  template <class Dice>
  [[nodiscard]] std::chrono::milliseconds next(clock::time_point now, Dice& dice) {
    if (slot_.count() <= 0)
      return std::chrono::milliseconds{0};
    if (free_ < now)
      free_ = now;
    free_ += slot_;
    const auto early = std::uniform_int_distribution<clock::rep>{0, slot_.count() - 1}(dice);
    return std::chrono::ceil<std::chrono::milliseconds>(free_ - now - clock::duration{early});
  }

 private:
  clock::duration slot_{0};
  clock::time_point free_{}; // the end of the last slot
};

} // namespace troupe::actors
