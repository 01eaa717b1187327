#pragma once

#include "transports/push_connection.hpp"

#include <memory>

namespace troupe::transports {

/// The response of an SSE request as a `connection`: what is written goes out as it is, the end is the socket's end.
///
/// Reads nothing but the client's end. Owner: shared; keeps itself alive until it is closed.
class sse_connection final : public push_connection {
 public:
  /// `line` may be closed or null: then the user hears of the end at once. `head` has been queued on it.
  static std::shared_ptr<connection> open(shard_io_ptr io, tcp_stream_ptr tcp);

  void set_user(connection_user* user) override;
  void ping() override;
  void read(bool) override {}
  void close(protocol::close_code code, std::string_view reason) override;

 private:
  using push_connection::push_connection;

  void on_readable() override;
  void on_written() override;
  [[nodiscard]] bool takes_writes() noexcept override { return tcp_ && !closing_; }

  bool closing_ = false;
};

} // namespace troupe::transports
