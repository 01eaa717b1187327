#pragma once
/// What a handler decides: yes with data, no with a reason, or later.
///
/// A value. Thread: the channel's handlers, timers and callbacks; a promise may be kept between them.

#include <troupe/error_code.hpp>
#include <troupe/payload.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace troupe {

/// What to do about an exception of a handler: keep the application's object, or make a new one.
enum class after_error : std::uint8_t { keep, restart };

/// An answer that comes later. Copies share one answer: the first counts, later ones are ignored. If the last copy
/// goes unanswered, or the deadline of the call passes, the caller gets `error timeout` or `error internal`.
class promise {
 public:
  class sink {
   public:
    virtual ~sink() = default;
    virtual void settle(std::variant<payload, failure> result) = 0;
  };
  explicit promise(std::shared_ptr<sink> to) : sink_(std::move(to)) {}

  void reply(payload data = {}) const { sink_->settle(std::move(data)); }
  void refuse(error_code code, std::string why) const { sink_->settle(failure{code, std::move(why)}); }

 private:
  std::shared_ptr<sink> sink_;
};

struct later_t {};

/// The result of `on_join`, `on_publish` and of handlers of calls.
class outcome {
 public:
  outcome(payload data) : value_(std::move(data)) {}
  outcome(failure why) : value_(std::move(why)) {}
  outcome(later_t) : value_(later_t{}) {}

  [[nodiscard]] bool is_later() const noexcept { return std::holds_alternative<later_t>(value_); }
  [[nodiscard]] const payload* data() const noexcept { return std::get_if<payload>(&value_); }
  [[nodiscard]] const failure* why_not() const noexcept { return std::get_if<failure>(&value_); }

 private:
  std::variant<payload, failure, later_t> value_;
};

using join_result = outcome;
using publish_result = outcome;
using call_result = outcome;

// -- what handlers return -----------------------------------------------------

/// Yes, with an answer (`subscribed.data` of a join, `reply.data` of a call).
[[nodiscard]] inline outcome accept(payload answer = {}) { return {std::move(answer)}; }
[[nodiscard]] inline outcome reply(payload answer) { return {std::move(answer)}; }
[[nodiscard]] inline outcome done() { return {payload{}}; }

/// No.
[[nodiscard]] inline outcome refuse(std::string why) { return {failure{error_code::refused, std::move(why)}}; }
[[nodiscard]] inline outcome refuse(error_code code, std::string why) { return {failure{code, std::move(why)}}; }

/// The handler has taken the promise (`channel::promise_answer`) and will answer.
[[nodiscard]] inline outcome later(const promise&) { return {later_t{}}; }

} // namespace troupe
