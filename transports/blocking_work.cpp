#include "transports/blocking_work.hpp"

#include <utility>

namespace troupe::transports {

void blocking_work::stop() {
  {
    const std::lock_guard guard{mutex_};
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable())
    thread_.join();
  jobs_.clear();
}

void blocking_work::run(job what) {
  {
    const std::lock_guard guard{mutex_};
    if (ending_)
      return;
    jobs_.push_back(std::move(what));
    if (!thread_.joinable())
      thread_ = std::thread([this] { work(); });
  }
  changed_.notify_one();
}

void blocking_work::work() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
    if (ending_)
      return;
    const job next = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    next();
    lock.lock();
  }
}

} // namespace troupe::transports
