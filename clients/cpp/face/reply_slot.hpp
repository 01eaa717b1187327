#pragma once
/// Where the answer to one question goes: a future is ready by the first of `give`, `fail`, or its own end (`closed`).
/// Owner: the question, wherever it is. Thread: one at a time.

#include <troupe/client_error.hpp>

#include <future>
#include <memory>
#include <utility>

namespace troupe::clients {

template <class T>
class reply_slot {
 public:
  reply_slot() = default;
  reply_slot(const reply_slot&) = delete;
  reply_slot& operator=(const reply_slot&) = delete;
  ~reply_slot() { fail({"closed", "the client was closed"}); }

  [[nodiscard]] std::future<T> future() { return promise_.get_future(); }

  template <class... Value>
  void give(Value&&... value) {
    if (!std::exchange(settled_, true))
      promise_.set_value(std::forward<Value>(value)...);
  }

  void fail(client_error why) {
    if (!std::exchange(settled_, true))
      promise_.set_exception(std::make_exception_ptr(std::move(why)));
  }

  /// What it counts against, until its end.
  std::shared_ptr<void> ticket;

 private:
  std::promise<T> promise_;
  bool settled_ = false;
};

} // namespace troupe::clients
