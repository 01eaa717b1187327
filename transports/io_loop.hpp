#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace troupe::transports {

/// The I/O thread of one shard: an Asio loop that runs in turns.
///
/// A turn runs ready handlers for about 1 ms, then calls the turn's end (the shard's flush). If that says it has more
/// to write, the next turn does not wait; else the loop sleeps until something is ready.
/// Thread: `post` from any; everything else from the owner before `start` or after `join`.
class io_loop {
 public:
  io_loop();
  ~io_loop(); ///< joins

  io_loop(const io_loop&) = delete;
  io_loop& operator=(const io_loop&) = delete;

  [[nodiscard]] boost::asio::io_context& context() noexcept;

  /// Runs `work` on the I/O thread, in order of posting.
  void post(std::function<void()> work);

  /// `at_end` returns whether more waits to be flushed.
  void start(std::function<bool()> at_end);

  /// Lets the thread end after what is posted so far, and joins it. What is still pending then (waits, timers) is
  /// dropped by the destructor, uncalled.
  void stop_and_join();

  /// Between `start` and `stop_and_join`; for the owner.
  [[nodiscard]] bool running() const noexcept;

  [[nodiscard]] bool on_this_thread() const noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace troupe::transports
