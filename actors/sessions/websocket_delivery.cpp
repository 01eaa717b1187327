#include "actors/sessions/websocket_delivery.hpp"

#include "actors/sessions/shard.hpp"
#include "protocol/decoder.hpp"

#include <utility>

namespace troupe::actors {

using protocol::close_code;

websocket_delivery::websocket_delivery(session& owner, protocol::wire_form_id form)
    : stream_delivery(owner, form), pulse_(owner.home(), *this) {}

void websocket_delivery::open(std::shared_ptr<transports::connection> connection) {
  pulse_.start(connection);
  attach(std::move(connection));
  say(session_->greeting());
}

void websocket_delivery::end(close_code code, std::string_view reason) {
  pulse_.stop();
  stream_delivery::end(code, reason);
}

/// Its session may have another connection before this is destroyed.
void websocket_delivery::on_closed(close_code code, std::string_view reason) {
  pulse_.stop();
  stream_delivery::on_closed(code, reason);
}

// -- the pulse ----------------------------------------------------------------

void websocket_delivery::on_pulse_lost() {
  constexpr std::string_view why = "no answer to a ping";
  stream_delivery::end(close_code::heartbeat_lost, why);
  session_->lost_connection(leave_reason::lost, close_code::heartbeat_lost, why);
}

void websocket_delivery::on_ping() {
  if (pinged_at_ == nothing)
    pinged_at_ = session_->sent_so_far();
}

/// What was written before the ping has arrived.
void websocket_delivery::on_pong() {
  if (const auto arrived = std::exchange(pinged_at_, nothing); arrived != nothing)
    session_->arrived(arrived);
}

/// A client that is told much is asked often what has arrived: its journal stays small, and forgets nothing.
void websocket_delivery::flushed() {
  pace_reading();
  if (session_->is_journal_half_full() && pinged_at_ == nothing)
    pulse_.ping();
}

// -- reading ------------------------------------------------------------------

void websocket_delivery::on_message(std::string_view bytes, bool text) {
  if (session_->is_sent_away())
    return;
  auto& home = session_->home();
  ++home.counters().messages_received;
  received_ += bytes.size();
  const auto& limits = home.settings().limits;
  const protocol::decode_limits bounds{limits.message_bytes, limits.message_depth};
  auto read = text ? protocol::decode_json(bytes, bounds) : protocol::decode_msgpack(bytes, bounds);
  if (!read || !std::holds_alternative<protocol::resume>(read->body))
    session_->heard_message();
  if (read) {
    session_->hear(std::move(*read));
  } else if (auto no = session_->too_fast()) { // nonsense is not free
    refuse(std::move(read.error().id), std::move(*no));
  } else {
    refuse(std::move(read.error().id), std::move(read.error().why));
  }
  pace_reading();
}

void websocket_delivery::refuse(protocol::request_id id, failure why) {
  session_->home().counters().errors.count(why.code);
  say(protocol::error{std::move(id), std::move(why), {}});
}

/// For memory's sake: a client that has much under way, or does not take its answers, is not read. What fills the outbox
/// from the logs is bounded already, and no reason to be deaf.
void websocket_delivery::pace_reading() {
  if (!connection_)
    return;
  const auto& limits = session_->home().settings().limits;
  const bool wanted = session_->under_way() < limits.commands_per_connection && said_bytes() <= limits.outbox_bytes &&
                      session_->waiting_bytes() <= limits.session_control_bytes;
  if (wanted == std::exchange(reading_, wanted))
    return;
  pulse_.reading(wanted);
  connection_->read(wanted);
}

} // namespace troupe::actors
