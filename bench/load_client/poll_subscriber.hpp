#pragma once
/// Subscribes by long polling: one request after the other on one connection, each with the last cursor.

#include "load_client/audience.hpp"
#include "load_client/connection.hpp"

namespace troupe::bench {

class poll_subscriber final : public connection {
 public:
  poll_subscriber(event_loop& loop, const route& where, std::string_view target, audience& told, std::size_t index)
      : connection(loop), route_(where), target_(target), audience_(told), index_(index) {}

 private:
  void opened() override;
  std::size_t receive(std::string_view bytes) override;
  void ended(std::string_view why) override;
  void request();
  void answer(std::string_view body);

  const route& route_;
  std::string_view target_; ///< of the first request
  audience& audience_;
  std::size_t index_;
  std::string cursor_;
  bool answered_ = false; ///< on this connection
  bool subscribed_ = false;
};

} // namespace troupe::bench
