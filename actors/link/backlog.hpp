#pragma once

#include "actors/containers/fifo.hpp"
#include "actors/link/effect_queue.hpp"
#include "actors/stores/store.hpp"

#include <unordered_set>
#include <utility>

namespace troupe::actors {

/// What a link without credit owes its shard: a cursor instead of publications, and the private items in their order.
///
/// A private item keeps the offset of the publication it follows. When credit returns, publications are read from the
/// store, page by page, with the private items at their places; if the store has lost some, `skipped` says so.
/// Ephemeral publications are dropped. Presence changes are merged into one as long as nothing was answered between
/// them: an answer may be a list of who is there, and the list and what is told after it must make the truth.
/// Owner: the link, while it is behind. Thread: the channel's.
/// Bounded: private bytes by `link_bytes`. Past it every command still has its answer and every member its last word, but
/// pages are left to be asked for again, long replies become `busy`, and a session to which something was said unasked
/// loses that and is reported by `take_overflowed`, once.
class backlog {
 public:
  /// The link has passed on everything up to `cursor`.
  backlog(std::size_t bytes_max, offset_t cursor) : bytes_max_(bytes_max), cursor_(cursor), seen_(cursor) {}

  // -- filling ----------------------------------------------------------------

  void take(outbound_item item);

  // -- emptying ---------------------------------------------------------------

  /// What goes out next, now that the store has been read after `cursor()`.
  [[nodiscard]] std::vector<outbound_item> release(const history_page& from_store, const std::string& epoch);

  /// Whether publications have to be read before anything more can be released.
  [[nodiscard]] bool wants_page() const noexcept { return cursor_ < seen_; }
  [[nodiscard]] offset_t cursor() const noexcept { return cursor_; }

  [[nodiscard]] std::vector<session_id> take_overflowed();
  /// Changes of presence were dropped: its readers have to be told who is there.
  [[nodiscard]] bool take_presence_lost() noexcept { return std::exchange(presence_lost_, false); }

  // -- knowing ----------------------------------------------------------------

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
  void make_room(outbound_item& item);
  void overflow(session_id who);
  void skip(offset_t to, const std::string& epoch, std::vector<outbound_item>& out);
  void release_items(offset_t up_to, std::vector<outbound_item>& out);

  const std::size_t bytes_max_;
  offset_t cursor_; // passed on up to here
  offset_t seen_;   // the stream has got here
  fifo<waiting> items_;
  std::size_t bytes_ = 0;
  bool presence_lost_ = false;
  std::uint64_t ephemeral_dropped_ = 0;
  std::unordered_set<session_id> overflowed_;     // since `take_overflowed`
  std::unordered_set<session_id> told_overflow_;  // wait for their `left`
};

} // namespace troupe::actors
