#pragma once
/// Subscribes over WebSocket; every broadcast goes to the audience. Opened again it resumes its session.

#include "load_client/audience.hpp"
#include "load_client/clock.hpp"
#include "load_client/websocket_client.hpp"

#include <cstdint>
#include <string>

namespace troupe::bench {

class websocket_subscriber final : public websocket_client {
 public:
  websocket_subscriber(event_loop& loop, std::string_view host, std::string channel, audience& told, std::size_t index)
      : websocket_client(loop, host), channel_(std::move(channel)), audience_(told), index_(index) {}

 private:
  void upgraded() override;
  void text(std::string_view message) override;
  void ended(std::string_view why) override { audience_.trouble(why); }
  [[nodiscard]] std::string target() const override;
  void opening() override { opened_at_ = now(); }

  std::string channel_;
  audience& audience_;
  std::size_t index_;
  bool subscribed_ = false;
  std::string token_;          ///< of its session
  std::uint64_t received_ = 0; ///< messages of its session
  nanoseconds opened_at_ = 0;
};

} // namespace troupe::bench
