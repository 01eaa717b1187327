#pragma once

#include "actors/hosting/running_handlers.hpp"
#include "actors/messages/events.hpp"
#include "actors/telemetry/line_topics.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace troupe::actors {

/// Tells which handlers run for too long, while they do and once they have returned.
///
/// A run is told when it has lasted for `slow`, again when it has lasted ten times as long, and then once a minute; of
/// handlers that are slow time and again a line every ten seconds, with how many were left out.
/// Owner: the event_bus. Thread: any that has a moment: one looks, others go on. Bounded: by the threads that run handlers,
/// and by line_topics.
class slow_handlers {
 public:
  using duration = std::chrono::milliseconds;
  using time_point = running_handlers::time_point;
  /// Gets what is to be told: an event with its line, or, of what was left out, a line alone.
  using teller = std::function<void(const log_line& line, const node_event* about)>;

  /// Nobody is looked after before this. `board` outlives it.
  void watch(const running_handlers& board, duration slow);

  void look(const teller& tell);

  // -- knowing ----------------------------------------------------------------

  /// Runs that were slow, those that still are included.
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// That are slow now.
  [[nodiscard]] std::uint64_t running() const noexcept { return running_; }

 private:
  struct watched {
    std::uint64_t number = 0; // of its thread's runs
    std::string who, event;
    time_point began{};
    duration told_next{0};
    bool told = false;
  };

  void look_at(const running_handlers::run& now, time_point at, const teller& tell);
  void over(const watched& was, time_point at, const teller& tell);

  std::mutex looking_;
  const running_handlers* board_ = nullptr;
  duration slow_{0};
  time_point next_{};
  std::map<std::size_t, watched> slow_now_; // by thread
  line_topics topics_;
  std::atomic<std::uint64_t> count_{0}, running_{0};
};

} // namespace troupe::actors
