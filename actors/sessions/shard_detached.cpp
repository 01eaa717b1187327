// Sessions without a connection, and who may have them back.

#include "actors/sessions/shard.hpp"

#include "actors/sessions/session_token.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

/// Whose it is: a user's, or of those without one an address'.
std::string owner_of(const session& s) {
  return s.user().empty() ? '@' + std::to_string(s.as_starter().address) : s.user();
}

} // namespace

/// Whoever has most makes room, whoever comes: one client that opens and drops connections without end does not push out
/// everybody.
void shard::detached(session& s) {
  if (s.is_detached_ || s.closed())
    return;
  constexpr auto too_many = "too many sessions wait for their clients";
  const auto& limits = settings_.limits;
  s.is_detached_ = true;
  ++s.detached_times_;
  s.away_ = detached_.add(s.id(), owner_of(s), s.held_bytes());
  ++counters().sessions_detached;
  if (!s.user().empty() && detached_.size_with(*s.away_) > limits.sessions_detached_per_user)
    force_out(detached_.oldest_with(*s.away_), "limits.sessions_detached_per_user", too_many);
  else if (detached_.size() > std::max<std::size_t>(limits.sessions_detached / state_.shards, 1))
    force_out(detached_.first_to_go(), "limits.sessions_detached", too_many);
  bound_bytes();
}

/// Whenever what it holds may have changed.
void shard::weigh(session& s) {
  if (!s.away_)
    return;
  detached_.weigh(*s.away_, s.held_bytes());
  bound_bytes();
}

void shard::bound_bytes() {
  while (detached_.bytes() > settings_.limits.detached_bytes / state_.shards)
    force_out(detached_.heaviest(), "limits.detached_bytes", "too much was kept for clients that are away");
}

/// Closed at the end of the turn, unless its client is back by then; it makes room at once.
void shard::force_out(session_id id, const char* limit, const char* why) {
  announce(events::limit_passed{limit, to_string(id)});
  auto* s = find_session(id);
  if (!s)
    return;
  forget_place(*s);
  close_if_away(*s, why);
}

void shard::forget_place(session& s) {
  if (const auto at = std::exchange(s.away_, std::nullopt))
    detached_.remove(*at);
}

void shard::attached(session& s) {
  if (!std::exchange(s.is_detached_, false))
    return;
  forget_place(s);
  counters().sessions_detached -= 1;
}

tl::expected<session*, failure> shard::find_resumable(std::string_view token, std::uint64_t received,
                                                      const identity_ptr& as, const arrival& by) {
  const auto parts = parse_token(token);
  const auto no = [](error_code code, std::string why) { return tl::make_unexpected(failure{code, std::move(why)}); };
  if (!parts)
    return no(error_code::expired, "no session has that token");
  const auto home = shard_of(parts->id, state_.shards, state_.index);
  if (home != state_.index)
    return no(error_code::unavailable, "that session lives elsewhere: open the WebSocket with ?token=…");
  auto* s = find_session(parts->id);
  if (!s || !s->is_resumable() || !s->has_secret(parts->secret)) {
    const auto* known = epitaph_of(*parts);
    return no(error_code::expired, "that session is gone" + (known ? " (" + known->words + ")" : std::string{}) +
                                       ": subscribe with since");
  }
  if (as && !s->user().empty() && s->user() != as->user)
    return no(error_code::refused, "that session is another user's");
  if (s->is_late(by)) // was under way for so long that its client has come by another meanwhile
    return by.attempt != 0 && by.attempt < s->attempt_
               ? no(error_code::bad_message, "attempt: " + std::to_string(by.attempt) + " after " + std::to_string(s->attempt_) +
                                                 ": it grows with each, in all the life of a session")
               : no(error_code::expired, "a later connection has that session");
  if (!s->was_sent(received))
    return no(error_code::bad_message, "received: more than was sent, or less than was received before");
  return s;
}

} // namespace troupe::actors
