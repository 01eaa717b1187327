#include "actors/channels/keyed_calls.hpp"

#include <utility>

namespace troupe::actors {

void keyed_calls::wait(const append_key& key, session_id caller, std::chrono::milliseconds timeout, continuation then) {
  auto& all = under_way_.at(key);
  std::erase_if(all, [this](call_table::ticket t) { return !answers_.waits(t); }); // who left, or waited long enough
  all.push_back(answers_.wait(caller, parts_.clock.steady() + timeout, std::move(then)));
}

const char* keyed_calls::limit_passed(const append_key& key) const {
  const auto& limits = parts_.settings.limits;
  if (under_way_.size() >= limits.keys_per_channel)
    return "limits.keys_per_channel";
  std::size_t own = 0;
  for (auto next = under_way_.lower_bound({key.publisher, {}}); next != under_way_.end(); ++next, ++own)
    if (next->first.publisher != key.publisher)
      break;
  return own >= limits.calls_per_session ? "limits.calls_per_session" : nullptr;
}

void keyed_calls::end(const append_key& key, const result& what) {
  const auto run = under_way_.extract(key);
  if (is_final(what))
    partition_.keep_answer(key, what);
  for (const auto waiter : run.mapped())
    answers_.settle(waiter, what);
}

/// The object's word, yes or no. Nothing was decided where it failed, or where the caller is told to come again.
bool keyed_calls::is_final(const result& what) {
  const auto* why = std::get_if<failure>(&what);
  if (!why)
    return true;
  switch (why->code) {
  case error_code::busy:
  case error_code::limit:
  case error_code::timeout:
  case error_code::unavailable:
  case error_code::internal:
    return false;
  default:
    return true;
  }
}

} // namespace troupe::actors
