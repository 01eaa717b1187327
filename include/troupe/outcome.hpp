#pragma once

#include <troupe/error_code.hpp>
#include <troupe/fields.hpp>
#include <troupe/payload.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace troupe {

/// What to do about an exception of a handler: keep the application's object, or make a new one.
enum class after_error : std::uint8_t { keep, restart };

/// An answer that comes later, to a call, a join or a publish.
///
///     on<order>("buy", [this](const member& who, const order& o) {
///       auto answer = promise_answer();
///       after(std::chrono::seconds{1}, [=] { answer.reply("bought"); });
///       return later(answer);
///     });
///
/// A value: copies share one answer. The first counts, later ones are ignored, and so is one for a caller that has left.
/// Ends: answered; with `error timeout` when the deadline of the call (`channels.call_timeout`, or the caller's own; for
/// a join `channels.join_timeout`) has passed; with `error internal` when its last copy or its channel object is gone
/// unanswered; with `error unavailable` when the channel stops.
/// Thread: the channel's handlers, timers and callbacks; copies may outlive the object and the channel.
class promise {
 public:
  /// Where answers go; made by the library.
  class sink {
   public:
    virtual ~sink() = default;
    virtual void settle(std::variant<payload, failure> result) = 0;
  };
  explicit promise(std::shared_ptr<sink> to) : sink_(std::move(to)) {}

  /// `data`: a type with TROUPE_FIELDS, or whatever else `payload::of` takes, or a payload.
  void reply(payload data = {}) const { sink_->settle(std::move(data)); }
  template <class T>
    requires(!std::same_as<T, payload>)
  void reply(const T& data) const {
    reply(payload::of(data));
  }
  void refuse(error_code code, std::string why) const { sink_->settle(failure{code, std::move(why)}); }

 private:
  std::shared_ptr<sink> sink_;
};

struct later_t {};

/// What `on_join`, `on_publish` and handlers of calls decide: yes with data, no with a reason, or later. A value; made by
/// the functions below.
class outcome {
 public:
  outcome(payload data) : value_(std::move(data)) {}
  outcome(failure why) : value_(std::move(why)) {}
  outcome(later_t) : value_(later_t{}) {}

  /// The same, but it goes out only once the channel's state is kept: when the handlers of this turn are through,
  /// `channel::snapshot` is asked, and whoever hears yes finds what was done after a crash, too. One snapshot serves
  /// all answers that wait; they are given in the order in which they began to. What a yes brings about waits, too: a
  /// publish is said, a client is in, from then on. If the state cannot be kept (none is given, it is over
  /// `limits.snapshot_bytes`, the store refuses it, the object was replaced), the answer is `error internal`. Means
  /// nothing to a refusal and to `later`: before a promise is kept, `channel::save`.
  [[nodiscard]] outcome after_save() && {
    after_save_ = true;
    return std::move(*this);
  }

  /// Of a join: what those who read presence are told of the member, beside its session and user, for as long as it is
  /// in. At most `limits.presence_bytes`, else the join fails as if `on_join` had thrown. Means nothing elsewhere.
  ///
  ///     return accept(view()).presence(params.as<profile>());
  [[nodiscard]] outcome presence(payload data) && {
    presence_ = std::move(data);
    return std::move(*this);
  }
  template <class T>
    requires(!std::same_as<T, payload>)
  [[nodiscard]] outcome presence(const T& data) && {
    return std::move(*this).presence(payload::of(data));
  }

  [[nodiscard]] bool is_later() const noexcept { return std::holds_alternative<later_t>(value_); }
  [[nodiscard]] bool waits_for_save() const noexcept { return after_save_ && data() != nullptr; }
  [[nodiscard]] const payload* data() const noexcept { return std::get_if<payload>(&value_); }
  [[nodiscard]] const failure* why_not() const noexcept { return std::get_if<failure>(&value_); }
  [[nodiscard]] const payload& presence() const noexcept { return presence_; }

 private:
  std::variant<payload, failure, later_t> value_;
  payload presence_;
  bool after_save_ = false;
};

using join_result = outcome;
using publish_result = outcome;
using call_result = outcome;

// -- what handlers return -----------------------------------------------------

/// Yes, with an answer: `subscribed.data` of a join, `reply.data` of a call. A publish is answered with its position.
/// `answer`: a type with TROUPE_FIELDS, or whatever else `payload::of` takes, or a payload.
[[nodiscard]] inline outcome accept(payload answer = {}) { return {std::move(answer)}; }
[[nodiscard]] inline outcome reply(payload answer) { return {std::move(answer)}; }
template <class T>
  requires(!std::same_as<T, payload>)
[[nodiscard]] outcome accept(const T& answer) {
  return {payload::of(answer)};
}
template <class T>
  requires(!std::same_as<T, payload>)
[[nodiscard]] outcome reply(const T& answer) {
  return {payload::of(answer)};
}
[[nodiscard]] inline outcome done() { return {payload{}}; }

/// No: the client gets an `error` with the code (`refused` unless you say otherwise) and the words.
[[nodiscard]] inline outcome refuse(std::string why) { return {failure{error_code::refused, std::move(why)}}; }
[[nodiscard]] inline outcome refuse(error_code code, std::string why) { return {failure{code, std::move(why)}}; }

/// The handler has taken the promise (`channel::promise_answer`) and will answer. Without having taken it: `internal`.
[[nodiscard]] inline outcome later(const promise&) { return {later_t{}}; }

} // namespace troupe
