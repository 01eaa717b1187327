#pragma once

#include <troupe/ask_answer.hpp>
#include <troupe/busy_guard.hpp>
#include <troupe/delivery.hpp>
#include <troupe/fields.hpp>
#include <troupe/member.hpp>
#include <troupe/outcome.hpp>
#include <troupe/past.hpp>
#include <troupe/payload.hpp>
#include <troupe/publication.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace caf {
class event_based_actor;
}

namespace troupe {

template <class T = void> class task; // <troupe/task.hpp>
template <class R> class awaited;     // likewise

// -- speaking -----------------------------------------------------------------

/// What a client asked to publish. `on_publish` may change all of it, until it has decided; what is there by then is
/// said.
struct draft {
  std::string event;      ///< empty: none; a reserved or malformed name is refused
  payload data;           ///< as the client wrote it: JSON null, an object, bytes, …; reading it may throw payload_error
  bool echo = true;       ///< the sender gets it, too
  bool ephemeral = false; ///< not kept; with an idempotency key the client is refused
};

// -- keeping ------------------------------------------------------------------

/// What became of `channel::save`.
enum class save_result : std::uint8_t {
  taken,     ///< given to the store
  nothing,   ///< `snapshot` gave none, or threw
  too_large, ///< over `limits.snapshot_bytes`: the one before is kept
};

// -- the class ----------------------------------------------------------------

/// The class applications derive from: the logic of one named stream.
///
///     struct guess {
///       int number = 0;
///       TROUPE_FIELDS(number)
///     };
///
///     class riddle : public troupe::channel {
///       void setup() override {
///         on<guess>("guess", [this](const troupe::member& who, const guess& g) {
///           if (g.number != secret_)
///             return troupe::refuse("no");
///           broadcast("solved", to_string(who.id));
///           ++solved_;
///           return troupe::done().after_save(); // who hears yes is counted, also after a crash
///         });
///       }
///       std::optional<troupe::payload> snapshot() override { return troupe::payload::of(solved_); }
///       void on_restore(const troupe::payload& last) override { solved_ = last.as<int>(); }
///       int secret_ = 42, solved_ = 0;
///     };
///     node.channel<riddle>("riddle:*"); // see <troupe/node.hpp>
///
/// Owner: the node. One object per live channel, made on first use, destroyed when the channel stops (nobody there for
/// `channels.idle`, `stop`, the node's drain); after a crash a new object takes its place while members, history and
/// the last snapshot stay.
/// Thread: hooks, handlers, timers and callbacks of one object run one at a time, on any thread: no locks, and no
/// waiting, which would hold a worker. Nothing here may be called from another thread, or before `setup`.
/// Effects: what is said in a handler leaves when it returns, in the order in which it was said; nobody is waited for.
/// What waits for the state to be kept (`after_save`) leaves behind all that was said at once in the same turn, in the
/// order in which it began to wait. So where members keep a copy of the state, all that changes it or hands it out waits:
/// broadcasts, accepted publishes, and joins, whose answer then fits what is heard after it; or nothing does.
/// The object's code never runs within itself: what a handler causes (a leave, the answers to its own question) is
/// heard after it has returned.
/// Errors: a handler that throws answers its caller with `error internal` and the channel goes on (`on_error` decides
/// otherwise); an exception of `setup` or `on_restore` makes a new object. More than `channels.restart_intensity` of
/// these within `channels.restart_period` end the channel: members get `unsubscribed` "channel failed". Functions throw
/// std::invalid_argument for names that the protocol reserves or forbids, std::length_error past a limit.
class channel {
 public:
  /// Names a timer within its object; never given twice.
  enum class timer_id : std::uint64_t {};

  /// What a channel object runs in. Implemented by the library and by its test kit.
  class context;

  channel() = default;
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;
  virtual ~channel() = default; ///< must not use the functions below: nobody hears them any more

  // -- hooks ------------------------------------------------------------------

