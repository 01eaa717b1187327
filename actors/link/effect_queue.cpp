#include "actors/link/effect_queue.hpp"

#include <utility>

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
  std::size_t at = 0;
  entries_.erase_if([&](entry& next) {
    auto* item = at++ >= since ? std::get_if<outbound_item>(&next) : nullptr;
    if (item == nullptr || item->to != who || item->done != 0)
      return false;
    taken.push_back(std::move(*item));
    return true;
  });
  return taken;
}

} // namespace troupe::actors
