#pragma once
/// One session in one channel, on the session's shard: where it stands in the log, and what was said to it alone.
///
///     joining --joined--> replay --last page written--> live
///        |                  |                             |
///        +------ left / refused / session closed ---------+--> ended
///
/// Owner: the session. Thread: the shard's. The channel_entry outlives it.
/// Bounded: private messages by `session_control_bytes`, pages by `page_bytes`.

#include "actors/messages/link_batches.hpp"
#include "actors/sessions/channel_log.hpp"

#include <deque>
#include <string>
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
  /// True for forms in which each publication is preceded by bytes of the session's own.
  [[nodiscard]] virtual bool one_by_one() const { return false; }

 protected:
  ~subscription_sink() = default;
};

class subscription {
 public:
  enum class phase : std::uint8_t { joining, replay, live, ended };
  enum class progress : std::uint8_t {
    done,    ///< everything said so far is written
    blocked, ///< the sink has no room
    ended,   ///< `unsubscribed` is written: drop the subscription
    overrun, ///< behind the log and the namespace says disconnect
  };

  /// Something said to this session alone. `anchor` is the log's head when it was said.
  struct item {
    sequence anchor = 0;
    offset_t after = 0;         ///< the channel's offset when it was said
    std::uint64_t number = 0;   ///< of the session, for acknowledging polls
    protocol::server_message what;
    std::size_t bytes = 0;
    bool last = false;          ///< `unsubscribed`
    bool silent = false;        ///< its client has heard it otherwise: nothing is written
  };

  subscription(session& owner, channel_entry& channel, bool presence);

  // -- what the channel says --------------------------------------------------

  /// Returns the bytes that the message adds to the session's control queue.
  std::size_t on_message(protocol::server_message m, std::uint64_t number, bool last = false, bool silent = false);
  /// The `unsubscribed` that waits to be written answers `id`, too.
  void answer_last_word(protocol::request_id id);
  void on_joined(page replay, position at);
  /// The answer to the join; call it right after `on_joined`.
  std::size_t on_subscribed(protocol::subscribed what, std::uint64_t number);
  void on_page(page replay);

  /// The channel's actor was lost: nothing is read until the next one has answered, so that the position it is told
  /// stays true.
  void pause();

  /// The channel goes on elsewhere in its stream (new epoch, skipped): replay from here, or tell the gap.
  void on_rejoined(page replay, const protocol::subscribed& what, std::uint64_t number);

  // -- writing ----------------------------------------------------------------

  progress write(subscription_sink& to);

  // -- knowing ----------------------------------------------------------------

  /// The log has moved on past it, and the channel disconnects for that.
  [[nodiscard]] bool overrun() const;
  [[nodiscard]] phase now() const noexcept { return phase_; }
  [[nodiscard]] position at() const { return {epoch_, offset_}; }
  [[nodiscard]] offset_t offset() const noexcept { return offset_; }
  [[nodiscard]] sequence cursor() const noexcept { return cursor_; }
  [[nodiscard]] channel_entry& channel() const noexcept { return channel_; }
  [[nodiscard]] session& owner() const noexcept { return owner_; }
  [[nodiscard]] log_reader reader() const noexcept;
  [[nodiscard]] bool has_presence() const noexcept { return presence_; }
  [[nodiscard]] bool held() const noexcept { return held_; }
  [[nodiscard]] bool has_last_word() const noexcept { return said_last_; }
  [[nodiscard]] std::deque<item>& messages() noexcept { return messages_; }

  bool dirty = false;   ///< in the session's list of subscriptions to write
  /// A subscribe that came while it was leaving.
  struct next_join {
    protocol::request_id id;
    join how;
  };
  std::unique_ptr<next_join> pending_resubscribe;

  bool leaving = false; ///< an unsubscribe is under way
  join asked;           ///< for joining again after the channel's actor was lost
  protocol::request_id asked_by; ///< of the client, for the answer to the join

  // -- for polls, which read without moving -----------------------------------

  struct kept_page {
    offset_t since = 0;
    std::vector<publication_ptr> items;
    bool last = true;
    sequence anchor = 0; ///< the log's head when the page came
    std::optional<protocol::gap> missed;
    bool present = false;
  };
  [[nodiscard]] const kept_page& replay_page() const noexcept { return page_; }
  void ask_page(offset_t since);
  [[nodiscard]] bool page_asked() const noexcept { return page_asked_; }
  void move_to(const position& at, sequence cursor);

 private:
  progress write_replay(subscription_sink& to);
  progress write_live(subscription_sink& to);
  progress overflow(subscription_sink& to);
  [[nodiscard]] bool missed_nothing() const;
  void write_front(subscription_sink& to);
  void write_latest(subscription_sink& to, sequence end);
  void take(page replay, offset_t since);

  session& owner_;
  channel_entry& channel_;
  phase phase_ = phase::joining;
  bool presence_ = false;
  bool page_asked_ = false;
  offset_t page_since_ = 0; // of the page that was asked for
  bool said_last_ = false;
  bool held_ = false;
  std::string epoch_;
  offset_t offset_ = 0;
  sequence cursor_ = 0;
  std::deque<item> messages_;
  kept_page page_;
  std::size_t page_next_ = 0;
};

} // namespace troupe::actors