  /// Called once, first: declare events and timers. Members may be there already (after a crash), history may be.
  /// Throws: whatever it likes; a new object is made, until there were too many.
  virtual void setup() {}

  /// May `who` come in? It is no member yet, but may be pushed to: that arrives after the answer, and never if the
  /// answer is no. `params` is what the client sent along (JSON null if nothing): a `payload_error` that reading them
  /// throws is answered with `bad_message`. `later` holds the client at the door for at most `channels.join_timeout`.
  /// The default accepts.
  virtual join_result on_join(const member& who, const payload& params);

  /// Exactly one per accepted join, whatever became of the client. `who` is no member any more. After a crash it may
  /// come for one that an object before this one let in.
  virtual void on_leave(const member& who, leave_reason why);

  /// `who` has lost its connection: it stays a member, and what is said waits for it, until it comes back (`on_back`) or
  /// `session.resume_window` is over (`on_leave`, `lost`). Told as often as it happens and in order, `on_back` never but
  /// after `on_away`, and neither after `on_leave`. Who comes in is where `member::away` says in `on_join`; one that turned
  /// before it was let in turns right after. Not repeated when a new object takes over: `members` tells who is away.
  virtual void on_away(const member& who);
  virtual void on_back(const member& who);

  /// The first session of `who.user` is in, after its `on_join`; the last is out, after its `on_leave`. A user with three
  /// tabs comes once and goes once. Not called for members without a user. Not repeated when a new object takes over.
  virtual void on_first_join(const member& who);
  virtual void on_last_leave(const member& who, leave_reason why);

  /// A client's `publish`: may `who` say `d` to all? Also asked for who is no member where the namespace lets anyone
  /// publish. `d` may be changed, and stays valid until it is decided, also later. A `payload_error` that reading
  /// `d.data` throws is answered with `bad_message`. A publish repeated with the same idempotency key is not asked
  /// again while the key is known. Data of an accepted reply is not sent: the client gets the position. Accepted
  /// `after_save`, it is said, too, only once the state is kept. The default refuses unless the namespace allows it.
  virtual publish_result on_publish(const member& who, draft& d);

  /// A handler, timer or callback threw: keep this object, or make a new one? If this throws, a new one is made.
  /// The default keeps it.
  virtual after_error on_error(std::exception_ptr error);

  /// State for the next object: asked for when the channel stops, for answers that wait for it, and, after commands,
  /// timers and callbacks, once per `channels.snapshot_interval`. At most `limits.snapshot_bytes`. Nothing: keeps none,
  /// and the one before stays. If it throws, that is a failure like a handler's.
  virtual std::optional<payload> snapshot();

  /// The last snapshot, after `setup`, if there is one. Throws: as `setup`; a snapshot that was refused three times in
  /// a row is not offered again.
  virtual void on_restore(const payload& snapshot);

  /// A snapshot that the channel took by itself, or for an answer that waited for it, was not kept: it is over
  /// `limits.snapshot_bytes` (`too_large`), or the store refused it (`unavailable`). The one before stays, and the log
  /// says it. Make the state smaller and `save`. The default does nothing.
  virtual void on_save_failed(const failure& why);

  // -- used by the library ----------------------------------------------------

  struct call_handler {
    std::function<call_result(const member&, const payload&)> run;
    bool reads_payload = false; ///< the handler itself; otherwise what it throws is never the client's doing
  };
  [[nodiscard]] const call_handler* handler_of(std::string_view event) const;
  void bind(context* where) noexcept { context_ = where; }
  /// For `channel_of`: `who` is about to be heard of by `on_join` or `on_leave`; it was refused, or has left.
  virtual void begin_state(session_id) {}
  virtual void end_state(session_id) {}

 protected:
  // -- declaring --------------------------------------------------------------

