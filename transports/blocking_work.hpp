#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace troupe::transports {

/// A thread for what may block, such as reading a file: a disk that hangs must not hang an I/O loop.
///
/// Owner: the server; shared by all shards. Thread: `run` from any. Bounded by who runs it: each connection has at most
/// one job here. Ends: `stop` lets the job under way finish and drops the others, and whatever comes later.
class blocking_work {
 public:
  using job = std::function<void()>;

  blocking_work() = default;
  ~blocking_work() { stop(); }
  blocking_work(const blocking_work&) = delete;
  blocking_work& operator=(const blocking_work&) = delete;

  /// Runs `what` later, in order. It must not throw. The thread starts with the first job.
  void run(job what);

  void stop();

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<job> jobs_;
  bool ending_ = false;
  std::thread thread_;
};

} // namespace troupe::transports
