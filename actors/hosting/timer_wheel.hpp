#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace troupe::actors {

class timer_wheel;

/// A link of a ring; alone it points to itself.
class timer_link {
 public:
  timer_link() noexcept = default;
  timer_link(const timer_link&) = delete;
  timer_link& operator=(const timer_link&) = delete;

 private:
  friend class timer;
  friend class timer_wheel;
  [[nodiscard]] bool alone() const noexcept { return next_ == this; }
  void unlink() noexcept;
  void link_before(timer_link& place) noexcept;

  timer_link* next_ = this;
  timer_link* previous_ = this;
};

/// Something to be called at a deadline. Capture little (`[this]`), so that nothing is allocated.
class timer : private timer_link {
 public:
  explicit timer(std::function<void()> callback) : callback_(std::move(callback)) {}
  ~timer();

  void cancel() noexcept;
  [[nodiscard]] bool armed() const noexcept { return wheel_ != nullptr; }

 private:
  friend class timer_wheel;
  std::function<void()> callback_;
  timer_wheel* wheel_ = nullptr; // while armed
  std::uint64_t tick_ = 0;
  bool* destroyed_ = nullptr; // while its callback runs
};

/// The deadlines of one shard: a hashed wheel that is moved by one tick of a clock, whoever's clock that is.
///
/// A timer is a member of whoever waits; it unlinks itself when destroyed. Scheduling, moving and cancelling take
/// constant time and allocate nothing. A deadline is rounded up to the next tick: met up to one step late,
/// never early.
/// Owner: the shard. Thread: the shard's; nothing is locked.
/// Callbacks may schedule and cancel any timer, their own included, and destroy any, their own included. They must not
/// throw. The wheel may go before its timers do.
class timer_wheel {
 public:
  using clock = std::chrono::steady_clock;

  // -- constructors -----------------------------------------------------------

  explicit timer_wheel(clock::time_point start, clock::duration resolution = std::chrono::milliseconds{100});
  ~timer_wheel();
  timer_wheel(const timer_wheel&) = delete;
  timer_wheel& operator=(const timer_wheel&) = delete;

  // -- deadlines --------------------------------------------------------------

  /// Arms `t`, or moves it if it is armed. A deadline in the past is met at the next tick.
  void schedule(timer& t, clock::time_point deadline);

  void cancel(timer& t) noexcept { t.cancel(); }

  /// Calls what is due at `now`, in the order of the ticks, and returns how many. An earlier time does nothing.
  std::size_t advance(clock::time_point now);

  // -- properties -------------------------------------------------------------

  [[nodiscard]] std::size_t armed() const noexcept { return armed_; }
  [[nodiscard]] clock::duration resolution() const noexcept { return resolution_; }

 private:
  friend class timer;
  static constexpr std::size_t slots = 512; // a round of 51 s at 100 ms; later deadlines stay for more rounds

  void collect(std::uint64_t tick);
  std::size_t call_due();
  static void call(timer& t);

  const clock::time_point start_;
  const clock::duration resolution_;
  std::vector<timer_link> ring_;
  timer_link due_;            // collected, not called yet
  std::uint64_t current_ = 0; // the last tick that was collected
  std::uint64_t target_ = 0;  // where advance is going; current_ at rest
  std::size_t armed_ = 0;
};

} // namespace troupe::actors
