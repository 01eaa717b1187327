#include "actors/channels/keyed_calls.hpp"

#include "actors/stores/append_keys.hpp"

#include <utility>

namespace troupe::actors {

void keyed_calls::wait(const append_key& key, session_id caller, std::chrono::milliseconds timeout, place where) {
  auto& run = under_way_.at(key);
  if (run.being_kept || run.held)
    run.placed.push_back(where());
  if (run.held)
    return keep(key, take(run));
  if (run.being_kept)
    return;
  std::erase_if(run.waiting, [this](const waiter& w) { return !answers_.waits(w.ticket); }); // left, or waited long enough
  const auto ticket = answers_.wait(caller, parts_.clock.steady() + timeout, [where](const result& what) { where()(what); });
  run.waiting.push_back({ticket, std::move(where)});
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
    return keep(key, what);
  const auto run = under_way_.extract(key);
  for (const auto& w : run.mapped().waiting)
    answers_.settle(w.ticket, what);
}

/// Nobody hears an answer that whoever repeats the call would not get.
void keyed_calls::keep(const append_key& key, const result& what) {
  auto& run = under_way_.at(key);
  run.being_kept = true;
  for (const auto& w : std::exchange(run.waiting, {}))
    if (answers_.forget(w.ticket))
      run.placed.push_back(w.where());
  ++keeping_;
  partition_.keep_answer(key, what, [this, key, what, alive = turns_.alive()](tl::expected<void, failure> kept) {
    if (alive.expired())
      return;
    --keeping_;
    if (kept)
      tell_all(key, what);
    else
      hold(key, what);
    turns_.wake();
  });
}

void keyed_calls::tell_all(const append_key& key, const result& what) {
  const auto run = under_way_.extract(key);
  for (const auto& tell : run.mapped().placed)
    tell(what);
}

void keyed_calls::hold(const append_key& key, const result& what) {
  auto& run = under_way_.at(key);
  run.being_kept = false;
  const auto whom = std::exchange(run.placed, {});
  const auto bytes = append_keys::cost(key, append_keys::size_of(what));
  if (held_bytes_ + bytes <= parts_.settings.limits.answer_bytes_per_channel) {
    held_bytes_ += bytes;
    run.held = held_answer{what, bytes, parts_.clock.steady() + parts_.settings.channels.key_ttl};
  } else {
    parts_.events.announce(events::limit_passed{"limits.answer_bytes_per_channel", parts_.name});
    under_way_.erase(key);
  }
  for (const auto& tell : whom)
    tell(failure{error_code::unavailable, "the call's answer could not be kept: repeat it with its key"});
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
