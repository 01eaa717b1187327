#pragma once

#include "actors/channels/answers.hpp"
#include "actors/channels/asker.hpp"
#include "actors/channels/publication_stream.hpp"
#include "actors/channels/visible_pages.hpp"

#include <map>
#include <memory>
#include <vector>

namespace troupe::actors {

/// A join between its arrival and its answer.
/// Owner: `joins`, and whoever will decide. Thread: the channel's. Ends: decided, once.
struct pending_join {
  asker who;
  join what;
  publication_stream::point where;   ///< in the channel's stream: it hears what follows
  effect_slot_ptr slot;              ///< of the answer; none while it is put off
  std::vector<outbound_item> early;  ///< pushes said to it before the answer
  payload about;                     ///< what those who read presence are told of it
  std::optional<protocol::presence_change> there; ///< what it is told of them
  std::optional<failure> sent_away;  ///< by its own `on_join`, whatever that says at its end
  bool skip = false;                 ///< the shard has to be told where the stream is
  bool was_away = false; ///< as `on_join` was told
  bool decided = false;
  bool admitted = false;
};

/// What joins need of their channel.
class join_host {
 public:
  /// It is a member from now on. `turned`: its client went away, or came back, since `on_join` was asked.
  /// Who is there, if it reads presence.
  virtual std::optional<protocol::presence_change> admit(const asker& who, join& what, payload about, bool turned) = 0;
  /// It was refused.
  virtual void turned_away(session_id who) = 0;

 protected:
  ~join_host() = default;
};

/// Those who are coming in: the object decides, now or later; who is let in starts where its stream was, or at the
/// head.
///
///     asked --now----------------------> admitted | refused
///       `---later--> put off --decided--> admitted | refused
///
/// Owner: the channel_runtime. Thread: the channel's. Bounded: `calls_per_session` for the undecided; a session joins
/// once at a time.
class joins {
 public:
  joins(const channel_parts& parts, join_host& host, answers& owed, publication_stream& stream, visible_pages& pages,
        partition& kept, link_table& links)
      : parts_(parts), host_(host), answers_(owed), stream_(stream), pages_(pages), partition_(kept), links_(links) {}

  /// Not for one that is in, or coming in.
  void begin(const asker& who, join& what);

  /// One that is coming in is refused, also from within its own `on_join`. False: it is not coming in.
  bool send_away(session_id who, failure why);

  /// The client of one that may be coming in is away, or back.
  void turn(session_id who, bool away);

  /// Says `item` to one that is coming in, after its answer; false if it is not.
  bool push(session_id to, outbound_item& item);

  [[nodiscard]] bool contains(session_id who) const { return open_.contains(who); }
  [[nodiscard]] std::vector<session_id> reached_over(const channel_end& via) const;

 private:
  using pending_ptr = std::shared_ptr<pending_join>;
  void ask_object(const pending_ptr& j);
  [[nodiscard]] payload about(const outcome& verdict) const;
  void put_off(const pending_ptr& j);
  void decide(const pending_ptr& j, answers::result verdict);
  void refuse(const pending_ptr& j, failure why);
  void admit(const pending_ptr& j, payload data);
  void find_start(const pending_ptr& j, offset_t head, payload data);
  void recover(const pending_ptr& j, offset_t head, protocol::subscribed what);
  void place_in(const pending_ptr& j, offset_t head, protocol::subscribed what, page replay);

  const channel_parts& parts_;
  join_host& host_;
  answers& answers_;
  publication_stream& stream_;
  visible_pages& pages_;
  partition& partition_;
  link_table& links_;
  std::map<session_id, pending_ptr> open_;
  pending_join* entering_ = nullptr; // while its `on_join` runs
};

/// A page of a replay after `since`, and what of it is gone.
[[nodiscard]] page replay_of(visible_page found, offset_t since, const std::string& channel, const std::string& epoch);

} // namespace troupe::actors
