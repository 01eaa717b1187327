#include "actors/session/heartbeat.hpp"

#include "actors/shard/shard.hpp"

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
  backlog_ = connection_->kernel_backlog();
  home_.schedule(verdict_, home_.settings().heartbeat.timeout);
}

void heartbeat::schedule_beat() { home_.schedule(beat_, home_.jittered(home_.settings().heartbeat.interval)); }

void heartbeat::beat() {
  if (!connection_)
    return;
  schedule_beat();
  if (std::exchange(heard_, false) || verdict_.armed())
    return;
  connection_->ping();
  connection_->flush();
}

void heartbeat::judge() {
  if (!connection_)
    return;
  const auto backlog = connection_->kernel_backlog();
  const bool draining = backlog < backlog_; // it reads slowly: the ping is still before it
  if (draining || !reading_) {
    backlog_ = backlog;
    home_.schedule(verdict_, home_.settings().heartbeat.timeout);
    return;
  }
  ++home_.counters().heartbeats_lost;
  stop();
  lost_();
}

} // namespace troupe::actors
