#pragma once

#include "actors/containers/fifo.hpp"
#include "actors/messages/link_batches.hpp"

#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace troupe::actors {

/// One thing on its way to a link.
struct outbound_item {
  std::optional<effect> what; ///< none: only a command that is done
  session_id to;              ///< nobody: for all
  command_number done = 0;    ///< the command that is done with it; 0: none
};

/// A slot in the stream of one or more links.
struct effect_slot {
  bool settled = false;
  std::vector<outbound_item> items;

  void settle() { settled = true; }
  void settle(outbound_item item) {
    items.push_back(std::move(item));
    settled = true;
  }
};
using effect_slot_ptr = std::shared_ptr<effect_slot>;

/// What a channel says to one link, in order, until the store has answered for all that was said before.
///
/// An entry is an item, or a slot: something that will be said here once the store has answered. Items behind a
/// slot that is not settled wait. Owner: the link. Thread: the channel's.
/// Bounded by the shard: it has at most `channel_commands` commands under way.
class effect_queue {
 public:
  void push(outbound_item item) { entries_.emplace_back(std::move(item)); }
  void push(effect_slot_ptr slot) { entries_.emplace_back(std::move(slot)); }

  /// Appends to `into` what waits for nothing any more.
  void take_ready(std::vector<outbound_item>& into);

  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

  // -- taking back ------------------------------------------------------------

  /// A point between entries; good until the next `take_ready`.
  using mark = std::size_t;
  [[nodiscard]] mark end() const noexcept { return entries_.size(); }

  /// Takes back what was said since `since` to `who` alone.
  std::vector<outbound_item> retract(mark since, session_id who);

 private:
  using entry = std::variant<outbound_item, effect_slot_ptr>;
  fifo<entry> entries_;
};

} // namespace troupe::actors
