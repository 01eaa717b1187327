#include "actors/sessions/heartbeat.hpp"

#include "actors/sessions/shard.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

void heartbeat::start(std::shared_ptr<transports::connection> of) {
  connection_ = std::move(of);
  schedule_beat();
}

void heartbeat::stop() {
  beat_.cancel();
  verdict_.cancel();
  connection_ = nullptr;
}

void heartbeat::heard() {
  heard_ = true;
  verdict_.cancel();
}

void heartbeat::ping_sent() {
  if (!connection_)
    return;
  queued_ = false;
  ping_end_ = connection_->sent();
  arrived_ = acknowledged();
  late_ = false;
  home_.schedule(verdict_, home_.settings().heartbeat.timeout);
}

void heartbeat::schedule_beat() { home_.schedule(beat_, home_.jittered(home_.settings().heartbeat.interval)); }

void heartbeat::beat() {
  if (!connection_)
    return;
  schedule_beat();
  if ((std::exchange(heard_, false) && !user_.wants_ping()) || verdict_.armed())
    return;
  const auto before = std::exchange(arrived_, acknowledged());
  if (queued_) { // the last one still stands behind what the peer does not take
    if (arrived_ == before)
      give_up();
    return;
  }
  send_ping();
}

/// The next beat may come before its peer could take anything of what stands before it.
void heartbeat::ping() {
  if (!connection_ || verdict_.armed() || queued_)
    return;
  arrived_ = not_looked_at;
  send_ping();
}

void heartbeat::send_ping() {
  queued_ = true;
  user_.on_ping();
  connection_->ping();
  connection_->flush();
}

void heartbeat::judge() {
  if (!connection_)
    return;
  if (!reading_ || still_before_it()) {
    home_.schedule(verdict_, home_.settings().heartbeat.timeout);
    return;
  }
  give_up();
}

void heartbeat::give_up() {
  ++home_.counters().heartbeats_lost;
  stop();
  user_.on_pulse_lost();
}

/// It reads what was sent before the ping, or the ping has only just come: its time to answer begins now.
bool heartbeat::still_before_it() {
  const auto before = std::exchange(arrived_, acknowledged());
  if (arrived_ >= ping_end_)
    return std::exchange(late_, false);
  late_ = true;
  return arrived_ > before;
}

/// Position in the stream up to which the peer has everything.
std::uint64_t heartbeat::acknowledged() const {
  const auto sent = connection_->sent();
  return sent - std::min<std::uint64_t>(sent, connection_->kernel_backlog());
}

} // namespace troupe::actors
