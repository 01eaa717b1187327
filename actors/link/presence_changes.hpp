#pragma once
/// Who came and who went, merged: one that came and went in between is not mentioned. Pure.

#include "protocol/messages.hpp"

#include <troupe/member.hpp>

#include <optional>

namespace troupe::actors {

/// Adds what happened later, `next`, to `so_far`.
void merge(protocol::presence_change& so_far, protocol::presence_change next);

class presence_changes {
 public:
  explicit presence_changes(std::string channel) { changes_.channel = std::move(channel); }

  void came(const member& who) { add({changes_.channel, {info(who)}, {}}); }
  void went(const member& who) { add({changes_.channel, {}, {info(who)}}); }

  /// All since the last time; nothing if nobody came or went.
  [[nodiscard]] std::optional<protocol::presence_change> take();

 private:
  static protocol::member_info info(const member& who) { return {who.id, who.user, {}}; }
  void add(protocol::presence_change next) { merge(changes_, std::move(next)); }

  protocol::presence_change changes_;
};

} // namespace troupe::actors
