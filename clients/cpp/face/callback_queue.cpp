#include "clients/cpp/face/callback_queue.hpp"

#include <exception>
#include <utility>

namespace troupe::clients {

callback_queue::~callback_queue() {
  if (thread_.joinable()) // closed by a callback of its own
    thread_.detach();
}

void callback_queue::start() {
  if (!how_.run_by && !how_.polled)
    thread_ = std::thread{[self = shared_from_this()] { self->run_until_closed(); }};
}

void callback_queue::put(work what) {
  {
    const std::lock_guard lock{mutex_};
    if (closed_)
      return;
    waiting_.push_back(std::move(what));
    if (how_.polled || std::exchange(scheduled_, how_.run_by != nullptr))
      return;
  }
  if (how_.run_by)
    how_.run_by([self = shared_from_this()] { self->run(); });
  else
    changed_.notify_all();
}

// -- running ------------------------------------------------------------------

std::size_t callback_queue::run() {
  std::size_t count = 0;
  while (run_next())
    ++count;
  return count;
}

void callback_queue::run_until_closed() {
  std::unique_lock lock{mutex_};
  while (!closed_) {
    changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    lock.unlock();
    run();
    lock.lock();
  }
}

/// One at a time, whoever comes; false: nothing waits, or another thread sees to it, or a callback itself asks.
bool callback_queue::run_next() {
  std::unique_lock lock{mutex_};
  if (closed_ || waiting_.empty() || running_on_ != std::thread::id{}) {
    scheduled_ = scheduled_ && running_on_ != std::thread::id{};
    return false;
  }
  auto what = std::move(waiting_.front());
  waiting_.pop_front();
  running_on_ = std::this_thread::get_id();
  std::vector<std::function<void()>> readers;
  if (waiting_.size() <= how_.limit / 2)
    readers = std::exchange(when_open_, {});
  lock.unlock();
  for (auto& reader : readers)
    how_.post_to_loop(std::move(reader));
  call(what);
  what = nullptr; // its captures go while nobody else runs
  lock.lock();
  running_on_ = {};
  lock.unlock();
  changed_.notify_all();
  return true;
}

void callback_queue::call(const work& what) {
  std::string why;
  try {
    return what();
  } catch (const std::exception& e) {
    why = e.what();
  } catch (...) {
    why = "something that is no std::exception";
  }
  std::unique_lock lock{mutex_};
  const bool is_over = closed_; // by this callback itself, perhaps
  lock.unlock();
  if (!is_over)
    how_.failed(why);
}

// -- room, and the end --------------------------------------------------------

bool callback_queue::is_open() const {
  const std::lock_guard lock{mutex_};
  return waiting_.size() < how_.limit;
}

void callback_queue::when_open(std::function<void()> then) {
  const std::lock_guard lock{mutex_};
  if (waiting_.size() < how_.limit)
    how_.post_to_loop(std::move(then));
  else
    when_open_.push_back(std::move(then));
}

void callback_queue::close() {
  std::unique_lock lock{mutex_};
  closed_ = true;
  auto dropped = std::exchange(waiting_, {});
  when_open_.clear();
  lock.unlock();
  dropped.clear(); // may hold what the one that runs waits for
  lock.lock();
  changed_.notify_all();
  const auto us = std::this_thread::get_id();
  changed_.wait(lock, [&] { return running_on_ == std::thread::id{} || running_on_ == us; });
  const bool is_ours = running_on_ == us;
  lock.unlock();
  if (thread_.joinable() && !is_ours && thread_.get_id() != us)
    thread_.join();
}

} // namespace troupe::clients