  /// Handles calls of `event` with data of type `T` (TROUPE_FIELDS, or `payload` for any): `call_result(member, T)`.
  /// Data of another shape is the client's error, `bad_message`, and `handler` is not called. For as long as the object
  /// lives; may be called within a handler. Throws std::invalid_argument if the event has a handler.
  /// A call that its client repeats with the same idempotency key is not heard again while the key is known: it gets the
  /// answer of the first, if need be once that is there. One that failed, or was refused with a code that says to come
  /// again (`busy`, `limit`, `timeout`, `unavailable`, `internal`), is.
  /// `handler` may be a coroutine, of a `task<call_result>`: see `answer_with`. What it is called with lives as long as it.
  template <class T, class F>
  void on(std::string event, F handler) {
    if constexpr (std::same_as<std::invoke_result_t<F&, const member&, T>, task<outcome>>)
      on_with_task<T>(std::move(event), std::move(handler));
    else if constexpr (std::same_as<T, payload>)
      add_handler(std::move(event), {std::move(handler), true});
    else
      add_handler(std::move(event),
                  {[handler = std::move(handler)](const member& who, const payload& data) -> call_result {
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

  /// Says `data` (a type with TROUPE_FIELDS, or a payload) to all members, and keeps it in history; returns at once.
  /// Said within an `on_join` that decides at once, the newcomer gets it, too, after its answer. If the store cannot keep
  /// it nobody gets it, and the log says so. Throws std::invalid_argument for a reserved name, more exceptions than
  /// `limits.except_sessions`, or more sessions in `only` than `limits.only_sessions`.
  template <class T>
  void broadcast(std::string event, const T& data, delivery to = {}) {
    broadcast_payload(std::move(event), to_payload(data), std::move(to));
  }

  /// Says `data` to one member, between the broadcasts where it was said; not kept. To one that is joining it is said
  /// after the answer. False if it is neither: nobody gets it. Throws std::invalid_argument for a reserved name.
  template <class T>
  bool push(session_id to, std::string event, const T& data) {
    return push_payload(to, std::move(event), to_payload(data));
  }
  template <class T>
  bool push(const member& to, std::string event, const T& data) {
    return push_payload(to.id, std::move(event), to_payload(data));
  }

  /// Asks members, with a type with TROUPE_FIELDS or a payload, and hands `then` their answers when all (or the quorum) have answered, are gone, or the deadline has
  /// passed: once, after this handler, also for an empty list. Who is no member is left out. A `payload_error` that
  /// reading the answers throws is logged, and costs the object nothing. Ends, unheard, with the object. Throws
  /// std::length_error past `limits.asks_per_channel` (64) or `limits.members_per_ask` (1,000).
  void ask(std::span<const session_id> whom, std::string event, payload data, ask_options options,
           std::function<void(const std::vector<ask_answer>&)> then);
  template <class T>
    requires(!std::same_as<T, payload>)
  void ask(std::span<const session_id> whom, std::string event, const T& data, ask_options options,
           std::function<void(const std::vector<ask_answer>&)> then) {
    ask(whom, std::move(event), payload::of(data), options, std::move(then));
  }

  /// Sends a member away; it gets `unsubscribed` with the reason, and `on_leave` hears `kicked` after this handler. One
  /// that is joining is refused, in its own `on_join`, too, whatever that returns. Nothing happens to strangers.
  void kick(session_id who, std::string reason = "kicked");

  /// The promise of the call, join or publish being handled; return `later(p)`. The same one each time within a
  /// handler. Keep it in the object, its timers or `guarded` callbacks: it ends with the object, and its caller gets
  /// `error internal`. Throws std::logic_error outside of such a handler.
  [[nodiscard]] promise promise_answer();

  // -- groups -----------------------------------------------------------------

  /// Puts a member into a group of this channel, for `broadcast(…, to_group("red"))`: it gets what is said to the group
  /// from then on, until it is removed or leaves; that of before it never gets, on replay neither. One that is joining, in
  /// its `on_join`, too, is in at once, and out again if it is refused. A group is there while somebody is in it. Outlives
  /// the object: members and their groups stay after a crash. False: it is neither in nor joining, and nothing happens.
  /// Throws std::invalid_argument for a name that is not 1 to 64 bytes of text; std::length_error past
  /// `limits.groups_per_channel` (256), `limits.groups_per_member` (16) or `limits.members_per_group` (1,000).
  bool add_to_group(session_id who, const std::string& group);
  bool add_to_group(const member& who, const std::string& group) { return add_to_group(who.id, group); }

  /// It gets nothing more of what is said to the group after this; what was said before still is for it.
  void remove_from_group(session_id who, const std::string& group);
  void remove_from_group(const member& who, const std::string& group) { remove_from_group(who.id, group); }

  /// Who is in it now, in order, for `ask`; none: nobody. In `on_leave` the one that left is not.
  [[nodiscard]] std::vector<session_id> sessions_in(const std::string& group) const;

  /// The groups that `who` is in now, by name.
  [[nodiscard]] std::vector<std::string> groups_of(session_id who) const;

  // -- waiting, in coroutines (<troupe/task.hpp>) -----------------------------

  /// The outcome of a coroutine, for a hook or a handler to return: runs it at once until it waits, then is `later`, with
  /// the deadline and ends of a promise, after which the coroutine goes on all the same. What it throws is a handler's
  /// exception. Of what it returns late `presence` means nothing. In `on_publish` it may use the draft until it first waits.
  /// Past `limits.tasks_per_channel` (1,000): `error busy`, and nothing of it is run.
  [[nodiscard]] outcome answer_with(task<outcome> what);
  /// Runs a coroutine beside, after this handler. Give it one, or what makes it, which is kept as long as it: `start([this]()
  /// -> troupe::task<> { … })`, never `{ … }()`, whose captures are gone by then. What it throws goes to `on_error`. It
  /// keeps no channel alive: hold a `busy` in it. Throws std::length_error past `limits.tasks_per_channel`.
  void start(task<void> what);
  template <class F>
    requires std::same_as<std::invoke_result_t<const F&>, task<void>>
  void start(F make);

  /// `co_await after(…)`, which counts as a timer, `ask(…)`, `history(…)`: as with a callback.
  [[nodiscard]] awaited<void> after(std::chrono::milliseconds delay);
  [[nodiscard]] awaited<std::vector<ask_answer>> ask(std::span<const session_id> whom, std::string event, payload data,
                                                     ask_options options = {});
  [[nodiscard]] awaited<std::vector<publication_ptr>> history(std::size_t limit);

  // -- knowing ----------------------------------------------------------------

  /// As clients call it, `room:42`. Valid for as long as the object.
  [[nodiscard]] const std::string& name() const;

  /// Who is in now, by session; a copy. In `on_join` the newcomer is not among them, in `on_leave` the one that left is
  /// not.
  [[nodiscard]] std::vector<member> members() const;
  [[nodiscard]] std::size_t member_count() const;

  /// Null: no member. The pointer is good within this handler, until a `kick`.
  [[nodiscard]] const member* find_member(session_id id) const;

  /// Hands `then` the last `limit` publications that are kept, oldest first, those said before this call among them:
  /// within the call where the namespace keeps history in memory, later, as this object's own code, where it is on disk.
  /// Unheard if the object ends before; empty if they cannot be read, which the log says. Shared and immutable: keep them
  /// as you like. What was said to some only is among them: ask `publication::is_for` before you hand one on.
  void history(std::size_t limit, std::function<void(const std::vector<publication_ptr>&)> then);

  /// The same of those that are meant: the last `limit` of these, however far back, others are passed over.
  void history(history_filter which, std::size_t limit, std::function<void(const std::vector<publication_ptr>&)> then);

  /// The same, read as `T`: `history<message>("message", 50, [this](const auto& said) { … said.back().data.text … });`
  /// Those with data of another shape are left out of the `limit` that were found.
  template <class T>
  void history(history_filter which, std::size_t limit, std::function<void(const std::vector<past<T>>&)> then) {
    history(std::move(which), limit, [then = std::move(then)](const std::vector<publication_ptr>& found) {
      then(read_past<T>(found));
    });
  }
  template <class T, std::convertible_to<std::string_view> Event>
  void history(const Event& event, std::size_t limit, std::function<void(const std::vector<past<T>>&)> then) {
    history<T>(history_filter{std::string(std::string_view(event))}, limit, std::move(then));
  }

  /// Milliseconds since 1970, of the node's clock (stepped in tests).
  [[nodiscard]] std::int64_t now() const;

  // -- acting -----------------------------------------------------------------

  /// Calls `then` once, `delay` from now, or each `period`, never within this handler. A channel that was at work is
  /// late: a timer then runs as soon as it can, and a periodic one once, not once for each period it missed. Timers end
  /// with the object, and none runs once the channel is being stopped. At least a millisecond apart. Throws
  /// std::length_error past `limits.timers_per_channel` (1,000).
  timer_id after(std::chrono::milliseconds delay, std::function<void()> then);
  timer_id every(std::chrono::milliseconds period, std::function<void()> then);

  /// It will not run again; within its own callback, too. Nothing happens if it has ended.
  void cancel(timer_id id);

  /// Asks for `snapshot` now, within this call, and gives it to the store; what the handler does afterwards is saved in
  /// its time. Throws what `snapshot` throws; std::logic_error within `snapshot`. A reply that must not be given before
  /// the store has it: `return done().after_save()`.
  save_result save();

  /// While a copy of what it returns lives, the channel is not stopped for being idle: a job goes on when nobody looks.
  /// The node's drain stops it all the same, and it counts no more when this object is replaced.
  [[nodiscard]] busy_guard busy();

  /// Stops the channel after this handler: a last snapshot is taken, members get `unsubscribed` with the reason and
  /// leave as `drained`, whoever waits for an answer gets `unavailable`; the channel starts again on next use.
  void stop(std::string reason = "closed");

  /// Fails the object on purpose, after this handler: a new one takes its place.
  void crash(std::string reason);

  /// The CAF actor this object lives in: spawn, monitor or request other actors from it. Outlives the object. Give
  /// `request(…).then` callbacks that are `guarded`, the error handler, too: what CAF calls without is outside of this
  /// class's care, may come after this object was replaced, and ends the whole channel if it throws (its supervisor
  /// starts it again). A request without an error handler ends the channel, too. Do not link, `become` or `quit`.
  [[nodiscard]] caf::event_based_actor& actor();

  /// `then` for others to call, on this channel's thread: it may use `this`. It does nothing once this object was
  /// replaced, and what it throws goes where a handler's exceptions go. Not for generic lambdas.
  template <class F>
  [[nodiscard]] auto guarded(F then) {
    return guarded_function(std::function{std::move(then)});
  }

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
    return [run = object_runner(), then = std::move(then)](A... a) { run([&] { then(std::forward<A>(a)...); }); };
  }
  template <class T, class F>
  void on_with_task(std::string event, F handler); // <troupe/task.hpp>
  outcome answer_keeping(task<outcome> what, std::shared_ptr<const void> kept, bool reads_payload);
  void start_keeping(task<void> what, std::shared_ptr<const void> kept);

  /// Runs what it is given as this object's code, for as long as this object is the channel's.
  [[nodiscard]] std::function<void(const std::function<void()>&)> object_runner();
  void add_handler(std::string event, call_handler handler);
  void broadcast_payload(std::string event, payload data, delivery to);
  bool push_payload(session_id to, std::string event, payload data);

  context* context_ = nullptr;
  std::map<std::string, call_handler, std::less<>> handlers_; // a handler may declare others while it runs
};

} // namespace troupe
