#pragma once
/// What a link without credit owes its shard: a cursor instead of publications, and the private items in their order.
///
/// A private item keeps the offset of the publication it follows. When credit returns, publications are read from the
/// store, page by page, with the private items at their places; if the store has lost some, `skipped` says so.
/// Ephemeral publications are dropped, presence changes merged into one.
/// Owner: the link. Thread: the channel's. Bounded: private bytes by `link_bytes`; past it the session whose item it
/// was loses all that waits for it and is reported by `take_overflowed`, once.

#include "actors/link/effect_queue.hpp"
#include "actors/stores/store.hpp"

#include <deque>
#include <unordered_set>

namespace troupe::actors {

class backlog {
 public:
  explicit backlog(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // -- filling ----------------------------------------------------------------

  /// The link has passed on everything up to `cursor`.
  void begin(offset_t cursor);
  void take(outbound_item item);

  // -- emptying ---------------------------------------------------------------

  /// What goes out next, now that the store has been read after `cursor()`.
  [[nodiscard]] std::vector<outbound_item> release(const history_page& from_store, const std::string& epoch);

  /// Whether publications have to be read before anything more can be released.
  [[nodiscard]] bool wants_page() const noexcept { return cursor_ < seen_; }
  [[nodiscard]] offset_t cursor() const noexcept { return cursor_; }
  void end() noexcept { active_ = false, told_overflow_.clear(); }

  [[nodiscard]] std::vector<session_id> take_overflowed();

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] bool active() const noexcept { return active_; }
  [[nodiscard]] bool empty() const noexcept { return !wants_page() && items_.empty(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::uint64_t ephemeral_dropped() const noexcept { return ephemeral_dropped_; }

 private:
  struct waiting {
    offset_t after = 0;
    outbound_item item;
    std::size_t bytes = 0;
  };

  void jump(offset_t to, outbound_item item);
  void keep(outbound_item item);
  bool merged(outbound_item& item);
  void overflow(session_id who);
  void skip(offset_t to, const std::string& epoch, std::vector<outbound_item>& out);
  void release_items(offset_t up_to, std::vector<outbound_item>& out);

  std::size_t bytes_max_;
  bool active_ = false;
  offset_t cursor_ = 0; // passed on up to here
  offset_t seen_ = 0;   // the stream has got here
  std::deque<waiting> items_;
  std::size_t bytes_ = 0;
  std::uint64_t ephemeral_dropped_ = 0;
  std::unordered_set<session_id> overflowed_;     // since `take_overflowed`
  std::unordered_set<session_id> told_overflow_;  // wait for their `left`
};

} // namespace troupe::actors
