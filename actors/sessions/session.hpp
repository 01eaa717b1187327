#pragma once

#include "actors/sessions/ask_routes.hpp"
#include "actors/sessions/delivery.hpp"
#include "actors/sessions/detached_sessions.hpp"
#include "actors/sessions/handshakes.hpp"
#include "actors/sessions/haste.hpp"
#include "actors/sessions/journal.hpp"
#include "actors/sessions/pending_http_replies.hpp"
#include "actors/sessions/subscription.hpp"

#include <troupe/member.hpp>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::actors {

class shard;

/// Which of its client's connections it is: what was under way for long takes the session from none that came after it.
struct arrival {
  std::uint64_t came = 0;    ///< in the order in which connections came to the shard
  std::uint64_t attempt = 0; ///< in that in which the client made them, which counts; 0: it does not say
};

/// Where a client says that it stands, coming back.
struct resume_point {
  protocol::request_id id{};  ///< of the command, if it was one
  std::uint64_t received = 0; ///< messages, as it counted them
  std::map<std::string, position> positions{};
  identity_ptr as{};          ///< null: the application does not say
  arrival by{};
};

/// One client, as the node knows it: routes commands to channels and what they say back to the client, nothing else.
/// It outlives its connection for the resume window: its journal knows what has arrived.
///
///     opening --> attached --connection lost / poll answered--> away --window over--> closed
///                     <-----------resumed / next poll-----------+
///
/// Only one that nobody could resume (a stream whose ids say where it stands) is closed with its connection.
/// Bytes belong to its delivery, membership to channels, fan-out to the shard and its logs.
/// Owner: the shard. Thread: the shard's. Ends: `close`, once; every join is then followed by its leave.
/// Bounded: channels, commands under way and per second, bytes of private messages, the journal; see config limits.
class session {
 public:
  session(shard& home, session_id id, transport_kind transport, std::string secret);
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  // -- its connections --------------------------------------------------------

  /// The first one. `resumable`: its client may come back over another.
  void deliver_by(std::unique_ptr<delivery> how, bool resumable = true);

  /// Its client comes back as `by`: the one that stands there still is closed, and what has not arrived is said again.
  /// Only for what `was_sent`. Taken over is `by` only once it has its place: what throws before leaves it to the caller.
  void resume(std::unique_ptr<delivery>&& by, const resume_point& from);

  /// The connection of this session goes to another one; this one closes, unheard.
  [[nodiscard]] std::unique_ptr<delivery> give_up_delivery();

  /// Its connection ended, by whichever side: the session waits for its client, or closes.
  void lost_connection(leave_reason why, protocol::close_code code, std::string_view reason);

  /// It has no connection from now on, until the window is over; or has one (polls come and go).
  void away();
  void back();

  // -- the client says --------------------------------------------------------

  /// Over its connection: handled, unless it comes too fast.
  void hear(protocol::command what);
  /// Whoever it is, at whatever rate.
  void handle(protocol::command what);

  /// One more command or poll of its client: why it has to wait with it, and how long; none: it is not too fast.
  [[nodiscard]] std::optional<failure> too_fast();
  /// It did not listen, and its connection ends: what still comes over it is not heard, and sent again if it comes back.
  [[nodiscard]] bool is_sent_away() const noexcept { return haste_ && haste_->sent_away; }

  /// The same by an HTTP request of its own, whose response is the answer.
  void handle_for(transports::exchange_ptr by, protocol::command what);

  /// A join of the session's own making: channels of a stream's or poll's address, the default channel.
  /// `inbox`: by the right to poll for a user, from the position kept with the channel unless `since` says another.
  void enter(const std::string& channel, std::optional<position> since, protocol::request_id id = {},
             bool inbox = false);

  /// The API: takes the client out of a channel, also if it has only asked to be in it; false if it has not.
  bool dismiss(std::string_view channel);

  /// Ends the session. `why` is what channels hear; `code` what the client reads, if it is still there.
  void close(leave_reason why, protocol::close_code code, std::string_view reason);

  /// Its client has lost its last connection, or has one again: channels hear of it, once for each turn.
  void say_whereabouts(bool there);

  // -- channels say -----------------------------------------------------------

