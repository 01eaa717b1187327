#pragma once
/// What a channel says to one link, in order, until the store has answered for all that was said before.
///
/// An entry is an item, or a place: something that will be said here once the store has answered. Items behind a
/// place that is not settled wait. Owner: the link. Thread: the channel's.
/// Bounded by the shard: it has at most `channel_commands` commands under way.

#include "actors/link_batches.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace troupe::actors {

/// One thing on its way to a link.
struct outward {
  std::optional<effect> what;     ///< none: only a command that is done
  std::optional<session_id> to;   ///< none: for all
  std::optional<session_id> done; ///< whose command is done with it
};

/// A place in the stream of one or more links.
struct stream_place {
  bool settled = false;
  std::vector<outward> items;

  void settle() { settled = true; }
  void settle(outward item) {
    items.push_back(std::move(item));
    settled = true;
  }
};
using place_ptr = std::shared_ptr<stream_place>;

class effect_queue {
 public:
  void push(outward item) { entries_.emplace_back(std::move(item)); }
  void push(place_ptr place) { entries_.emplace_back(std::move(place)); }

  /// Appends to `into` what waits for nothing any more.
  void take_ready(std::vector<outward>& into);

  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

  // -- taking back ------------------------------------------------------------

  /// A point between entries; good until the next `take_ready`.
  using mark = std::size_t;
  [[nodiscard]] mark end() const noexcept { return entries_.size(); }

  /// Takes back what was said since `since` to `who` alone.
  std::vector<outward> retract(mark since, session_id who);

 private:
  using entry = std::variant<outward, place_ptr>;
  std::deque<entry> entries_;
};

} // namespace troupe::actors
