#pragma once

#include "actors/channels/turns.hpp"
#include "actors/stores/store.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace troupe::actors {

/// A page of what is kept, without what is not for its reader. Empty only if nothing is left, or nothing was asked for.
struct visible_page {
  std::vector<publication_ptr> items;
  bool last = true;
  std::optional<offset_t> lost_up_to; ///< some after `since` are gone: the rest begins after this
  std::optional<failure> why_not;     ///< the store could not be read
};

/// Reads a channel's history as one reader sees it, page by page.
/// Owner: the channel_runtime. Thread: the channel's. Bounded: a page by `page_bytes`; what is not for the reader is
/// skipped a page a turn, others have theirs in between.
class visible_pages {
 public:
  using reader = std::function<void(visible_page)>;

  visible_pages(partition& from, std::size_t page_bytes, turns& when)
      : partition_(from), page_bytes_(page_bytes), turns_(when) {}

  /// After `since` up to `head`, oldest first.
  void read(offset_t since, offset_t head, session_id who, std::size_t items_max, reader then);
  /// The newest before `end`, oldest first.
  void read_back(offset_t end, session_id who, std::size_t items_max, reader then);

 private:
  partition& partition_;
  const std::size_t page_bytes_;
  turns& turns_;
};

} // namespace troupe::actors