  void on_said(channel_entry& channel, protocol::server_message what);
  void on_joined(channel_entry& channel, joined what);
  void on_join_refused(channel_entry& channel, protocol::error what);
  /// Nothing was heard of its join within `channels.join_timeout`.
  void on_join_late(channel_entry& channel);
  void on_page(channel_entry& channel, page replay);
  void on_left(channel_entry& channel, left what);
  void on_completed();
  void command_sent() noexcept { ++under_way_; }

  /// The channel's actor was lost while a leave to it was under way: it is out.
  void on_lost_leaving(channel_entry& channel);

  /// The channel is gone for good, or cannot be reached: its members are told.
  void on_channel_gone(channel_entry& channel, const failure& why, bool failed);

  // -- the shard asks ---------------------------------------------------------

  void deliver();

  /// Its client is behind: those of its channels whose policy is to disconnect have their say, and so have limits on
  /// what waits for a client that takes nothing.
  void sweep_blocked();

  /// For taking nothing, too much is kept for it.
  void too_slow(std::string reason);
  /// Ends its connection; the session waits for its client if it may come back, or closes.
  void end_connection(protocol::close_code code, std::string_view reason);

  // -- subscriptions tell -----------------------------------------------------

  void ask_page(subscription& of, offset_t since);
  void keep_position(subscription& of, offset_t at);
  void ask_presence(subscription& of);
  /// Bytes for its client have come, or are written.
  void waits(std::size_t bytes, waiting what) noexcept {
    waiting_[static_cast<std::size_t>(what)] += static_cast<std::uint32_t>(bytes);
  }
  void waits_no_more(std::size_t bytes, waiting what) noexcept {
    waiting_[static_cast<std::size_t>(what)] -= static_cast<std::uint32_t>(bytes);
  }
  void delivered(subscription& of, const journal::place& from, std::size_t publications, journal::kind is);
  void sent(const subscription& of, const journal::place& from, std::uint32_t messages, journal::kind is);
  void told(const subscription& of, private_item what);
  void gap_told(const subscription& where, std::optional<std::uint64_t> missed);

  // -- deliveries tell --------------------------------------------------------

