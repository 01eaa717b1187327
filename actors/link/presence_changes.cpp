#include "actors/link/presence_changes.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

using infos = std::vector<protocol::member_info>;

/// Takes `who` out of `list`; false if it was not there.
bool cancel(infos& list, session_id who) {
  return std::erase_if(list, [who](const auto& info) { return info.session == who; }) != 0;
}

} // namespace

void merge(protocol::presence_change& so_far, protocol::presence_change next) {
  // Within one change those who left did so first: a session that leaves and comes again is in both lists.
  for (auto& info : next.left)
    if (!cancel(so_far.joined, info.session))
      so_far.left.push_back(std::move(info));
  for (auto& info : next.joined)
    so_far.joined.push_back(std::move(info));
}

std::optional<protocol::presence_change> presence_changes::take() {
  if (changes_.joined.empty() && changes_.left.empty())
    return std::nullopt;
  auto taken = changes_;
  changes_.joined.clear();
  changes_.left.clear();
  return taken;
}

} // namespace troupe::actors
