#include "actors/link/effect_queue.hpp"

#include <algorithm>
#include <iterator>

namespace troupe::actors {

void effect_queue::take_ready(std::vector<outbound_item>& into) {
  while (!entries_.empty()) {
    if (auto* item = std::get_if<outbound_item>(&entries_.front())) {
      into.push_back(std::move(*item));
    } else {
      const auto& slot = std::get<effect_slot_ptr>(entries_.front());
      if (!slot->settled)
        return;
      into.insert(into.end(), slot->items.begin(), slot->items.end()); // copied: other links have the slot, too
    }
    entries_.pop_front();
  }
}

std::vector<outbound_item> effect_queue::retract(mark since, session_id who) {
  std::vector<outbound_item> taken;
  const auto said_to = [&](entry& next) {
    auto* item = std::get_if<outbound_item>(&next);
    if (item == nullptr || item->to != who || item->done)
      return false;
    taken.push_back(std::move(*item));
    return true;
  };
  const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(std::min(since, entries_.size()));
  std::deque<entry> rest;
  for (auto next = first; next != entries_.end(); ++next)
    if (!said_to(*next))
      rest.push_back(std::move(*next));
  entries_.erase(first, entries_.end());
  std::move(rest.begin(), rest.end(), std::back_inserter(entries_));
  return taken;
}

} // namespace troupe::actors
