#pragma once

#include "transports/exchange.hpp"

#include <cstddef>
#include <memory>

namespace troupe::transports {

/// What the transports count, for /metrics; plain numbers of one I/O thread, read by others relaxed.
enum class transport_event : std::uint8_t {
  connection_accepted, connection_closed, connection_refused_limit, accepts_delayed, bytes_in, bytes_out,
  http_request, http_bad_request, http_timeout, response_too_slow, transfer_cut_off, ws_bad_handshake, ws_protocol_error, ws_too_large,
};

/// What a shard is to the transports: where requests and sockets go. Implemented by actors/, one per shard; test
/// clients call the same functions without a socket.
///
/// Thread: the I/O thread of the shard; `home` also from other shards' threads.
class request_handler {
 public:
  virtual ~request_handler() = default;

  /// Which shard must serve this request: the one whose session its token or cursor names, else this one.
  /// The connection moves there before `handle` or `upgrade` is called. May keep in `request.read` what it has read.
  [[nodiscard]] virtual std::size_t home(http_request& request) const = 0;

  /// Any request that is no upgrade.
  virtual void handle(exchange_ptr exchange) = 0;

  /// A request to become a WebSocket, checked (RFC 6455 section 4.2.1): refused by `respond`, or accepted by `upgrade`,
  /// now or later. Whoever accepts sets the connection's user, and flushes.
  virtual void upgrade(exchange_ptr exchange) = 0;

  virtual void count(transport_event event, std::uint64_t n = 1) = 0;
};

} // namespace troupe::transports
