// Sessions whose clients are away, and who may have them back.

#include "actors/sessions/shard.hpp"

#include "actors/sessions/session_token.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe::actors {

using protocol::close_code;

namespace {

/// Whose it is: a user's, or of those without one an address'.
std::string owner_of(const session& s) {
  return s.user().empty() ? '@' + std::to_string(s.as_starter().address) : s.user();
}

} // namespace

/// Whoever has more away than others on average makes room for its own: one client that opens and drops connections
/// without end does not push out everybody.
void shard::detached(session& s) {
  if (s.is_away_ || s.closed())
    return;
  s.is_away_ = true;
  s.away_ = detached_.insert(detached_.end(), s.id());
  ++counters().sessions_detached;
  auto& own = detached_of_[owner_of(s)];
  own.push_back(s.id());
  if (const auto most = settings_.limits.sessions_detached_per_user; !s.user().empty() && own.size() > most)
    force_out(own[own.size() - most - 1], "limits.sessions_detached_per_user");
  const auto most = std::max<std::size_t>(settings_.limits.sessions_detached / state_.shards, 1);
  if (detached_.size() <= most)
    return;
  const bool has_much = own.size() > 1 && own.size() * detached_of_.size() > detached_.size();
  const auto too_many = detached_.size() - most; // those before are closed at the end of the turn
  force_out(has_much ? own[std::min(too_many, own.size()) - 1]
                     : *std::next(detached_.begin(), static_cast<std::ptrdiff_t>(too_many - 1)),
            "limits.sessions_detached");
}

void shard::force_out(session_id id, const char* limit) {
  announce(events::limit_passed{limit, to_string(id)});
  close_if_away(*find_session(id), "too many sessions wait for their clients");
}

void shard::attached(session& s) {
  if (!std::exchange(s.is_away_, false))
    return;
  detached_.erase(s.away_);
  counters().sessions_detached -= 1;
  const auto own = detached_of_.find(owner_of(s));
  if (own == detached_of_.end())
    return;
  own->second.erase_if([&](session_id one) { return one == s.id(); });
  if (own->second.empty())
    detached_of_.erase(own);
}

tl::expected<session*, failure> shard::find_resumable(std::string_view token, std::uint64_t received,
                                                      const identity_ptr& as) {
  const auto parts = parse_token(token);
  const auto no = [](error_code code, std::string why) { return tl::make_unexpected(failure{code, std::move(why)}); };
  if (!parts)
    return no(error_code::expired, "no session has that token");
  const auto home = shard_of(parts->id, state_.shards, state_.index);
  if (home != state_.index)
    return no(error_code::unavailable, "that session lives elsewhere: open the WebSocket with ?token=…");
  auto* s = find_session(parts->id);
  if (!s || !s->is_resumable() || !s->has_secret(parts->secret)) {
    const auto* known = s ? nullptr : epitaph_of(parts->id);
    return no(error_code::expired, "that session is gone" + (known ? " (" + known->words + ")" : std::string{}) +
                                       ": subscribe with since");
  }
  if (as && !s->user().empty() && s->user() != as->user)
    return no(error_code::refused, "that session is another user's");
  if (!s->was_sent(received))
    return no(error_code::bad_message, "received: more than was sent, or less than was received before");
  return s;
}

} // namespace troupe::actors
