#pragma once
/// Subscribes over Server-Sent Events to one channel: `id: epoch-offset` and the bare payload.

#include "load_client/audience.hpp"
#include "load_client/connection.hpp"

#include <cstdint>

namespace troupe::bench {

class sse_subscriber final : public connection {
 public:
  sse_subscriber(event_loop& loop, std::string_view host, std::string_view target, audience& told, std::size_t index)
      : connection(loop), host_(host), target_(target), audience_(told), index_(index) {}

 private:
  void opened() override;
  std::size_t receive(std::string_view bytes) override;
  void ended(std::string_view why) override { audience_.trouble(why); }
  std::size_t receive_head(std::string_view bytes);
  /// A whole event: its lines, without the empty one.
  void event(std::string_view lines);

  std::string_view host_, target_;
  audience& audience_;
  std::size_t index_;
  bool streaming_ = false;
  bool subscribed_ = false;
};

} // namespace troupe::bench
