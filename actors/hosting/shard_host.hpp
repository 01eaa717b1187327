#pragma once

#include <caf/execution_unit.hpp>
#include <caf/fwd.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace troupe::actors {

/// How much a turn does before the loop gets its thread back.
struct turn_limits {
  std::size_t jobs_max = 256;                 ///< actors resumed
  std::size_t messages_max = 64;              ///< messages of one actor before others get their share
  std::chrono::microseconds time_max{1'000};  ///< looked at after each actor
};

/// Runs actors on an I/O thread: between CAF, which knows jobs, and a loop, which knows tasks.
///
/// Two execution units make it safe. Hosted actors are woken through `wake()`, which queues them for the loop,
/// and run with `context()`, which hands whatever else they wake (channels, supervisors) to CAF's workers. So
/// a hosted actor runs on the I/O thread only, and nothing but hosted actors runs there.
///
/// Owner: whoever owns the loop. Made before the actor system, destroyed after it; the loop outlives both, so that
/// `post` can be called late (a task that is never run is fine).
/// Thread: `wake()` any; turns run on the loop's thread, which is the thread of the first turn
/// or of `bind_thread`.
/// Ends: exit all hosted actors, await them, stop and join the loop, `close()`, destroy the actor system. If the
/// loop ended first: `close()`, then the exits. The actor system waits for ever for a hosted actor that lives.
class shard_host {
 public:
  using task = std::function<void()>;

  /// Runs a task later on the loop's thread. Called from any thread; never runs the task before it returns.
  using post_function = std::function<void(task)>;

  // -- constructors and ending ------------------------------------------------

  explicit shard_host(post_function post, turn_limits limits = {});
  ~shard_host();
  shard_host(const shard_host&) = delete;
  shard_host& operator=(const shard_host&) = delete;

  /// Names the actor system; once, before the first hosted actor is spawned.
  void attach(caf::actor_system& system);

  /// From now on hosted actors run on CAF's workers, those queued included. Call it when the loop has ended, or,
  /// where there is no loop (tests under CAF's test coordinator), at once.
  void close();

  // -- for the loop -----------------------------------------------------------

  /// Makes the calling thread the one that hosts, and lets it spawn actors. The first turn does it by itself.
  void bind_thread();

  /// True on the thread that hosts, before any thread does, and everywhere once closed. For assertions.
  [[nodiscard]] bool runs_here() const noexcept;

  // -- for hosted actors ------------------------------------------------------

  /// The unit through which a hosted actor is woken.
  [[nodiscard]] caf::execution_unit* wake() noexcept { return &wake_; }

  /// The unit with which a hosted actor runs.
  [[nodiscard]] caf::execution_unit* context() noexcept { return &run_; }

 private:
  struct unit : caf::execution_unit {
    void set(caf::actor_system& system) { system_ = &system; }
  };
  struct wake_unit : unit {
    explicit wake_unit(shard_host& owner) : host(owner) {}
    void exec_later(caf::resumable* job) override { host.push(job); }
    shard_host& host;
  };
  struct run_unit : unit {
    void exec_later(caf::resumable* job) override;
  };

  void push(caf::resumable* job);
  void post_turn();
  void turn();
  void run_ready();
  void run(caf::resumable* job);
  bool take_incoming();
  void finish_turn();

  const post_function post_;
  const turn_limits limits_;
  wake_unit wake_{*this};
  run_unit run_;
  std::atomic<std::thread::id> thread_{};
  std::atomic<bool> closed_{false}; // written under mutex_
  std::deque<caf::resumable*> ready_; // the loop's thread only; each entry holds a reference

  std::mutex mutex_;
  std::vector<caf::resumable*> incoming_; // each entry holds a reference
  bool turn_due_ = false;                 // posted or running: nobody else posts
};

} // namespace troupe::actors
