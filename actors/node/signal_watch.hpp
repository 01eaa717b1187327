#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace troupe::actors {

/// Signals as events, heard by a thread of their own, so that a second SIGTERM works even when everything else is stuck.
///
/// SIGTERM and SIGINT mean `stop`: one within a second of the first is ignored (a terminal's ^C reaches us twice when a
/// script forwards it), later ones end the process at once. SIGHUP means `reload`.
/// Owner: the node's process; make it before any other thread, which then inherit the blocked signals. Ends: destroyed.
class signal_watch {
 public:
  /// What a signal means.
  enum class event : std::uint8_t { stop, reload };

  signal_watch();
  ~signal_watch();
  signal_watch(const signal_watch&) = delete;
  signal_watch& operator=(const signal_watch&) = delete;

  /// The next event; nothing if none came in time.
  [[nodiscard]] std::optional<event> wait_for(std::chrono::milliseconds time);

 private:
  void listen();

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false, reload_ = false, over_ = false;
  std::thread thread_;
};

} // namespace troupe::actors
