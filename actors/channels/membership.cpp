#include "actors/channels/membership.hpp"

#include "actors/link/channel_end.hpp"

#include <utility>

namespace troupe::actors {

protocol::member_info info_of(const attendance& who) { return {who.who.id, who.who.user, who.about, who.who.away}; }

std::size_t named_bytes(const attendance& who) noexcept {
  constexpr std::size_t beside_user_and_data = 48;
  return beside_user_and_data + who.who.user.size() + who.about.size();
}

const attendance& membership::add(attendance a) {
  named_bytes_ += actors::named_bytes(a);
  a.via->member_came(a.presence);
  presence_readers_ += a.presence ? 1 : 0;
  if (!a.who.user.empty())
    ++users_[a.who.user];
  const auto id = a.who.id;
  return all_.emplace(id, std::move(a)).first->second;
}

std::optional<attendance> membership::remove(session_id who) {
  const auto found = all_.find(who);
  if (found == all_.end())
    return std::nullopt;
  auto gone = std::move(found->second);
  all_.erase(found);
  gone.via->member_went(gone.presence);
  presence_readers_ -= gone.presence ? 1 : 0;
  named_bytes_ -= actors::named_bytes(gone);
  if (const auto user = users_.find(gone.who.user); user != users_.end() && --user->second == 0)
    users_.erase(user);
  return gone;
}

std::size_t membership::sessions_of(std::string_view user) const {
  const auto found = users_.find(user);
  return found == users_.end() ? 0 : found->second;
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
