#include "actors/channels/membership.hpp"

#include "actors/link/channel_end.hpp"

#include <utility>

namespace troupe::actors {

void membership::add(attendance a) {
  a.via->member_came(a.presence);
  presence_readers_ += a.presence ? 1 : 0;
  all_.emplace(a.who.id, std::move(a));
}

std::optional<attendance> membership::remove(session_id who) {
  const auto found = all_.find(who);
  if (found == all_.end())
    return std::nullopt;
  auto gone = std::move(found->second);
  all_.erase(found);
  gone.via->member_went(gone.presence);
  presence_readers_ -= gone.presence ? 1 : 0;
  return gone;
}

attendance* membership::find(session_id who) {
  const auto found = all_.find(who);
  return found == all_.end() ? nullptr : &found->second;
}

const attendance* membership::find(session_id who) const {
  const auto found = all_.find(who);
  return found == all_.end() ? nullptr : &found->second;
}

std::vector<member> membership::members() const {
  std::vector<member> list;
  list.reserve(all_.size());
  for (const auto& [id, a] : all_)
    list.push_back(a.who);
  return list;
}

std::vector<session_id> membership::sessions() const {
  std::vector<session_id> list;
  list.reserve(all_.size());
  for (const auto& [id, a] : all_)
    list.push_back(id);
  return list;
}

std::vector<session_id> membership::reached_over(const channel_end& via) const {
  std::vector<session_id> list;
  for (const auto& [id, a] : all_)
    if (a.via.get() == &via)
      list.push_back(id);
  return list;
}

} // namespace troupe::actors
