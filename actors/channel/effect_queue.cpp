#include "actors/channel/effect_queue.hpp"

#include <algorithm>
#include <iterator>

namespace troupe::actors {

void effect_queue::take_ready(std::vector<outward>& into) {
  while (!entries_.empty()) {
    if (auto* item = std::get_if<outward>(&entries_.front())) {
      into.push_back(std::move(*item));
    } else {
      const auto& place = std::get<place_ptr>(entries_.front());
      if (!place->settled)
        return;
      into.insert(into.end(), place->items.begin(), place->items.end()); // copied: other links have the place, too
    }
    entries_.pop_front();
  }
}

void effect_queue::retract(mark since, session_id who) {
  const auto said_to = [who](const auto& entry) {
    const auto* item = std::get_if<outward>(&entry);
    return item != nullptr && item->to == who && !item->done;
  };
  const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(std::min(since, entries_.size()));
  entries_.erase(std::remove_if(first, entries_.end(), said_to), entries_.end());
}

} // namespace troupe::actors
