#pragma once

#include "actors/containers/fifo.hpp"
#include "actors/hosting/timer_wheel.hpp"
#include "actors/messages/events.hpp"
#include "actors/messages/link_batches.hpp"
#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/command_source.hpp"
#include "actors/sessions/detached_sessions.hpp"
#include "actors/sessions/handshakes.hpp"
#include "actors/sessions/log_budget.hpp"
#include "actors/sessions/return_slots.hpp"
#include "actors/sessions/session.hpp"
#include "actors/sessions/session_token.hpp"
#include "actors/sessions/shard_state.hpp"
#include "actors/sessions/tombstones.hpp"

#include <tl/expected.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace troupe::actors {

/// What a shard asks of the actors around it.
class shard_gateway {
 public:
  /// The broker will answer with channel_found or channel_refused.
  virtual void find_channel(const std::string& name, const starter& by) = 0;
  virtual void release_channel(const std::string& name) = 0;
  virtual void send(const channel_handle& to, command_batch_ptr batch) = 0;
  /// A session of another shard is to end; `then` hears whether there was one.
  virtual void end_elsewhere(session_id, std::string, std::function<void(bool found)> then) { then(false); }

 protected:
  ~shard_gateway() = default;
};

/// Others whose clients live on the shard's thread, and end with it.
class shard_guests {
 public:
  virtual void close_all(protocol::close_code code, std::string_view reason) = 0;
  [[nodiscard]] virtual bool empty() const = 0;

 protected:
  ~shard_guests() = default;
};

/// One I/O thread's share of the node: its sessions, the channels they are in, and the flush that ends every turn.
///
/// No CAF and no sockets in here: the shard_actor lends it both (`shard_gateway`), tests lend it others.
/// Owner: the shard_actor. Thread: the I/O thread.
/// Bounded: commands under way per channel, logs, sessions; see config limits.
class shard {
 public:
  using answer_callback = std::function<void(const protocol::server_message&)>;

  shard(shard_state& state, const config::settings& settings, announcer& events, node_clock clock, shard_gateway& gateway);
  ~shard();
  shard(const shard&) = delete;
  shard& operator=(const shard&) = delete;

  // -- sessions ---------------------------------------------------------------

  session& open_session(transport_kind transport, const std::string& peer, std::string_view agent = {});
  [[nodiscard]] session* find_session(session_id id);
  /// The API: a session of this shard; false if there is none.
  bool disconnect(session_id id, std::string reason);
  /// Ends a session at the end of the turn: safe from within its own code.
  void close_later(session& s, leave_reason why, protocol::close_code code, std::string reason);
  /// Likewise, for what its connection did not take, unless its client has come back over another by then.
  void close_unless_back(session& s, protocol::close_code code, std::string reason);
  /// Likewise, but only that connection, if its client may come back.
  void end_connection_later(session& s, protocol::close_code code, std::string reason);
  /// Likewise, unless its client is back by then.
  void close_if_away(session& s, std::string reason);
  void on_session_closed(session& s, leave_reason why, protocol::close_code code, std::string_view reason);
  /// Its connection is ended for taking too little.
  void was_slow(const session& s, std::string_view reason);
  /// The shard's actor ends: every client is closed with `code`.
  void end_all(protocol::close_code code, std::string_view reason);
  /// For a new client, or a request that may bring one back: the later it has come, the greater its counter.
  session_id next_id();
  /// It has no connection, or has one again. Past `limits.sessions_detached`, or of one user
  /// `limits.sessions_detached_per_user`, the one goes that has had none for longest; past `limits.detached_bytes` the one
  /// that holds most.
  void detached(session& s);
  void attached(session& s);
  /// Its client is away: its channels hear of it soon, unless it is back by then.
  void tell_away_later(session& s);
  /// The session that a token authorises, for a client who is `as`, says that it has received so much, and came by the
  /// connection of that number; else why it cannot be had.
  [[nodiscard]] tl::expected<session*, failure> find_resumable(std::string_view token, std::uint64_t received,
                                                             const identity_ptr& as, const arrival& by);
  /// Why the session that a token authorises is no more; null: not known.
  [[nodiscard]] const tombstones::epitaph* epitaph_of(const token_parts& of) const {
    return graves_.find(of.id, of.secret);
  }
  /// Destroyed at the end of the turn: it may be the one that calls.
  void bury(std::unique_ptr<delivery> what) { buried_.push_back(std::move(what)); }
  /// The inbox session of a user, if one lives.
  [[nodiscard]] session* find_inbox(const std::string& user);
  void keep_inbox(const std::string& user, session& s);
  void forget_inbox(const session& s);
  /// Runs code of a session; an exception there closes it with 1011 and nothing else.
  void guard(session& s, const std::function<void()>& work);

