#pragma once

#include "actors/sessions/stream_delivery.hpp"
#include "transports/exchange.hpp"

#include <map>
#include <string>
#include <vector>

namespace troupe::actors {

/// A session over Server-Sent Events (HTML standard, section 9.2): opens when its joins are answered, then streams, until
/// its last channel has gone.
///
/// Several channels, or `format=envelope`: an id line of the session's own precedes the shared bytes, so that a
/// reconnecting EventSource names a position in each channel, in the order it asked for them. Who asked for
/// `format=envelope` has a library: its session survives the stream, and may be in no channel at all.
/// An EventSource gives up for good when it reads a status other than 200: only what will be refused again is refused
/// with one. What is refused for now is told in a stream that ends; a node that stops hangs up.
/// Owner: the session. Thread: the shard's. Bounded: `sse_channels` in its ids; else as stream_delivery.
class sse_delivery final : public stream_delivery {
 public:
  /// `comes_back`: the session survives the stream.
  sse_delivery(session& owner, protocol::wire_form_id form, transports::exchange_ptr exchange,
               std::vector<std::string> channels, transports::http_response head, bool comes_back);

  /// In no channel: there is no join to wait for.
  void open_at_once() { open(); }

  void say(const protocol::server_message& m) override;
  void join_settled(const protocol::error* refusal) override;
  [[nodiscard]] bool names_channels() const override { return form() == protocol::wire_form_id::sse_envelope; }
  void end(protocol::close_code code, std::string_view reason) override;
  [[nodiscard]] transport_kind transport() const override { return transport_kind::sse; }
  void resumed(const protocol::resumed& m) override;

 protected:
  void shared(const transports::slice& bytes) override;
  void publication(std::string_view channel, std::string_view epoch, const troupe::publication& p) override;
  void message(const protocol::server_message& m) override;
  void flushed() override;
  [[nodiscard]] bool one_by_one() const override { return form() == protocol::wire_form_id::sse_envelope; }

 private:
  void open();
  void begin(std::int64_t retry);
  void greet();
  void comment();
  void write_position();

  transports::exchange_ptr exchange_; // until the stream is open
  const std::vector<std::string> channels_;
  transports::http_response head_;
  const bool comes_back_;
  std::size_t waiting_for_;
  std::vector<protocol::error> refusals_;
  timer comment_{[this] { comment(); }};
};

} // namespace troupe::actors
