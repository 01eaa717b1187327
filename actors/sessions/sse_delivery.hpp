#pragma once
/// A session over Server-Sent Events (HTML standard, section 9.2): opens when its joins are answered, then streams.
///
/// Several channels, or `format=envelope`: an id line of the session's own precedes the shared bytes, so that a
/// reconnecting EventSource names a position in each channel, in the order it asked for them.

#include "actors/sessions/stream_delivery.hpp"
#include "transports/exchange.hpp"

#include <map>
#include <string>
#include <vector>

namespace troupe::actors {

class sse_delivery final : public stream_delivery {
 public:
  sse_delivery(session& owner, protocol::wire_form_id form, transports::exchange_ptr exchange,
               std::vector<std::string> channels, transports::http_response head);

  void say(const protocol::server_message& m) override;
  void join_settled(const protocol::error* refusal) override;
  [[nodiscard]] bool names_channels() const override { return form() == protocol::wire_form_id::sse_envelope; }
  void end(protocol::close_code code, std::string_view reason) override;

 protected:
  void shared(const transports::slice& bytes) override;
  void publication(std::string_view channel, std::string_view epoch, const troupe::publication& p) override;
  void message(const protocol::server_message& m) override;
  [[nodiscard]] bool one_by_one() const override { return form() == protocol::wire_form_id::sse_envelope; }

 private:
  void open();
  void comment();
  void write_position();

  transports::exchange_ptr exchange_; // until the stream is open
  const std::vector<std::string> channels_;
  transports::http_response head_;
  std::size_t waiting_for_;
  std::size_t refused_ = 0;
  std::vector<protocol::error> refusals_;
  timer comment_{[this] { comment(); }};
};

} // namespace troupe::actors