  // -- commands ---------------------------------------------------------------

  /// The channel of that name, found or being found, as whose if it has to be started; null if there are too many.
  channel_entry* slot(const std::string& channel, const starter& by = {});
  /// Queues a command of this turn. False: too many wait (never for joins, leaves and the like: `must`).
  /// A call is answered `timeout` when it is due, whatever keeps its channel.
  bool send(channel_entry& to, channel_command what, bool must);
  /// A command of the node itself (API, /send): `then` gets the answer.
  void call(const std::string& channel, channel_command what, answer_callback then, const starter& by = {});
  void used(channel_entry& s);
  /// Of who asks and is no client.
  session_id next_request();
  /// Commands from `id`, which is of `next_request`, are that one's.
  void add_source(session_id id, command_source& who) { sources_.emplace(id, &who); }
  void remove_source(const command_source& who) {
    std::erase_if(sources_, [&who](const auto& s) { return s.second == &who; });
  }
  [[nodiscard]] command_source* find_source(session_id id) const;
  /// That one hears when the link of `at` may take more.
  void wait_for_room(channel_entry& at, session_id source) { at.short_of_room.push_back(source); }
  /// A session of another shard; `then` on this one's thread.
  void end_elsewhere(session_id who, std::string reason, std::function<void(bool found)> then) {
    gateway_.end_elsewhere(who, std::move(reason), std::move(then));
  }
  void outlets_are_due() noexcept { state_.outlets.note(); }

  // -- who clients are --------------------------------------------------------

  [[nodiscard]] actors::handshakes& handshakes() noexcept { return handshakes_; }
  [[nodiscard]] const connect_hook& on_connect() const noexcept { return state_.on_connect; }

  // -- what actors say --------------------------------------------------------

  void take(effect_batch& batch);
  void found(channel_found what);
  void lost(const std::string& channel, bool on_next_use);
  void refused(const std::string& channel, const failure& why, bool failed);
  void tick();

  // -- the turn ---------------------------------------------------------------

  void mark(session& s);
  /// From now on the sweep looks whether it has fallen too far behind, as long as it is blocked.
  void watch_blocked(session& s);
  /// Sends commands and writes sessions for about a millisecond. True: more is left.
  bool flush();

  // -- draining ---------------------------------------------------------------

  void drain(std::string reason, std::function<void()> done);
  [[nodiscard]] bool draining() const noexcept { return draining_; }

  // -- beside the channels ----------------------------------------------------

  /// Once; they outlive the shard.
  void take_in(shard_guests& who) noexcept { guests_ = &who; }

  /// Takes over what can be reloaded.
  void reload(const config::settings& changed) { settings_ = changed; }

  // -- time -------------------------------------------------------------------

