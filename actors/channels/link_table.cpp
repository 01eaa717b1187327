#include "actors/channels/link_table.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

link_table::found link_table::of(const command_batch& batch) {
  const auto at = all_.find(batch.from.end);
  const auto held = at == all_.end() ? nullptr : at->second;
  if (held && held->id() == batch.from)
    return {held, nullptr};
  if (held && held->id().same_end(batch.from) && batch.from.slot < held->id().slot)
    return {};
  auto outlet = host_.outlet();
  if (batch.first != 1) {
    outlet->send(broken_link(batch.from));
    return {};
  }
  const auto made = std::make_shared<channel_end>(batch.from, std::move(outlet), most_);
  all_[batch.from.end] = made;
  return {made, held};
}

channel_end_ptr link_table::take(std::uint32_t end) {
  const auto at = all_.find(end);
  if (at == all_.end())
    return nullptr;
  auto gone = std::move(at->second);
  all_.erase(at);
  return gone;
}

bool link_table::idle() const {
  return std::all_of(all_.begin(), all_.end(), [](const auto& l) { return l.second->idle(); });
}

} // namespace troupe::actors
