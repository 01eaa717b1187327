#include "actors/channels/asks.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

bool is_over(const asks::question& q) { return q.waiting_for.empty() || q.answers.size() >= q.quorum; }

} // namespace

std::uint64_t asks::open(question q) {
  open_.emplace(++last_, std::move(q));
  return last_;
}

std::vector<asks::question> asks::answer(std::uint64_t ask, const member& who, payload data) {
  const auto found = open_.find(ask);
  if (found == open_.end() || found->second.waiting_for.erase(who.id) == 0)
    return {};
  found->second.answers.push_back({who, std::move(data)});
  return take(is_over);
}

std::vector<asks::question> asks::gone(session_id who) {
  for (auto& [number, q] : open_)
    q.waiting_for.erase(who);
  return take(is_over);
}

std::vector<asks::question> asks::expire(time_point now) {
  return take([now](const question& q) { return q.deadline <= now || is_over(q); });
}

template <class F>
std::vector<asks::question> asks::take(F over) {
  std::vector<question> taken;
  for (auto next = open_.begin(); next != open_.end();) {
    if (!over(next->second)) {
      ++next;
      continue;
    }
    taken.push_back(std::move(next->second));
    next = open_.erase(next);
  }
  return taken;
}

std::optional<asks::time_point> asks::next_deadline() const {
  std::optional<time_point> first;
  for (const auto& [number, q] : open_)
    first = first ? std::min(*first, q.deadline) : q.deadline;
  return first;
}

} // namespace troupe::actors
