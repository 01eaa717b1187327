#pragma once

#include <troupe/task.hpp>

#include <caf/error.hpp>
#include <caf/event_based_actor.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace troupe {

/// An actor did not answer what it was asked: it is gone, too late, said an error, or something of another type.
class request_failed : public std::runtime_error {
 public:
  explicit request_failed(caf::error why) : std::runtime_error(to_string(why)), why_(std::move(why)) {}
  [[nodiscard]] const caf::error& why() const noexcept { return why_; }

 private:
  caf::error why_;
};

/// Asks another actor in a channel's coroutine, and goes on with what it answers, an `R`, or void for an empty answer:
///
///     on<std::string>("solve", [this](const troupe::member&, const std::string& riddle) -> troupe::task<troupe::call_result> {
///       const auto number = co_await troupe::request<int>(actor(), solver_, std::chrono::seconds{5}, riddle);
///       co_return troupe::reply(troupe::payload::of(number));
///     });
///
/// `self` is the channel's `actor()`; `message` is sent when it is awaited. Throws request_failed after `patience`, too.
/// The answer of one that was asked by an object that is no more is dropped. Thread: the channel's.
template <class R, class Actor, class... M>
[[nodiscard]] awaited<R> request(caf::event_based_actor& self, const Actor& whom, std::chrono::milliseconds patience,
                                 M&&... message) {
  return awaited<R>{[&self, whom, patience, said = std::make_tuple(std::forward<M>(message)...)](const auto& then) {
    const auto fail = [then, run = then.object_runner()](const caf::error& why) {
      run([&] { then.fail(std::make_exception_ptr(request_failed{why})); });
    };
    auto asked = std::apply([&](const auto&... m) { return self.request(whom, patience, m...); }, said);
    if constexpr (std::is_void_v<R>)
      asked.then([then, run = then.object_runner()] { run([&] { then.give({}); }); }, fail);
    else
      asked.then([then, run = then.object_runner()](R value) { run([&] { then.give(std::move(value)); }); }, fail);
  }};
}

} // namespace troupe
