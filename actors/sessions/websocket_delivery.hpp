#pragma once

#include "actors/sessions/heartbeat.hpp"
#include "actors/sessions/stream_delivery.hpp"

namespace troupe::actors {

/// A session over WebSocket: decodes what comes, keeps the heartbeat, stops reading when too much is under way.
class websocket_delivery final : public stream_delivery {
 public:
  websocket_delivery(session& owner, protocol::wire_form_id form);

  /// Starts talking: `connection`'s handshake is done.
  void open(std::shared_ptr<transports::connection> connection);

  void command_completed() override { pace_reading(); }
  void on_message(std::string_view bytes, bool text) override;
  void on_activity() override { pulse_.heard(); }
  void on_ping_sent() override { pulse_.ping_sent(); }
  void end(protocol::close_code code, std::string_view reason) override;

 protected:
  void flushed() override { pace_reading(); }

 private:
  void pace_reading();

  heartbeat pulse_;
  bool reading_ = true;
};

} // namespace troupe::actors
