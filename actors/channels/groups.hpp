#pragma once

#include "config/settings.hpp"

#include <troupe/delivery.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

/// The groups of one channel: who is in which, and from that whom a broadcast is for.
///
/// A change counts for what is said after it. What is said keeps whom it is for, so nobody need know later who was in a
/// group then: no shard, no store, and not the channel's next actor.
/// Owner: the channel_runtime. Thread: the channel's. Bounded: `limits.groups_per_channel`, `groups_per_member`,
/// `members_per_group`; a group that nobody is in is none.
/// Throws: std::invalid_argument for a bad name, std::length_error where another would pass a limit.
class groups {
 public:
  /// `limits` outlive it.
  explicit groups(const config::limit_settings& limits) : limits_(limits) {}
  groups(const groups&) = delete;
  groups& operator=(const groups&) = delete;

  // -- changing ---------------------------------------------------------------

  /// Nothing happens to one that is in it.
  void add(session_id who, const std::string& group);
  /// Nothing happens to one that is not.
  void remove(session_id who, const std::string& group);
  /// It leaves all that it is in.
  void forget(session_id who);

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] std::vector<session_id> sessions_in(const std::string& group) const;
  [[nodiscard]] std::vector<std::string> groups_of(session_id who) const;

  /// Whom `to` is for, as things are now; null: for all but its exceptions. Takes its `only`.
  [[nodiscard]] std::shared_ptr<const audience> audience_of(delivery& to);

 private:
  struct entry {
    std::vector<session_id> sessions;     // in order, each once
    std::shared_ptr<const audience> said; // the same, as publications hold it; null: changed since
  };
  using table = std::map<std::string, entry, std::less<>>;

  [[nodiscard]] static bool contains(const entry& in, session_id who);
  void take_out(session_id who, table::iterator from);
  [[nodiscard]] std::shared_ptr<const audience> audience_of(const std::string& group);

  const config::limit_settings& limits_;
  table all_;
  std::map<session_id, std::vector<table::iterator>> of_; // by session, the groups it is in
};

} // namespace troupe::actors
