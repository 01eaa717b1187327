#pragma once
/// The class applications derive from: the logic of one named stream.
///
/// One object per live channel, made on first use and destroyed when idle; after a crash a new object takes its place
/// while members and history stay.
/// Thread: all hooks, handlers, timers and callbacks of one object run one at a time; nobody writes a lock.
/// Errors: a handler that throws answers its caller with `error internal` and the channel goes on (`on_error` decides
/// otherwise); an exception in `setup` or `on_restore` restarts the object. Data of a client that has not the declared
/// shape is that client's error: `bad_message`.

#include <troupe/fields.hpp>
#include <troupe/member.hpp>
#include <troupe/outcome.hpp>
#include <troupe/payload.hpp>
#include <troupe/publication.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caf {
class event_based_actor;
}

namespace troupe {

/// Who gets a broadcast, and whether it is kept.
struct delivery {
  std::vector<session_id> except; ///< at most 8
  bool ephemeral = false;         ///< no offset, not kept, not replayed, not counted as missed
};

/// All but these.
template <class... M>
[[nodiscard]] delivery except(const M&... who) { return {{who.id...}, false}; }

/// To whoever is there now; not kept.
[[nodiscard]] inline delivery ephemeral(delivery d = {}) { d.ephemeral = true; return d; }

/// What a client asked to publish; `on_publish` may change it.
struct draft {
  std::string event;
  payload data;
  bool echo = true;       ///< the sender gets it, too
  bool ephemeral = false;
};

/// One member's answer to an `ask`.
struct ask_answer {
  member who;
  payload data;
};

struct ask_options {
  std::chrono::milliseconds deadline{5000};
  std::size_t quorum = 0; ///< answers that are enough; 0: all that were asked
};

class channel {
 public:
  enum class timer_id : std::uint64_t {};

  /// What a channel object runs in. Implemented by the library and by its test kit.
  class context;

  channel() = default;
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;
  virtual ~channel() = default;

  // -- hooks ------------------------------------------------------------------

  /// Called once, first: declare events and timers.
  virtual void setup() {}

  /// May `who` come in? `params` is what the client sent along: a `payload_error` that reading them throws is answered
  /// with `bad_message`, here and in `on_publish`. The default accepts.
  virtual join_result on_join(const member& who, const payload& params);

  /// Exactly one per accepted join.
  virtual void on_leave(const member& who, leave_reason why);

  /// A client's `publish`. The default refuses unless the namespace allows it.
  virtual publish_result on_publish(const member& who, draft& d);

  /// A handler threw. The default keeps the object.
  virtual after_error on_error(std::exception_ptr error);

  /// State for the next object: asked for when the channel stops and at most once a second after handled commands.
  virtual std::optional<payload> snapshot();

  /// The last snapshot, after `setup`, if there is one.
  virtual void on_restore(const payload& snapshot);

  // -- used by the library ----------------------------------------------------

  struct call_handler {
    std::function<call_result(const member&, const payload&)> run;
    bool reads_payload = false; ///< the handler itself; otherwise what it throws is never the client's doing
  };
  [[nodiscard]] const call_handler* handler_of(std::string_view event) const;
  void bind(context* where) noexcept { context_ = where; }

 protected:
  // -- declaring --------------------------------------------------------------

  /// Handles calls of `event` with data of type `T` (TROUPE_FIELDS, or `payload` for any): `call_result(member, T)`.
  template <class T, class F>
  void on(std::string event, F handler) {
    if constexpr (std::same_as<T, payload>)
      add_handler(std::move(event), {std::move(handler), true});
    else
      add_handler(std::move(event), {[handler = std::move(handler)](const member& who, const payload& data) -> call_result {
                                       std::optional<T> given;
                                       try {
                                         given.emplace(data.template as<T>());
                                       } catch (const payload_error& wrong) {
                                         return refuse(error_code::bad_message, wrong.what());
                                       }
                                       return handler(who, *std::move(given));
                                     },
                                     false});
  }

