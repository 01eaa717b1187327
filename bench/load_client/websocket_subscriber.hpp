#pragma once
/// Subscribes over WebSocket; every broadcast goes to the audience.

#include "load_client/audience.hpp"
#include "load_client/websocket_client.hpp"

namespace troupe::bench {

class websocket_subscriber final : public websocket_client {
 public:
  websocket_subscriber(event_loop& loop, std::string_view host, std::string_view channel, audience& told,
                       std::size_t index)
      : websocket_client(loop, host), channel_(channel), audience_(told), index_(index) {}

 private:
  void upgraded() override;
  void text(std::string_view message) override;
  void ended(std::string_view why) override { audience_.trouble(why); }

  std::string_view channel_;
  audience& audience_;
  std::size_t index_;
  bool subscribed_ = false;
};

} // namespace troupe::bench