  void schedule(timer& t, std::chrono::milliseconds from_now) { wheel_.schedule(t, clock_.steady() + from_now); }
  [[nodiscard]] std::chrono::milliseconds jittered(std::chrono::milliseconds d);
  /// A random moment within `d`: when to try again.
  [[nodiscard]] std::chrono::milliseconds some_time_within(std::chrono::milliseconds d) {
    return random_within(d, state_.dice);
  }
  [[nodiscard]] std::int64_t wall_now() const { return clock_.wall(); }

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] const config::settings& settings() const noexcept { return settings_; }
  [[nodiscard]] const config::name_space* find_rights(std::string_view channel) const;
  [[nodiscard]] const config::name_space& rights(std::string_view channel) const;
  [[nodiscard]] bool may_read_node_events(const session& s, std::string_view channel) const;
  [[nodiscard]] shard_counters& counters() noexcept { return state_.counters; }
  [[nodiscard]] std::uint32_t index() const noexcept { return state_.index; }
  [[nodiscard]] std::uint32_t count() const noexcept { return state_.shards; }
  [[nodiscard]] const node_clock& clock() const noexcept { return clock_; }
  void announce(node_event what) { events_.announce(std::move(what)); }
  [[nodiscard]] shard_description describe() const;
  /// All sessions, in the order in which they came: a walk over them may pause.
  [[nodiscard]] const std::map<session_id, session*>& by_age() const noexcept { return by_age_; }
  [[nodiscard]] shard_rates rates() const;

 private:
  enum class ending : std::uint8_t { session, session_behind, connection, absent_session };
  struct closing {
    ending what;
    session_id id;
    std::uint64_t came; // the connection it had, or which of its absences it was
    leave_reason why;
    protocol::close_code code;
    std::string reason;
  };
  static constexpr auto slot_kept_for = std::chrono::seconds{5}; // an unused channel's handle

  struct maybe_idle {
    std::string channel;
    std::chrono::steady_clock::time_point look_at;
  };
  void apply(channel_entry& s, effect& e);
  void publish(channel_entry& s, publication_ptr what);
  void say(channel_entry& s, said& what);
  void come_in(channel_entry& s, joined& what);
  void look_whether_idle(channel_entry& s);
  void look_for(channel_entry& s);
  [[nodiscard]] shard_end::time_point due_of(const channel_command& what) const;
  void join_after_loss(channel_entry& s);
  void complete(channel_entry& s, const command_under_way& done);
  void list_commands(channel_entry& s);
  void forget(channel_entry& s);
  void flush(channel_entry& s);
  void watch(channel_entry& s);
  void look_at(channel_entry& s);
  [[nodiscard]] link_id next_link();
  [[nodiscard]] std::vector<command_under_way> renew(channel_entry& s);
  void begin_anew(channel_entry& s, const failure& why);
  void cut_replays(channel_entry& s);
  void flush_commands();
  void flush_channels();
  bool flush_sessions();
  void forget_written();
  [[nodiscard]] bool end_some();
  void close_waiting(fifo<closing>& all, std::size_t& said);
  void tell_away(std::size_t& said);
  void carry_out(const closing& what, session& s);
  void weigh(session& s);
  void bound_bytes();
  void force_out(session_id id, const char* limit, const char* why);
  void forget_place(session& s);
  void drop_log(channel_entry& s);
  bool release_idle();
  void tell_bytes();
  void tell_queues();
  void count_written();
  void sweep_blocked();
  void judge_pinned(const std::vector<session*>& behind);
  void drain_some();
  void open_return_slots();
  void refuse_unknown(std::string why);
  void send_away(session& s, std::string_view why);
  [[nodiscard]] std::size_t may_leave_by(std::chrono::milliseconds passed) const;
  void fail_commands(channel_entry& s, std::vector<command_under_way> lost, const failure& why);
  void answer_caller(session_id to, const protocol::server_message& m);
  void tell_room(channel_entry& s);
  void answer_command(const command_under_way& c, const protocol::server_message& m);
  [[nodiscard]] channel_entry* find_slot(std::uint64_t number);

  shard_state& state_;
  config::settings settings_;
  announcer& events_;
  node_clock clock_;
  shard_gateway& gateway_;
  timer_wheel wheel_;
  shard_guests* guests_ = nullptr;
  actors::handshakes handshakes_{*this, state_.look_ups, state_.running};
  log_budget logs_;
  std::uint64_t encodings_told_ = 0;
  return_slots returns_;

  detached_sessions detached_; // each user's, or of those without one each address'
  tombstones graves_;
  std::vector<std::unique_ptr<delivery>> buried_;
  std::unordered_map<std::string, session_id> inboxes_;
  std::unordered_map<session_id, answer_callback> callers_;
  std::unordered_map<session_id, command_source*> sources_;
  std::unordered_map<std::string, std::unique_ptr<channel_entry>> slots_;
  std::unordered_map<std::uint64_t, channel_entry*> numbers_; // by the link's slot

  std::vector<channel_entry*> with_commands_, dirty_slots_;
  bool releases_ = false;       // what is idle, at the ends of turns
  fifo<maybe_idle> maybe_idle_; // by when it is to be looked at, but for what was used meanwhile
  std::vector<session*> marked_; // to be written, from `marked_done_` on; null: has ended
  std::size_t marked_done_ = 0;
  std::vector<session_id> blocked_;
  std::chrono::steady_clock::time_point pinned_judged_{};
  fifo<closing> to_close_, to_close_absent_;
  fifo<session_id> away_; // to be told to their channels
  std::vector<std::chrono::steady_clock::time_point> unwritten_; // when the cause was of what no reader has been written yet
  bool appended_ = false;            // by the batch that is being taken
  std::uint64_t deepest_slot_ = 0;   // of the channel for which most commands waited, since the last second began
  std::size_t deepest_ = 0;          // how many
  std::uint64_t ticks_ = 0;

  bool draining_ = false;
  std::string drain_reason_;
  std::size_t left_for_drain_ = 0;
  std::function<void()> drained_;
  std::chrono::steady_clock::time_point drain_began_{};

  std::unordered_map<session_id, std::unique_ptr<session>> sessions_;
  std::map<session_id, session*> by_age_; // the same
  std::vector<std::unique_ptr<session>> ended_; // destroyed at the end of the turn: it may be one of them that calls
};

} // namespace troupe::actors
