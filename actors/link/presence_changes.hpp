#pragma once
/// Who came and who went, merged: one that came and went in between is not mentioned. Pure.

#include "protocol/messages.hpp"

#include <troupe/member.hpp>

#include <optional>
#include <utility>

namespace troupe::actors {

/// Adds what happened later, `next`, to `so_far`.
void merge(protocol::presence_change& so_far, protocol::presence_change next);

class presence_changes {
 public:
  explicit presence_changes(std::string channel) { changes_.channel = std::move(channel); }

  /// `about`: what its channel tells of it, which those who hear of its end know already.
  void came(const member& who, payload about = {}) { add({changes_.channel, {{who.id, who.user, std::move(about)}}, {}}); }
  void went(const member& who) { add({changes_.channel, {}, {{who.id, who.user, {}}}}); }

  /// All since the last time; nothing if nobody came or went.
  [[nodiscard]] std::optional<protocol::presence_change> take();

 private:
  void add(protocol::presence_change next) { merge(changes_, std::move(next)); }

  protocol::presence_change changes_;
};

} // namespace troupe::actors
