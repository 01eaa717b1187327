#pragma once

#include "actors/containers/fifo.hpp"
#include "actors/messages/link_batches.hpp"
#include "actors/sessions/channel_log.hpp"
#include "actors/sessions/journal.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe::actors {

class session;
class channel_entry;

/// Where a subscription writes to, as long as there is room; one message may be larger than that.
class subscription_sink {
 public:
  [[nodiscard]] virtual std::size_t room() const = 0;
  [[nodiscard]] virtual protocol::wire_form_id form() const = 0;
  /// Shared bytes of entries up to `next` (see subscription::offset for the position after them).
  virtual void shared(const transports::slice& bytes) = 0;
  virtual void publication(std::string_view channel, std::string_view epoch, const troupe::publication& p) = 0;
  virtual void message(const protocol::server_message& m) = 0;
  /// Whether it takes publications as they are, not as bytes: then `value` gets them.
  [[nodiscard]] virtual bool takes_values() const { return false; }
  virtual void value(std::string_view channel, publication_ptr what) { (void)channel, (void)what; }
  /// True for forms in which each publication is preceded by bytes of the session's own.
  [[nodiscard]] virtual bool one_by_one() const { return false; }

 protected:
  ~subscription_sink() = default;
};

/// What waits for a session's client beside the logs.
enum class waiting : std::uint8_t {
  told,   ///< what it did not ask for
  answer, ///< to its commands: not more than it may have under way
  page,   ///< of a replay
};

[[nodiscard]] waiting kind_of(const protocol::server_message& m);

/// One session in one channel, on the session's shard: where it stands in the log, and what was said to it alone.
///
///     joining --joined--> replay --last page written--> live
///        |                  |                             |
///        +------ left / refused / session closed ---------+--> ended
///
/// What its client asks for while a leave is under way waits here and is carried out, in order, when this has ended.
/// Owner: the session. Thread: the shard's. The channel_entry outlives it.
/// Bounded: private messages by `session_control_bytes`, pages by `page_bytes`, commands put off by
/// `commands_per_connection`.
class subscription {
 public:
  enum class phase : std::uint8_t { joining, replay, live, ended };
  enum class progress : std::uint8_t {
    done,    ///< everything said so far is written
    blocked, ///< the sink has no room
    ended,   ///< `unsubscribed` is written: drop the subscription
    overrun, ///< behind the log and the namespace says disconnect
  };

  /// `how` was asked of the channel by its client as command `id`; `number` is its own among those of the session.
  subscription(session& owner, channel_entry& channel, std::uint32_t number, join how, protocol::request_id id);
  ~subscription();
  subscription(const subscription&) = delete;
  subscription& operator=(const subscription&) = delete;

  // -- what its client wants --------------------------------------------------

  /// A leave is on its way, asked as command `id`.
  void leave_sent(protocol::request_id id);
  [[nodiscard]] bool leaving() const noexcept { return leaving_; }

  /// Its client was told that its join took too long, and hears no more of it; a leave is on its way.
  void give_up();
  [[nodiscard]] bool given_up() const noexcept { return given_up_; }

  /// In, once all is done that was asked for.
  [[nodiscard]] bool wanted() const noexcept { return wanted_; }

  /// A command that waits until this subscription has ended.
  struct put_off {
    protocol::command what;
    bool kicked = false; ///< by the API: leaves again
  };
  void wait(put_off next);
  [[nodiscard]] bool has_put_off() const noexcept { return !put_off_.empty(); }
  [[nodiscard]] std::size_t put_off_bytes() const;
  [[nodiscard]] fifo<put_off> take_put_off() noexcept { return std::exchange(put_off_, {}); }

  /// Whether `id` is of its join or its leave, which it answers itself whatever becomes of the channel.
  [[nodiscard]] bool answers(const protocol::request_id& id) const;
  [[nodiscard]] protocol::request_id join_id() const;
  [[nodiscard]] protocol::request_id take_leave_id();

  /// The join to be sent to the next actor of a channel that was lost: as it was, or from here on.
  [[nodiscard]] join join_again() const;
  [[nodiscard]] std::size_t params_bytes() const noexcept { return params_.size(); }

  // -- what the channel says --------------------------------------------------

  void on_message(protocol::server_message m, std::uint64_t number, bool last = false, bool silent = false);
  /// The `unsubscribed` that waits to be written answers `id`, too.
  void answer_last_word(protocol::request_id id);
  void on_joined(page replay, position at);
  /// The answer to the join; call it right after `on_joined`.
  void on_subscribed(protocol::subscribed what, std::uint64_t number);
  /// Who is there: call it right after that.
  void on_presence(protocol::presence_change what, std::uint64_t number);
  void on_page(page replay);

  /// The channel's actor was lost: nothing is read until the next one has answered, so that the position it is told
  /// stays true.
  void pause();

  /// It is out, and the rest of its replay cannot be read any more: before its last word a gap tells what is missing.
  void cut_replay() noexcept;

  /// Of who comes and goes something may have been skipped, or lost: its client is told anew who is there. Nothing happens
  /// if it does not read presence, or the answer is on its way already.
  void presence_missed();

  /// The channel goes on elsewhere in its stream (new epoch, skipped): replay from here, or tell the gap.
  void on_rejoined(page replay, const protocol::subscribed& what, std::uint64_t number);

  // -- its client was away ----------------------------------------------------

  /// Its client has all but what stands behind the first `arrived` messages of `at`: that is written again, from the log
  /// if it is there, else from the store. `seen` is where the client says it is, for when the node cannot tell.
  void go_back(const journal::stretch& at, std::uint32_t arrived, const position* seen);

  /// Where its client is, is known to the client alone; if not even that, a gap is told.
  void go_back(const position* seen);

