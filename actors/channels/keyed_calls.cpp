#include "actors/channels/keyed_calls.hpp"

#include "actors/stores/append_keys.hpp"

#include <utility>

namespace troupe::actors {

void keyed_calls::wait(const append_key& key, session_id caller, std::chrono::milliseconds timeout, continuation then) {
  auto& run = under_way_.at(key);
  auto& all = run.waiting;
  std::erase_if(all, [this](call_table::ticket t) { return !answers_.waits(t); }); // who left, or waited long enough
  all.push_back(answers_.wait(caller, parts_.clock.steady() + timeout, std::move(then)));
  if (run.held)
    keep(key, take(run));
}

bool keyed_calls::under_way(const append_key& key) {
  forget_held();
  return under_way_.contains(key);
}

bool keyed_calls::idle() {
  forget_held();
  return under_way_.empty();
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

// -- the answer ---------------------------------------------------------------

void keyed_calls::end(const append_key& key, const result& what) {
  if (is_final(what))
    keep(key, what);
  else
    tell(under_way_.extract(key).mapped().waiting, what);
}

/// Nobody hears an answer that whoever repeats the call would not get.
void keyed_calls::keep(const append_key& key, const result& what) {
  ++keeping_;
  partition_.keep_answer(key, what, [this, key, what, alive = turns_.alive()](tl::expected<void, failure> kept) {
    if (alive.expired())
      return;
    --keeping_;
    if (kept)
      tell(under_way_.extract(key).mapped().waiting, what);
    else
      hold(key, what);
    turns_.wake();
  });
}

void keyed_calls::tell(const waiters& whom, const result& what) {
  for (const auto waiter : whom)
    answers_.settle(waiter, what);
}

void keyed_calls::hold(const append_key& key, const result& what) {
  auto& run = under_way_.at(key);
  const auto whom = std::exchange(run.waiting, {});
  const auto bytes = append_keys::cost(key, append_keys::size_of(what));
  if (held_bytes_ + bytes <= parts_.settings.limits.answer_bytes_per_channel) {
    held_bytes_ += bytes;
    run.held = held_answer{what, bytes, parts_.clock.steady() + parts_.settings.channels.key_ttl};
  } else {
    parts_.events.announce(events::limit_passed{"limits.answer_bytes_per_channel", parts_.name});
    under_way_.erase(key);
  }
  tell(whom, failure{error_code::unavailable, "the call's answer could not be kept: repeat it with its key"});
}

keyed_calls::result keyed_calls::take(call_run& run) {
  auto what = std::move(run.held->what);
  held_bytes_ -= run.held->bytes;
  run.held.reset();
  return what;
}

void keyed_calls::forget_held() {
  if (held_bytes_ == 0)
    return;
  const auto now = parts_.clock.steady();
  for (auto next = under_way_.begin(); next != under_way_.end();) {
    const auto at = next++;
    if (at->second.held && at->second.held->until <= now) {
      (void)take(at->second);
      under_way_.erase(at);
    }
  }
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
