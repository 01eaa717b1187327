// Whether its client is there, which the channels that the session is in are told, and how far it is behind.

#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/session.hpp"
#include "actors/sessions/shard.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

/// Those that it is about to join or join again hear of it, too: by this, or by the join that is repeated.
void session::say_whereabouts(bool there) {
  if (closed_ || std::exchange(said_away_, !there) == !there)
    return;
  for (const auto& s : subscriptions_) {
    if (s->now() == subscription::phase::ended || s->leaving())
      continue;
    ++under_way_;
    shard_.send(s->channel(), {id_, false, {}, whereabouts{there}}, true);
  }
}

void session::ask_presence(subscription& of) {
  ++under_way_;
  shard_.send(of.channel(), {id_, false, {}, tell_presence{}}, true);
}

sequence session::lag() const {
  sequence most = 0;
  for (const auto& s : subscriptions_) {
    const auto head = s->channel().log.head();
    most = std::max(most, head - std::min(s->cursor(), head));
  }
  return most;
}

} // namespace troupe::actors