  // -- speaking ---------------------------------------------------------------

  /// Says `data` to all members; returns at once. With a type that has TROUPE_FIELDS, or a payload.
  template <class T>
  void broadcast(std::string event, const T& data, delivery to = {}) {
    broadcast_payload(std::move(event), to_payload(data), std::move(to));
  }

  /// Says `data` to one member, between the broadcasts where it was said.
  template <class T>
  void push(session_id to, std::string event, const T& data) { push_payload(to, std::move(event), to_payload(data)); }
  template <class T>
  void push(const member& to, std::string event, const T& data) { push_payload(to.id, std::move(event), to_payload(data)); }

  /// Asks members and gathers their answers until all (or the quorum) answered or the deadline passed. A `payload_error`
  /// that reading the answers throws is logged, and costs the object nothing.
  void ask(std::span<const session_id> whom, std::string event, payload data, ask_options options,
           std::function<void(const std::vector<ask_answer>&)> then);

  /// Sends a member away; it gets `unsubscribed` with the reason.
  void kick(session_id who, std::string reason = "kicked");

  /// The promise of the call or join being handled; return `later(p)`.
  [[nodiscard]] promise promise_answer();

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] std::vector<member> members() const;
  [[nodiscard]] std::size_t member_count() const;
  [[nodiscard]] const member* find_member(session_id id) const;
  /// The last `limit` publications that are kept, oldest first.
  [[nodiscard]] std::vector<publication_ptr> history(std::size_t limit) const;
  /// Milliseconds since 1970, of the node's clock (stepped in tests).
  [[nodiscard]] std::int64_t now() const;

  // -- acting -----------------------------------------------------------------

  /// At most 1,000 timers a channel. They end with the object.
  timer_id after(std::chrono::milliseconds delay, std::function<void()> then);
  timer_id every(std::chrono::milliseconds period, std::function<void()> then);
  void cancel(timer_id id);

  /// Asks for `snapshot` now.
  void save();

  /// Stops the channel: members get `unsubscribed` with the reason; it starts again on next use.
  void stop(std::string reason = "closed");

  /// Fails the object on purpose: a new one takes its place.
  void crash(std::string reason);

  /// The CAF actor this object lives in: spawn, monitor or request other actors from it.
  /// Give `request(…).then` callbacks that are `guarded`, the error handler, too: what CAF calls without is outside of
  /// this class's care, may come after this object was replaced, and ends the whole channel if it throws (its supervisor
  /// starts it again). A request without an error handler ends the channel, too. Do not link, `become` or `quit`.
  [[nodiscard]] caf::event_based_actor& actor();

  /// `then` for others to call, on this channel's thread: it may use `this`. It does nothing once this object was
  /// replaced, and what it throws goes where a handler's exceptions go. Not for generic lambdas.
  template <class F>
  [[nodiscard]] auto guarded(F then) { return guarded_function(std::function{std::move(then)}); }

 private:
  template <class T>
  static payload to_payload(const T& data) {
    if constexpr (std::same_as<T, payload>)
      return data;
    else
      return payload::of(data);
  }
  template <class... A>
  std::function<void(A...)> guarded_function(std::function<void(A...)> then) {
    return [run = object_runner(), then = std::move(then)](A... a) {
      run([&] { then(std::forward<A>(a)...); });
    };
  }
  /// Runs what it is given as this object's code, for as long as this object is the channel's.
  [[nodiscard]] std::function<void(const std::function<void()>&)> object_runner();
  void add_handler(std::string event, call_handler handler);
  void broadcast_payload(std::string event, payload data, delivery to);
  void push_payload(session_id to, std::string event, payload data);

  context* context_ = nullptr;
  std::deque<std::pair<std::string, call_handler>> handlers_; // a handler may declare others while it runs
};

} // namespace troupe
