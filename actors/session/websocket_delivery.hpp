#pragma once
/// A session over WebSocket: decodes what comes, keeps the heartbeat, stops reading when too much is under way.
///
/// Heartbeat (PROTOCOL, `GET /ws`): a ping each interval with jitter, skipped only when bytes were received; dead when
/// nothing came within the timeout after the ping was taken by the kernel, unless the peer is still draining what was
/// sent before it, or we were not reading.

#include "actors/session/stream_delivery.hpp"

namespace troupe::actors {

class websocket_delivery final : public stream_delivery {
 public:
  websocket_delivery(session& owner, protocol::wire_form_id form);

  /// Starts talking: `connection`'s handshake is done.
  void open(std::shared_ptr<transports::connection> connection);

  void command_completed() override { pace_reading(); }
  void on_message(std::string_view bytes, bool text) override;
  void on_activity() override;
  void on_ping_sent() override;

 protected:
  void flushed() override { pace_reading(); }

 private:
  void beat();
  void check_alive();
  void pace_reading();
  void schedule_beat();

  timer beat_{[this] { beat(); }};
  timer verdict_{[this] { check_alive(); }};
  bool heard_ = false;   // since the last beat
  bool reading_ = true;
  std::size_t backlog_ = 0; // unacknowledged bytes in the kernel when the verdict was last due
};

} // namespace troupe::actors
