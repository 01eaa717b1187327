// Sessions whose clients are away, and who may have them back.

#include "actors/sessions/shard.hpp"

#include "actors/sessions/session_token.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe::actors {

using protocol::close_code;

void shard::detached(session& s) {
  if (s.is_away_ || s.closed())
    return;
  s.is_away_ = true;
  s.away_ = detached_.insert(detached_.end(), s.id());
  ++counters().sessions_detached;
  if (!s.user().empty()) {
    auto& of_user = detached_of_[s.user()];
    of_user.push_back(s.id());
    if (const auto most = settings_.limits.sessions_detached_per_user; of_user.size() > most)
      force_out(of_user[of_user.size() - most - 1], "limits.sessions_detached_per_user");
  }
  const auto most = std::max<std::size_t>(settings_.limits.sessions_detached / state_.shards, 1);
  auto oldest = detached_.begin(); // all that are too many: those before are closed at the end of the turn
  for (auto n = detached_.size(); n > most; --n, ++oldest)
    force_out(*oldest, "limits.sessions_detached");
}

void shard::force_out(session_id id, const char* limit) {
  announce(events::limit_passed{limit, to_string(id)});
  close_later(*find_session(id), leave_reason::lost, close_code::none, "too many sessions wait for their clients");
}

void shard::attached(session& s) {
  if (!std::exchange(s.is_away_, false))
    return;
  detached_.erase(s.away_);
  counters().sessions_detached -= 1;
  const auto of_user = detached_of_.find(s.user());
  if (of_user == detached_of_.end())
    return;
  of_user->second.erase_if([&](session_id one) { return one == s.id(); });
  if (of_user->second.empty())
    detached_of_.erase(of_user);
}

tl::expected<session*, failure> shard::find_resumable(std::string_view token, const identity_ptr& as) {
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
  return s;
}

} // namespace troupe::actors