  /// For a reader that reads without moving, and cannot leave out what has arrived: it is as far as that at least.
  void forget_skipping() {
    if (arrived_ > 0)
      read_from_store(offset_ + arrived_);
  }

  /// Its client is away: a page that was read for it is read again when it is back.
  void rest();

  /// Where its client is, as its cursor says.
  void go_to(const position& at, sequence entry);

  /// What was written, and has not arrived: before what waits.
  void say_again(std::vector<private_item> items);

  /// What waits gets numbers in the order in which it stands now: polls acknowledge up to one.
  void renumber(std::uint64_t& next);

  /// Its client is back, or comes for the first time: what the log lacks is read from the store, whatever the policy
  /// for those behind.
  void catch_up();

  // -- writing ----------------------------------------------------------------

  progress write(subscription_sink& to);

  // -- knowing ----------------------------------------------------------------

  /// The log has moved on past it, and the channel disconnects for that.
  [[nodiscard]] bool overrun() const;
  [[nodiscard]] phase now() const noexcept { return phase_; }
  [[nodiscard]] position at() const { return {epoch_, offset_}; }
  [[nodiscard]] offset_t offset() const noexcept { return offset_; }
  [[nodiscard]] std::uint32_t number() const noexcept { return number_; }
  /// Where the next thing is read, for the journal.
  [[nodiscard]] journal::place place() const noexcept { return {phase_ == phase::live ? cursor_ : 0, offset_, epochs_}; }
  [[nodiscard]] sequence cursor() const noexcept { return cursor_; }
  [[nodiscard]] channel_entry& channel() const noexcept { return channel_; }
  [[nodiscard]] session& owner() const noexcept { return owner_; }
  [[nodiscard]] log_reader reader() const noexcept;
  [[nodiscard]] bool has_presence() const noexcept { return presence_; }
  [[nodiscard]] bool held() const noexcept { return held_; }
  [[nodiscard]] bool has_last_word() const noexcept { return said_last_; }
  [[nodiscard]] bool is_cut() const noexcept { return cut_; } ///< there are no more pages
  [[nodiscard]] const fifo<private_item>& messages() const noexcept { return messages_; }

  // -- for polls, which read without moving -----------------------------------

  struct kept_page {
    offset_t since = 0;
    std::vector<publication_ptr> items;
    bool last = true;
    sequence anchor = 0; ///< the log's head when the page came
    std::optional<protocol::gap> missed;
    std::size_t bytes = 0;
    std::size_t next = 0; ///< of items, to be written
  };
  /// Null: there is none, or it was read.
  [[nodiscard]] const kept_page* replay_page() const noexcept { return page_.get(); }
  void ask_page(offset_t since);
  /// The oldest private message has arrived.
  void forget_front();

 private:
  friend class reader_list;
  friend class session; // in_turn_

  /// A client who is behind reads the last of each event, then goes on at `end`.
  struct catching_up {
    std::shared_ptr<const latest_view> view;
    std::size_t next = 0;
    sequence end = 0;
    offset_t from = 0, to = 0;
    std::uint64_t told = 0; ///< publications with an offset
  };
  struct commands {
    join how; ///< until it has joined
    protocol::request_id join_id, leave_id;
  };

  progress write_replay(subscription_sink& to);
  progress write_page(subscription_sink& to);
  progress write_said(subscription_sink& to, offset_t up_to);
  void skip_to_last_word(subscription_sink& to);
  progress write_live(subscription_sink& to);
  void write_value(subscription_sink& to);
  progress write_latest(subscription_sink& to);
  progress overflow(subscription_sink& to);
  void cross_break(subscription_sink& to);
  void tell_gap(subscription_sink& to, const journal::place& before, std::optional<std::uint64_t> missed,
                journal::kind is = journal::kind::gap);
  [[nodiscard]] bool missed_nothing() const;
  [[nodiscard]] bool is_last_for_reader(std::size_t in_view) const;
  void write_front(subscription_sink& to);
  void on_list();
  void say_before_replay(protocol::server_message m, offset_t at, std::uint64_t number);
  private_item pop_message();
  void enter(std::string epoch);
  void read_from_store(offset_t since);
  [[nodiscard]] bool find_in_log(sequence entry, offset_t offset, std::uint32_t arrived, journal::kind is);
  void lose_place();
  void say_behind_subscribed(private_item what);
  [[nodiscard]] bool is_overtaken() const;
  progress skip_what_arrived(subscription_sink& to);
  void take(page replay, offset_t since);
  void drop_page();

  session& owner_;
  channel_entry& channel_;
  std::uint32_t reader_at_ = 0; // reader_list's
  const std::uint32_t number_;
  std::uint32_t epochs_ = 0;   // so far
  std::uint32_t arrived_ = 0;  // of the replay: its client has them
  bool arrived_with_holes_ = false; // and others between them were not for it
  phase phase_ = phase::joining;
  bool presence_ = false;
  bool presence_asked_ = false;
  bool page_asked_ = false;
  bool page_is_stale_ = false; // the one that was asked for
  bool said_last_ = false;
  bool cut_ = false;
  bool held_ = false;
  bool leaving_ = false;
  bool given_up_ = false;
  bool wanted_ = true;
  bool in_turn_ = false; // the session's: it has something to write
  std::string epoch_;
  offset_t offset_ = 0;
  sequence cursor_ = 0;
  offset_t page_since_ = 0; // of the page that was asked for
  payload params_; // for joining again
  fifo<private_item> messages_;
  fifo<put_off> put_off_;
  std::unique_ptr<commands> asked_; // null: it has joined, and no leave is under way
  std::unique_ptr<kept_page> page_;
  std::unique_ptr<catching_up> latest_;
};

} // namespace troupe::actors
