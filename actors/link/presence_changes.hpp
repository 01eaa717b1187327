#pragma once

#include "protocol/messages.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace troupe::actors {

/// What happened to who is there, merged: one that came and went in between is not mentioned, nor one that was away and is
/// back. Whoever knew who was there, and applies it (left, then joined, then turned), knows who is there.
/// Pure. A value. Bounded by those who were there before or are there now, and those whom a list has named in between.
class presence_changes {
 public:
  explicit presence_changes(std::string channel) : channel_(std::move(channel)) {}

  // -- what happens -----------------------------------------------------------

  void came(protocol::member_info who);
  void went(session_id who, const std::string& user);
  void turned(session_id who, bool away);

  /// A list of who is there has gone out: what it says of those who changed since the last time cannot be taken back
  /// unsaid.
  void listed() noexcept { last_list_ = ++now_; }

  /// What was told later than all that is in here, by another of these.
  void add(protocol::presence_change next);

  // -- what is told -----------------------------------------------------------

  /// All since the last time; nothing if nothing changed. `count`, and users: as `add` was told.
  [[nodiscard]] std::optional<protocol::presence_change> take();

  /// The same, and what it means for users: who comes with a first session, or is gone with the last. How many of a user
  /// were there follows from how many are there now. `sessions_of(user)`: that.
  using sessions_of = std::function<std::size_t(const std::string& user)>;
  [[nodiscard]] std::optional<protocol::presence_change> take(const sessions_of& now);
  void clear();

  /// Of how many sessions there is something to tell.
  [[nodiscard]] std::size_t size() const noexcept { return changes_.size(); }

 private:
  struct change {
    std::uint64_t since = 0;                   // its first, on the clock of `listed`
    bool was_there = false;                    // before it; else it may be told to have left for lists that named it
    std::optional<protocol::member_info> left;
    std::optional<protocol::member_info> joined;
    std::optional<bool> away; // of one that stayed
  };
  using changes = std::map<session_id, change>;

  changes::iterator at(session_id who);
  void settle(changes::iterator of);
  [[nodiscard]] bool was_listed(const change& c) const noexcept { return c.since < last_list_; }
  void turned(protocol::presence_change::user_turn user);
  void count_users(const sessions_of& now);
  void add_changes(protocol::presence_change next);
  void add_to_everybody(protocol::presence_change next);

  const std::string channel_;
  protocol::presence_change::kind kind_ = protocol::presence_change::kind::changes;
  changes changes_;
  struct user_change {
    std::uint64_t since = 0;
    bool here = false;
  };
  std::map<std::string, user_change> users_;
  std::map<session_id, protocol::member_info> everybody_; // if that is what is told
  std::uint64_t count_ = 0;
  std::uint64_t now_ = 0, last_list_ = 0;
};

} // namespace troupe::actors
