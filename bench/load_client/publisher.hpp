#pragma once
/// A WebSocket that publishes without being subscribed. Publications of one turn leave in one write.

#include "load_client/audience.hpp"
#include "load_client/stamp.hpp"
#include "load_client/websocket_client.hpp"

#include <string>

namespace troupe::bench {

class publisher final : public websocket_client {
 public:
  publisher(event_loop& loop, std::string_view host, const std::string& channel, stamper& stamps, audience& told);

  [[nodiscard]] bool is_ready() const noexcept { return ready_; }

  void publish(const stamp& what);
  void flush_published();

 private:
  void upgraded() override { ready_ = true; }
  void text(std::string_view message) override;
  void ended(std::string_view why) override;

  stamper& stamps_;
  audience& audience_;
  std::string command_; ///< up to the data
  std::string text_, frames_;
  bool ready_ = false;
};

} // namespace troupe::bench
