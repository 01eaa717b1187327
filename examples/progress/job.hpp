#pragma once
/// A job that takes a while and tells how far it is. Its page is pages/progress/, over Server-Sent Events.
///
///   call start {up_to}   counts the primes up to there; `error refused` while a count is running
///   call cancel
///   event: started {up_to} · progress {…} about eight times a second · done {…} · cancelled {…}
///   event: state         how things stand, pushed to whoever comes
///
/// The actor is never blocked: a timer does a few milliseconds of work at a time, and calls are answered in between.
/// A crash costs little: the new object goes on from the last checkpoint. A count goes on when nobody looks: the channel is
/// busy while it runs.

#include "examples/progress/prime_count.hpp"

#include <troupe/channel.hpp>

#include <optional>
#include <string>

namespace examples {

struct job_order {
  std::uint64_t up_to = 0;
  TROUPE_FIELDS(up_to)
};

struct job_report {
  std::string state; ///< "idle", "running", "done", "cancelled"
  std::uint64_t up_to = 0, looked_at = 0, found = 0, largest = 0;
  std::int64_t took = 0; ///< ms
  TROUPE_FIELDS(state, up_to, looked_at, found, largest, took)
};

class job : public troupe::channel {
 public:
  void setup() override;
  troupe::join_result on_join(const troupe::member& who, const troupe::payload& params) override;
  std::optional<troupe::payload> snapshot() override;
  void on_restore(const troupe::payload& snapshot) override;

 private:
  troupe::call_result start(const job_order& order);
  troupe::call_result cancel_count();
  void run();
  void work();
  void finish(std::string how);
  [[nodiscard]] job_report report() const;

  std::string state_ = "idle";
  std::optional<prime_count> count_;
  timer_id timer_{};
  troupe::busy_guard busy_; ///< while a count runs
  std::int64_t took_before_ = 0; ///< ms, of objects before this one
  std::int64_t since_ = 0;
  unsigned slices_ = 0;
};

} // namespace examples
