#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace troupe::actors {

/// Ends the process if stopping takes too long: a stuck handler of an application cannot be killed.
///
/// Owner: the node's process, from the beginning of the drain. Thread: its own. Ends: destroyed in time, nothing happens.
class watchdog {
 public:
  static constexpr int status = 70; ///< sysexits EX_SOFTWARE

  /// After `deadline`: calls `last_words`, which must not wait for anybody, and exits with `status`.
  watchdog(std::chrono::milliseconds deadline, std::function<void()> last_words);
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable over_changed_;
  bool over_ = false;
  std::thread thread_;
};

} // namespace troupe::actors
