// Whether its client is there: told to the channels that the session is in.

#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/session.hpp"
#include "actors/sessions/shard.hpp"

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

} // namespace troupe::actors
