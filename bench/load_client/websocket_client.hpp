#pragma once
/// A WebSocket that speaks `troupe.v1.json`: the upgrade, frames, pongs. Texts go to those who derive.

#include "load_client/connection.hpp"

#include "framing/websocket_frame.hpp"

#include <string>
#include <string_view>

namespace troupe::bench {

class websocket_client : public connection {
 public:
  websocket_client(event_loop& loop, std::string_view host) : connection(loop), host_(host) {}

 protected:
  /// The upgrade is done.
  virtual void upgraded() = 0;
  virtual void text(std::string_view message) = 0;
  /// What it asks for.
  [[nodiscard]] virtual std::string target() const { return "/ws"; }

  void send_text(std::string_view message);
  static void append_text(std::string& frames, std::string_view message);

 private:
  void opened() final;
  std::size_t receive(std::string_view bytes) final;
  std::size_t receive_head(std::string_view bytes);
  void take(const frame_view& frame);

  std::string_view host_;
  bool upgraded_ = false;
};

} // namespace troupe::bench
