#pragma once

#include "actors/containers/histogram.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace troupe::actors {

/// Which application's code runs just now, on which thread and since when: for whoever cannot ask actors that are stuck
/// (who stops the node, the log, lists, readiness), and for a signal handler.
///
/// Every channel, mount and hook has an entry on it. Beginning and ending cost a look at the clock and some stores each;
/// nothing is locked.
/// Owner: the node's actors; it outlives every entry. Thread: any.
/// Bounded: as many slots as threads that ever ran such code.
class running_handlers {
  struct slot;

 public:
  using time_point = std::chrono::steady_clock::time_point;
  using clock_function = std::function<time_point()>;
  using duration = std::chrono::nanoseconds;

  explicit running_handlers(clock_function now);
  ~running_handlers();
  running_handlers(const running_handlers&) = delete;
  running_handlers& operator=(const running_handlers&) = delete;

  /// Somebody whose code may run, as `channel room:1`.
  class entry {
   public:
    /// `on` may be null: nobody looks.
    entry(running_handlers* on, std::string name) : handlers_(on), name_(std::move(name)) {}
    ~entry();
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;

   private:
    friend class running_handlers;
    running_handlers* const handlers_;
    const std::string name_;
  };

  /// For as long as the code runs. `event`, a hook or what a client called, outlives it.
  class mark {
   public:
    mark(const entry& of, std::string_view event);
    ~mark();
    mark(const mark&) = delete;
    mark& operator=(const mark&) = delete;

   private:
    friend class running_handlers;
    const entry& of_;
    const std::string_view event_;
    slot* const where_; // null: nobody looks
    const mark* const outer_;
    time_point since_{};
    std::uint64_t number_ = 0;
  };

  // -- looking ----------------------------------------------------------------

  /// Code that runs. A value.
  struct run {
    std::string who;       ///< `channel room:1`
    std::string event;     ///< shortened to what a slot has room for
    duration ran{0};       ///< so far
    std::uint64_t number = 0; ///< of the thread's runs: the same handler later has another
    std::size_t thread = 0;
  };
  /// What runs for at least `least`, longest first.
  [[nodiscard]] std::vector<run> running(duration least = duration{0}) const;
  /// What of `who` runs.
  [[nodiscard]] std::optional<run> running_of(std::string_view who, duration least = duration{0}) const;

  /// What the calling thread runs; nothing: empty. Neither locks nor allocates: for signal handlers.
  struct names {
    std::string_view who, event;
  };
  [[nodiscard]] static names on_this_thread() noexcept;
  /// Whether the calling thread runs something of `board`, which need not be there any more.
  [[nodiscard]] static bool runs_here(const running_handlers* board) noexcept;

  // -- workers ----------------------------------------------------------------

  /// An actor of the node's own has just run on a worker.
  void worker_ran() noexcept;
  /// For how long none has: long, and no worker is free.
  [[nodiscard]] duration workers_silent_for() const;

  // -- measuring --------------------------------------------------------------

  /// What a thread now runs has waited for it so long.
  void waited(duration time);
  [[nodiscard]] histogram::reading handler_times() const;
  [[nodiscard]] histogram::reading waiting_times() const;
  [[nodiscard]] time_point now() const { return now_(); }

 private:
  [[nodiscard]] slot& mine();
  [[nodiscard]] std::optional<run> look_at(const slot& where, time_point at) const;

  const clock_function now_;
  const std::uint64_t number_; // a thread may serve another node later, at the same address
  std::atomic<std::int64_t> worker_ran_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<slot>> slots_;
};

} // namespace troupe::actors
