#pragma once

#include <troupe/error_code.hpp>
#include <troupe/fields.hpp>
#include <troupe/payload.hpp>
#include <troupe/publication.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace troupe {

/// What an outlet did with what it was given.
enum class handed : std::uint8_t {
  over,    ///< it is on its way, in order
  full,    ///< as much waits as may: it was not taken; try again (`wait_for_room`)
  stopped, ///< the node does not run: it was not taken
};

/// What became of something that was handed over. A value.
class outlet_answer {
 public:
  outlet_answer() = default;
  outlet_answer(payload data) : value_(std::move(data)) {}
  outlet_answer(failure why) : value_(std::move(why)) {}

  [[nodiscard]] bool ok() const noexcept { return value_.index() == 0; }
  /// Of a publication its position, `{"epoch": …, "offset": …}`; of a call what the channel replied. Null if it failed.
  [[nodiscard]] payload data() const { return ok() ? std::get<payload>(value_) : payload{}; }
  /// Null: it went well.
  [[nodiscard]] const failure* why_not() const noexcept { return std::get_if<failure>(&value_); }

 private:
  std::variant<payload, failure> value_;
};

/// Beside the data of a publication.
struct publish_options {
  bool ephemeral = false; ///< no offset, not kept
  std::string key{};      ///< idempotency key: said once, however often it is repeated while the key is known
};

/// Beside the data of a call.
struct call_options {
  std::chrono::milliseconds timeout{0}; ///< 0: `channels.call_timeout`
  std::string key{};                    ///< idempotency key
};

/// Names a user, whatever sessions it has: they read its inbox (`user:NAME`).
struct to_user {
  std::string name;
};

/// Speaks to a node's channels and clients, from whatever thread.
///
///     auto out = node.outlet();                      // copy it to whoever has something to say
///     out.publish("prices:tea", "price", quote{7});
///     out.push(troupe::to_user{"ada"}, "outbid", quote{8});
///     out.call("auction:42", "close", troupe::payload{}, [](const troupe::outlet_answer& a) { … });
///     out.disconnect(session, "moderated");
///
/// It speaks with the node's own authority, as the HTTP API does: `on_publish` is not asked, membership neither; calls come
/// from `member::id` 0. A channel that nobody is in is started for it.
/// Order: what is said to one channel through one outlet (and its copies) is heard in the order in which it was handed over;
/// a channel that is slow keeps back nothing of others.
/// Bounded: what channels have not taken yet by `limits.outlet_items` and `limits.outlet_bytes`; past them it says `full`.
/// A value: copies are one outlet. Thread: any, several at once. It may outlive the node: it says `stopped` then, and while
/// the node does not run. What waits when the node stops is answered `unavailable`.
/// Callbacks: exactly one for each that was handed over with one, none else; on a thread of the node, which must not
/// wait. What they throw is logged. Without one, what failed is logged, at most a line per second. A future instead:
/// `future_answer`.
class outlet {
 public:
  using callback = std::function<void(const outlet_answer&)>;

  /// Of no node: says `stopped`.
  outlet() = default;

  // -- speaking ---------------------------------------------------------------

  /// Says `data` (a type with TROUPE_FIELDS, or a payload) to all members of `channel`, and keeps it in history.
  template <class T>
  handed publish(std::string channel, std::string event, const T& data, callback then = {}, publish_options how = {}) const {
    return publish_payload(std::move(channel), std::move(event), to_payload(data), std::move(then), std::move(how));
  }

  /// Says `data` to one user's inbox, also while nobody reads it.
  template <class T>
  handed push(to_user whom, std::string event, const T& data, callback then = {}) const {
    return publish_payload("user:" + whom.name, std::move(event), to_payload(data), std::move(then), {});
  }

  /// Says `data` to one member of `channel`, as the channel's own `push`: between what is said there to all. Fails with
  /// `not_joined` if it is none.
  template <class T>
  handed push(std::string channel, session_id to, std::string event, const T& data, callback then = {}) const {
    return push_payload(std::move(channel), to, std::move(event), to_payload(data), std::move(then));
  }

  /// Calls a handler of the channel's class (`channel::on`).
  template <class T>
  handed call(std::string channel, std::string event, const T& data, callback then = {}, call_options how = {}) const {
    return call_payload(std::move(channel), std::move(event), to_payload(data), std::move(then), std::move(how));
  }

  /// Ends a client's session, with close code 4003 where it has a connection. Fails with `not_found`. Not in order with the rest.
  handed disconnect(session_id who, std::string reason, callback then = {}) const;

  // -- waiting ----------------------------------------------------------------

  /// Waits until something fits again, at most this long; false: it does not, or the node has stopped. Not on a thread of
  /// the node.
  bool wait_for_room(std::chrono::milliseconds most) const;

  /// What channels have not taken yet.
  [[nodiscard]] std::size_t waiting() const;

  // -- used by the library ----------------------------------------------------

  class queue;
  explicit outlet(std::shared_ptr<queue> to) : queue_(std::move(to)) {}
  [[nodiscard]] const std::shared_ptr<queue>& shared() const noexcept { return queue_; }
  template <class T>
  static payload to_payload(const T& data) {
    if constexpr (std::same_as<T, payload>)
      return data;
    else
      return payload::of(data);
  }

 private:
  handed publish_payload(std::string channel, std::string event, payload data, callback then, publish_options how) const;
  handed push_payload(std::string channel, session_id to, std::string event, payload data, callback then) const;
  handed call_payload(std::string channel, std::string event, payload data, callback then, call_options how) const;

  std::shared_ptr<queue> queue_;
};

/// A callback for an outlet, and the future that it keeps. Of what was not handed over it is `unavailable`.
///
///     auto [then, answer] = troupe::future_answer();
///     out.call("auction:42", "close", troupe::payload{}, std::move(then)); // a copy that is kept would be waited for
///     if (const auto a = answer.get(); !a.ok())
///       complain(a.why_not()->message);
[[nodiscard]] std::pair<outlet::callback, std::future<outlet_answer>> future_answer();

} // namespace troupe
