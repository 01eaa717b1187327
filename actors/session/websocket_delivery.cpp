#include "actors/session/websocket_delivery.hpp"

#include "actors/shard/shard.hpp"
#include "protocol/decoder.hpp"

#include <utility>

namespace troupe::actors {

using protocol::close_code;

websocket_delivery::websocket_delivery(session& owner, protocol::wire_form_id form) : stream_delivery(owner, form) {}

void websocket_delivery::open(std::shared_ptr<transports::connection> connection) {
  attach(std::move(connection));
  say(session_.greeting());
  schedule_beat();
}

// -- reading ------------------------------------------------------------------

void websocket_delivery::on_message(std::string_view bytes, bool text) {
  auto& home = session_.home();
  ++home.counters().messages_received;
  const auto& limits = home.settings().limits;
  const protocol::decode_limits bounds{limits.message_bytes, limits.message_depth};
  auto read = text ? protocol::decode_json(bytes, bounds) : protocol::decode_msgpack(bytes, bounds);
  if (read) {
    session_.handle(std::move(*read));
  } else {
    ++home.counters().errors;
    say(protocol::error{std::move(read.error().id), std::move(read.error().why), {}});
  }
  pace_reading();
}

/// A client that has much under way, or does not read its answers, is not read either.
void websocket_delivery::pace_reading() {
  if (!connection_)
    return;
  const auto& limits = session_.home().settings().limits;
  const bool wanted = session_.under_way() < limits.commands_per_connection && queued() <= limits.outbox_bytes;
  if (wanted != std::exchange(reading_, wanted))
    connection_->read(wanted);
}

// -- heartbeat ----------------------------------------------------------------

void websocket_delivery::schedule_beat() {
  auto& home = session_.home();
  home.schedule(beat_, home.jittered(home.settings().heartbeat.interval));
}

void websocket_delivery::beat() {
  if (!connection_)
    return;
  if (!std::exchange(heard_, false) && !verdict_.armed()) {
    connection_->ping();
    session_.home().mark(session_);
  }
  schedule_beat();
}

void websocket_delivery::on_activity() {
  heard_ = true;
  verdict_.cancel();
}

void websocket_delivery::on_ping_sent() {
  backlog_ = connection_ ? connection_->kernel_backlog() : 0;
  session_.home().schedule(verdict_, session_.home().settings().heartbeat.timeout);
}

void websocket_delivery::check_alive() {
  if (!connection_)
    return;
  const auto backlog = connection_->kernel_backlog();
  const bool draining = backlog < backlog_; // it reads slowly: the ping is still before it
  if (draining || !reading_) {
    backlog_ = backlog;
    session_.home().schedule(verdict_, session_.home().settings().heartbeat.timeout);
    return;
  }
  ++session_.home().counters().heartbeats_lost;
  session_.close(leave_reason::lost, close_code::heartbeat_lost, "no answer to a ping");
}

} // namespace troupe::actors
