#include "actors/channels/groups.hpp"

#include "protocol/names.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace troupe::actors {

namespace {

/// Like an event's name, but never empty.
void check_group(const std::string& name) {
  if (name.empty())
    throw std::invalid_argument("a group has a name");
  if (const auto wrong = protocol::event_name_error(name))
    throw std::invalid_argument("the name of a group: " + *wrong);
}

[[noreturn]] void past(std::size_t most, const std::string& what, const std::string& limit) {
  throw std::length_error(what + " at most " + std::to_string(most) + " (" + limit + ")");
}

} // namespace

// -- changing -----------------------------------------------------------------

/// Everything is checked before anything is changed.
void groups::add(session_id who, const std::string& group) {
  check_group(group);
  const auto found = all_.find(group);
  if (found != all_.end() && contains(found->second, who))
    return;
  if (found == all_.end() && all_.size() >= limits_.groups_per_channel)
    past(limits_.groups_per_channel, "groups of a channel:", "limits.groups_per_channel");
  if (found != all_.end() && found->second.sessions.size() >= limits_.members_per_group)
    past(limits_.members_per_group, "members of a group:", "limits.members_per_group");
  if (const auto in = of_.find(who); in != of_.end() && in->second.size() >= limits_.groups_per_member)
    past(limits_.groups_per_member, "groups of a member:", "limits.groups_per_member");
  const auto into = found != all_.end() ? found : all_.try_emplace(group).first;
  auto& sessions = into->second.sessions;
  sessions.insert(std::lower_bound(sessions.begin(), sessions.end(), who), who);
  into->second.said = nullptr;
  of_[who].push_back(into);
}

void groups::remove(session_id who, const std::string& group) {
  const auto found = all_.find(group);
  if (found == all_.end() || !contains(found->second, who))
    return;
  const auto of = of_.find(who);
  std::erase(of->second, found);
  if (of->second.empty())
    of_.erase(of);
  take_out(who, found);
}

void groups::forget(session_id who) {
  const auto of = of_.find(who);
  if (of == of_.end())
    return;
  for (const auto from : of->second)
    take_out(who, from);
  of_.erase(of);
}

void groups::take_out(session_id who, table::iterator from) {
  auto& sessions = from->second.sessions;
  sessions.erase(std::lower_bound(sessions.begin(), sessions.end(), who));
  from->second.said = nullptr;
  if (sessions.empty())
    all_.erase(from);
}

// -- knowing ------------------------------------------------------------------

bool groups::contains(const entry& in, session_id who) {
  return std::binary_search(in.sessions.begin(), in.sessions.end(), who);
}

std::vector<session_id> groups::sessions_in(const std::string& group) const {
  const auto found = all_.find(group);
  return found == all_.end() ? std::vector<session_id>{} : found->second.sessions;
}

std::vector<std::string> groups::groups_of(session_id who) const {
  std::vector<std::string> names;
  if (const auto of = of_.find(who); of != of_.end())
    for (const auto in : of->second)
      names.push_back(in->first);
  std::sort(names.begin(), names.end());
  return names;
}

std::shared_ptr<const audience> groups::audience_of(const std::string& group) {
  check_group(group);
  const auto found = all_.find(group);
  if (found == all_.end())
    return std::make_shared<const audience>(audience{group, {}});
  auto& said = found->second.said;
  if (!said)
    said = std::make_shared<const audience>(audience{group, found->second.sessions});
  return said;
}

std::shared_ptr<const audience> groups::audience_of(delivery& to) {
  auto in_group = to.group ? audience_of(*to.group) : nullptr;
  if (!to.only)
    return in_group;
  auto named = *std::exchange(to.only, std::nullopt);
  if (named.size() > limits_.only_sessions)
    throw std::invalid_argument("a broadcast is for at most " + std::to_string(limits_.only_sessions) + " sessions by name");
  std::sort(named.begin(), named.end());
  named.erase(std::unique(named.begin(), named.end()), named.end());
  if (in_group)
    std::erase_if(named, [&](session_id who) { return !in_group->contains(who); });
  return std::make_shared<const audience>(audience{to.group.value_or(std::string{}), std::move(named)});
}

} // namespace troupe::actors
