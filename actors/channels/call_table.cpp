#include "actors/channels/call_table.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

call_table::ticket call_table::open(session_id caller, time_point deadline, continuation then) {
  const auto which = ++last_;
  entries_.emplace(which, entry{caller, std::move(then), agenda_.emplace(deadline, which)});
  by_caller_[caller].push_back(which);
  return which;
}

call_table::continuation call_table::take(ticket which) {
  const auto found = entries_.find(which);
  if (found == entries_.end())
    return nullptr;
  auto then = std::move(found->second.then);
  const auto caller = by_caller_.find(found->second.caller);
  std::erase(caller->second, which);
  if (caller->second.empty())
    by_caller_.erase(caller);
  agenda_.erase(found->second.due);
  entries_.erase(found);
  return then;
}

bool call_table::settle(ticket which, result what) {
  const auto then = take(which);
  if (then)
    then(std::move(what));
  return then != nullptr;
}

void call_table::settle_all(session_id caller, const failure& why) {
  const auto found = by_caller_.find(caller);
  if (found == by_caller_.end())
    return;
  const auto tickets = found->second; // a copy: settling changes the list
  for (const auto which : tickets)
    settle(which, why);
}

void call_table::settle_all(const failure& why) {
  while (!agenda_.empty())
    settle(agenda_.begin()->second, why);
}

void call_table::expire(time_point now) {
  while (!agenda_.empty() && agenda_.begin()->first <= now)
    settle(agenda_.begin()->second, failure{error_code::timeout, "no answer within the deadline"});
}

std::size_t call_table::waiting(session_id caller) const {
  const auto found = by_caller_.find(caller);
  return found == by_caller_.end() ? 0 : found->second.size();
}

std::optional<call_table::time_point> call_table::next_deadline() const {
  return agenda_.empty() ? std::nullopt : std::optional{agenda_.begin()->first};
}

// -- promise_sink -------------------------------------------------------------

promise_sink::~promise_sink() { settle(failure{error_code::internal, "the channel gave up the answer"}); }

void promise_sink::settle(std::variant<payload, failure> result) {
  if (const auto table = table_.lock())
    table->settle(which_, std::move(result));
}

} // namespace troupe::actors
