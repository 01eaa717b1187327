#pragma once

#include "actors/sessions/heartbeat.hpp"
#include "actors/sessions/stream_delivery.hpp"

namespace troupe::actors {

/// A session over WebSocket: decodes what comes, keeps the heartbeat, stops reading when too much is under way.
class websocket_delivery final : public stream_delivery, private heartbeat_user {
 public:
  websocket_delivery(session& owner, protocol::wire_form_id form);

  /// Starts talking: `connection`'s handshake is done.
  void open(std::shared_ptr<transports::connection> connection);

  void command_completed() override { pace_reading(); }
  void on_message(std::string_view bytes, bool text) override;
  void on_activity() override { pulse_.heard(); }
  void on_ping_sent() override { pulse_.ping_sent(); }
  void on_pong() override;
  void on_closed(protocol::close_code code, std::string_view reason) override;
  [[nodiscard]] transport_kind transport() const override { return transport_kind::websocket; }
  [[nodiscard]] traffic moved() const override { return {received_, stream_delivery::moved().sent}; }
  void resumed(const protocol::resumed& m) override { say(m); }
  void serve(session& owner) override {
    stream_delivery::serve(owner);
    pinged_at_ = nothing; // was counted by another session
  }
  void end(protocol::close_code code, std::string_view reason) override;

 protected:
  void flushed() override;

 private:
  [[nodiscard]] bool wants_ping() const override { return session_->has_unacknowledged() && pinged_at_ == nothing; }
  void on_ping() override;
  void on_pulse_lost() override;
  void pace_reading();
  void refuse(protocol::request_id id, failure why);

  heartbeat pulse_;
  std::uint64_t received_ = 0; // bytes of messages
  std::uint64_t pinged_at_ = nothing; // so many messages stand before the ping that is not answered yet
  bool reading_ = true;
  static constexpr std::uint64_t nothing = static_cast<std::uint64_t>(-1);
};

} // namespace troupe::actors