  /// Said beside the channels, or to be said once its client is back.
  void noted(const protocol::server_message& m);
  /// So many of the messages that it was sent have arrived.
  void arrived(std::uint64_t messages);
  void heard_message() noexcept { ++heard_; }
  /// Answers to polls have told so many in all: where each client stands they know themselves.
  void polled_up_to(std::uint64_t count);
  /// Its client comes back for what another poll of the session has acknowledged.
  void said_is_lost();

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] session_id id() const noexcept { return id_; }
  [[nodiscard]] transport_kind transport() const noexcept { return transport_; }
  /// Secret: authorises poll, send and resume.
  [[nodiscard]] std::string token() const;
  [[nodiscard]] bool has_secret(std::string_view secret) const noexcept;
  /// Empty: anonymous.
  [[nodiscard]] const std::string& user() const noexcept;
  void set_identity(identity_ptr who) noexcept { identity_ = std::move(who); }
  [[nodiscard]] member as_member() const;
  /// As channels were told last.
  [[nodiscard]] bool is_said_away() const noexcept { return said_away_; }
  /// Where its client is: address and port.
  [[nodiscard]] const std::string& peer() const noexcept { return peer_; }
  void set_address(std::uint64_t address) noexcept { address_ = address; }
  [[nodiscard]] starter as_starter() const noexcept { return {address_, id_.value()}; }
  [[nodiscard]] bool closed() const noexcept { return closed_; }
  [[nodiscard]] std::size_t under_way() const noexcept { return under_way_; }
  [[nodiscard]] std::vector<std::unique_ptr<subscription>>& subscriptions() noexcept { return subscriptions_; }
  [[nodiscard]] subscription* find(std::string_view channel) const;
  /// Whether `id` is of its join to `channel`, or its leave: it answers those itself, whatever becomes of the channel.
  [[nodiscard]] bool answers(const channel_entry& channel, const protocol::request_id& id) const;
  /// Bytes of private messages and pages that it has not been able to write.
  [[nodiscard]] std::size_t waiting_bytes() const noexcept {
    return bytes_of(waiting::told) + bytes_of(waiting::answer) + bytes_of(waiting::page);
  }
  /// Entries between the farthest of its cursors and its log's head.
  [[nodiscard]] sequence lag() const;
  [[nodiscard]] delivery& how() noexcept { return *delivery_; }
  [[nodiscard]] bool is_away() const noexcept { return is_away_; }
  /// All that it keeps in memory, roughly: what a session without a connection is weighed by.
  [[nodiscard]] std::size_t held_bytes() const;
  /// While it has no connection: it is weighed anew at the end of the turn.
  void weight_changed();
  [[nodiscard]] bool is_resumable() const noexcept { return journal_ != nullptr && !closed_; }
  /// Whether its client may come back and say that it has received so many: no more than it was sent, and no fewer than
  /// it said at an earlier return. What it said by `ack` is not looked at.
  [[nodiscard]] bool is_late(const arrival& by) const noexcept;
  [[nodiscard]] bool was_sent(std::uint64_t messages) const noexcept;
  [[nodiscard]] bool has_unacknowledged() const noexcept { return journal_ && !journal_->empty(); }
  /// What has arrived is worth asking for, before something is forgotten that has not.
  [[nodiscard]] bool is_journal_half_full() const noexcept { return journal_ && journal_->is_half_full(); }
  [[nodiscard]] std::uint64_t sent_so_far() const noexcept { return journal_ ? journal_->count() : 0; }
  /// Nothing was asked of it yet: it may still become another one, resumed.
  [[nodiscard]] bool is_fresh() const noexcept;
  [[nodiscard]] shard& home() noexcept { return shard_; }
  [[nodiscard]] protocol::welcome greeting() const;

  // -- who opened it ----------------------------------------------------------

  /// Where its client is, and what it calls itself: its first bytes.
  void seen_from(const std::string& peer, std::string_view agent) {
    peer_ = peer;
    agent_ = agent.substr(0, agent_bytes);
  }
  void open_since(std::int64_t wall) noexcept { since_ = wall; }
  /// What lists are sorted by.
  [[nodiscard]] std::int64_t figure(session_figure of) const;
  /// Whether it is one of those that are asked for.
  [[nodiscard]] bool matches(const session_query& what) const;
  /// As the observer shows it, with so many of its channels.
  [[nodiscard]] connection_description describe(std::size_t channels_max) const;

  /// With the API key or the observer's cookie: may read `$…` channels.
  void set_privileged(bool yes) noexcept { privileged_ = yes; }
  [[nodiscard]] bool privileged() const noexcept { return privileged_; }

  /// On connections without subprotocol a bare value is published to the default channel.
  void set_plain(bool yes) noexcept { plain_ = yes; }
  [[nodiscard]] bool plain() const noexcept { return plain_; }

  // -- for deliveries: whose turn it is to write ------------------------------

  /// The subscription that has waited longest of those that have something to write; null: there is none.
  [[nodiscard]] subscription* first_in_turn() const noexcept;
  [[nodiscard]] std::size_t in_turn() const noexcept { return turns_.size() - turn_; }
  /// The first has written: it rests, or goes to the end.
  void had_turn(subscription::progress made);
  /// Writing is over for now: ended subscriptions are dropped.
  void end_turns();
  /// Nothing is written by turns (polls): all that is new wakes them again.
  void rest_all();

  void mark(subscription& s);
  void drop(subscription& s);

 private:
  void handle_subscribe(const protocol::request_id& id, protocol::subscribe what);
  void handle_ping(const protocol::request_id& id);
  void handle_unsubscribe(const protocol::request_id& id, const protocol::unsubscribe& what);
  void leave_channel(subscription& s, const protocol::request_id& id, leave_reason why);
  void put_off(subscription& s, subscription::put_off what);
  void handle_answer(const protocol::request_id& id, protocol::answer what);
  void handle_bare(protocol::bare what);
  void handle_resume(const protocol::request_id& id, const protocol::resume& what);
  void go_back(const resume_point& from, journal::resumption& to);
  void be_away();
  void window_over();
  [[nodiscard]] std::chrono::milliseconds window() const;
  void too_much_said();
  void count_as(std::optional<transport_kind> now) noexcept;
  void handle_authenticate(const protocol::request_id& id, protocol::authenticate what);
  void identify(const protocol::request_id& id, protocol::authenticate what);
  void on_identified(const protocol::request_id& id, const handshakes::answer& said);
  [[nodiscard]] bool is_granted(std::string_view channel) const;
  /// Where the application says who clients are, an inbox is read by its user alone.
  [[nodiscard]] bool is_private(std::string_view channel) const;
  template <class Body>
  void forward(const protocol::request_id& id, Body body, config::permission who);
  void refuse(const protocol::request_id& id, error_code code, std::string why, std::string channel = {});
  void refuse(const protocol::request_id& id, failure why, std::string channel = {});
  /// The same as `too_fast` for what it says in a namespace that has a rate.
  [[nodiscard]] std::optional<failure> too_fast_in(const config::name_space& space);
  void was_too_fast(const char* limit, rate_bucket::time now);
  void send_away_for_haste();
  haste& my_haste();
  bool join_channel(const std::string& channel, join what, protocol::request_id id, bool inbox = false);
  void refuse_join(const std::string& channel, const protocol::request_id& id, failure why);
  [[nodiscard]] std::size_t bytes_of(waiting what) const noexcept { return waiting_[static_cast<std::size_t>(what)]; }
  bool answered(const protocol::server_message& m);
  void answer(const protocol::server_message& m);
  void tell(subscription& s, protocol::server_message m, bool last = false, bool silent = false);
  /// It fell behind the log of a channel that disconnects those who do.
  void overflow(const subscription& s);
  [[nodiscard]] subscription* find(const channel_entry& channel) const;

  /// An `authenticate` that the application looks at, and one that waits for it.
  struct identification {
    std::uint64_t number = 0; // of the handshake
    std::optional<std::pair<protocol::request_id, protocol::authenticate>> next{};
  };

  shard& shard_;
  const session_id id_;
  transport_kind transport_; // the last one
  const std::string secret_;
  identity_ptr identity_; // null: anonymous
  std::uint64_t address_ = 0; // see address_of
  static constexpr std::size_t agent_bytes = 120; // of what it calls itself that are kept
  std::string peer_, agent_;
  std::int64_t since_ = 0; // ms since 1970
  std::unique_ptr<delivery> delivery_;
  std::unique_ptr<pending_http_replies> answers_; // made on first use
  std::unique_ptr<ask_routes> asks_;      // likewise
  std::unique_ptr<identification> identifying_; // while one is under way
  std::unique_ptr<journal> journal_;      // null: nobody can resume it
  std::unique_ptr<haste> haste_;          // made on first use
  std::unique_ptr<timer> window_;         // while its client is away
  std::vector<std::unique_ptr<subscription>> subscriptions_;
  std::vector<subscription*> turns_; // have something to write, from `turn_` on
  rate_bucket commands_;          // what it may say
  std::uint64_t next_number_ = 1; // of private messages
  std::uint64_t heard_ = 0;       // messages of its client, but for those by HTTP
  std::uint64_t came_ = 0;        // which connection of the shard it was resumed by last
  std::uint64_t attempt_ = 0;     // and of its client
  std::uint32_t next_subscription_ = 1;
  // There are very many sessions: what limits keep small is small.
  std::uint32_t turn_ = 0;
  std::array<std::uint32_t, 3> waiting_{}; // bytes, of each kind
  std::uint32_t params_bytes_ = 0;         // of joins, kept for joining again
  std::uint32_t under_way_ = 0;
  bool said_away_ = false;
  bool any_ended_ = false;
  bool closed_ = false;
  bool privileged_ = false;
  bool plain_ = false;
  bool was_resumed_ = false;
  bool is_away_ = false; // its client is, not only between two polls
  std::optional<transport_kind> counted_as_; // among the connections that the node has; none: its client is away

  // What the shard notes about it.
  friend class shard;
  static constexpr std::uint32_t nowhere = static_cast<std::uint32_t>(-1);
  bool watched_ = false;              // in the shard's list of sessions that are behind
  bool is_detached_ = false;          // has no connection,
  std::uint32_t detached_times_ = 0;  // so often had none
  std::uint32_t marked_at_ = nowhere; // in the shard's list of sessions to write
  std::optional<detached_sessions::place> away_; // among the detached; none: it is attached, or about to be forced out
};

} // namespace troupe::actors
