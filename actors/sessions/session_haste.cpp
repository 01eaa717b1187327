// A client that commands too fast: it is told to wait, and sent away if it does not listen.

#include "actors/sessions/session.hpp"

#include "actors/sessions/shard.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

using protocol::close_code;

namespace {

constexpr auto announced_every = std::chrono::minutes{1}; // of one session: a flood of commands is no flood of events

failure wait_for(std::string what, std::size_t per_second, rate_bucket::nanoseconds pause) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(pause);
  return {error_code::limit, "at most " + std::to_string(per_second) + ' ' + std::move(what) + " per second", ms};
}

} // namespace

haste& session::my_haste() {
  if (!haste_) {
    haste_ = std::make_unique<haste>();
    weight_changed();
  }
  return *haste_;
}

std::optional<failure> session::too_fast() {
  if (commands_.take_in_hand())
    return std::nullopt;
  const auto& limits = shard_.settings().limits;
  if (limits.commands_per_second == 0)
    return std::nullopt;
  const auto now = shard_.clock().steady();
  const auto rate = rate_bucket::bounds::of(limits.commands_per_second, limits.commands_burst);
  if (commands_.take(rate, now))
    return std::nullopt;
  was_too_fast("limits.commands_per_second", now);
  return wait_for("commands of a session", limits.commands_per_second, commands_.wait(rate, now));
}

/// What the application's own actors say is not paced here: their outlets are bounded.
std::optional<failure> session::too_fast_in(const config::name_space& space) {
  if (space.commands_per_second == 0 || transport_ == transport_kind::actor)
    return std::nullopt;
  auto& bucket = my_haste().spaces[space.pattern];
  if (bucket.take_in_hand())
    return std::nullopt;
  const auto now = shard_.clock().steady();
  const auto rate = rate_bucket::bounds::of(space.commands_per_second, space.commands_burst);
  if (bucket.take(rate, now))
    return std::nullopt;
  was_too_fast("namespace.commands_per_second", now);
  return wait_for("publishes and calls of a session in " + space.pattern, space.commands_per_second, bucket.wait(rate, now));
}

void session::was_too_fast(const char* limit, rate_bucket::time now) {
  ++shard_.counters().commands_refused;
  auto& mine = my_haste();
  if (now >= mine.announce_at) {
    mine.announce_at = now + announced_every;
    shard_.announce(events::limit_passed{limit, to_string(id_), peer_});
  }
  const auto most = shard_.settings().limits.refusals_per_minute;
  if (most == 0 || mine.sent_away || mine.refusals.take_in_hand())
    return;
  if (!mine.refusals.take(rate_bucket::bounds::of(most, 0, std::chrono::minutes{1}), now))
    send_away_for_haste();
}

/// Its session waits for it, if it may come back: with what is left of its rates, not with new ones. One that polls has no
/// connection that could be closed; each of its requests is refused.
void session::send_away_for_haste() {
  if (transport_ == transport_kind::poll || is_away_)
    return;
  my_haste().sent_away = true;
  ++shard_.counters().too_fast;
  shard_.announce(events::limit_passed{"limits.refusals_per_minute", to_string(id_), peer_});
  const failure usual{error_code::limit, {}};
  delivery_->say(protocol::closing{"too many commands", *protocol::retry_after(usual)});
  shard_.end_connection_later(*this, close_code::too_fast, std::string{protocol::default_reason(close_code::too_fast)});
}

void session::hear(protocol::command what) {
  if (auto no = too_fast())
    return refuse(what.id, std::move(*no));
  handle(std::move(what));
}

} // namespace troupe::actors
