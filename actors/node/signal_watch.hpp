#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

namespace troupe::actors {

/// Signals as events, heard by a thread of their own, so that a second SIGTERM works even when everything else is stuck.
///
/// SIGTERM and SIGINT mean `stop`: one within a second of the first is ignored (a terminal's ^C reaches us twice when a
/// script forwards it), later ones end the process at once. SIGHUP means `reload`. SIGPIPE is ignored.
/// Whatever threads the program has started before, and whichever of them the kernel chooses: the handlers only write
/// into a pipe. They are the process's, so several watches hear the same signals; with the last one what was there before
/// is put back.
/// Owner: a node that was asked to `run`. Ends: destroyed.
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
  friend class signal_pipe;
  void hear(event what);

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false, reload_ = false;
};

} // namespace troupe::actors
