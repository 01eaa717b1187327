#include "actors/link/presence_changes.hpp"

namespace troupe::actors {

using kind = protocol::presence_change::kind;

// -- what happens -------------------------------------------------------------

presence_changes::changes::iterator presence_changes::at(session_id who) {
  const auto [where, fresh] = changes_.try_emplace(who);
  if (fresh)
    where->second.since = ++now_;
  return where;
}

void presence_changes::settle(changes::iterator of) {
  const auto& c = of->second;
  if (!c.left && !c.joined && !c.away)
    changes_.erase(of);
}

void presence_changes::came(protocol::member_info who) {
  auto& c = at(who.session)->second;
  c.joined = std::move(who);
  c.away.reset();
}

void presence_changes::went(session_id who, const std::string& user) {
  const auto where = at(who);
  auto& c = where->second;
  if (!c.left && (!c.joined || was_listed(c))) {
    c.left = protocol::member_info{who, user, {}};
    c.was_there = !c.joined;
  }
  c.joined.reset();
  c.away.reset();
  settle(where);
}

void presence_changes::turned(session_id who, bool away) {
  const auto where = at(who);
  auto& c = where->second;
  if (c.joined)
    c.joined->away = away;
  else if (c.away && *c.away != away && !was_listed(c))
    c.away.reset();
  else
    c.away = away;
  settle(where);
}

void presence_changes::turned(protocol::presence_change::user_turn user) {
  const auto [where, fresh] = users_.try_emplace(std::move(user.user), user_change{now_ + 1, user.here});
  now_ += fresh ? 1 : 0;
  if (where->second.here == user.here)
    return;
  if (where->second.since < last_list_)
    where->second.here = user.here;
  else
    users_.erase(where);
}

// -- merging ------------------------------------------------------------------

void presence_changes::add(protocol::presence_change next) {
  count_ = next.count;
  if (next.is == kind::changes) {
    if (kind_ == kind::changes)
      add_changes(std::move(next));
    else if (kind_ == kind::everybody)
      add_to_everybody(std::move(next));
    return;
  }
  clear();
  kind_ = next.is;
  for (auto& info : next.joined)
    everybody_.insert_or_assign(info.session, std::move(info));
}

void presence_changes::add_changes(protocol::presence_change next) {
  for (const auto& info : next.left)
    went(info.session, info.user);
  for (auto& info : next.joined)
    came(std::move(info));
  for (const auto& t : next.turned)
    turned(t.who, t.away);
  for (auto& user : next.users)
    turned(std::move(user));
  if (next.listed) // whoever has the list may know of it
    listed();
}

void presence_changes::add_to_everybody(protocol::presence_change next) {
  for (const auto& info : next.left)
    everybody_.erase(info.session);
  for (auto& info : next.joined)
    everybody_.insert_or_assign(info.session, std::move(info));
  for (const auto& t : next.turned)
    if (const auto found = everybody_.find(t.who); found != everybody_.end())
      found->second.away = t.away;
}

// -- what is told -------------------------------------------------------------

/// Of whom a list has told in between, the end is told: whoever has the list may know something else than the others.
void presence_changes::count_users(const sessions_of& now) {
  struct tally {
    std::ptrdiff_t more = 0;
    bool listed = false;
  };
  std::map<std::string, tally> users;
  for (const auto& [who, c] : changes_) {
    if (!c.left && !c.joined)
      continue;
    auto& t = users[c.left ? c.left->user : c.joined->user];
    t.more += (c.joined ? 1 : 0) - (c.was_there ? 1 : 0);
    t.listed = t.listed || was_listed(c);
  }
  users.erase("");
  for (const auto& [user, t] : users) {
    const auto there = static_cast<std::ptrdiff_t>(now(user));
    if (t.listed || (there > 0) != (there > t.more))
      users_.insert_or_assign(user, user_change{++now_, there > 0});
  }
}

std::optional<protocol::presence_change> presence_changes::take(const sessions_of& now) {
  count_users(now);
  return take();
}

std::optional<protocol::presence_change> presence_changes::take() {
  if (kind_ == kind::changes && changes_.empty() && users_.empty())
    return std::nullopt;
  protocol::presence_change all{channel_, {}, {}, {}, {}, count_, kind_};
  for (auto& [who, info] : everybody_)
    all.joined.push_back(std::move(info));
  for (auto& [who, c] : changes_) {
    all.listed = all.listed || was_listed(c);
    if (c.left)
      all.left.push_back(*std::move(c.left));
    if (c.joined)
      all.joined.push_back(*std::move(c.joined));
    if (c.away)
      all.turned.push_back({who, *c.away});
  }
  for (const auto& [user, c] : users_) {
    all.listed = all.listed || c.since < last_list_;
    all.users.push_back({user, c.here});
  }
  clear();
  return all;
}

void presence_changes::clear() {
  kind_ = kind::changes;
  changes_.clear();
  users_.clear();
  everybody_.clear();
}

} // namespace troupe::actors
