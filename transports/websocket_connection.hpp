#pragma once

#include "transports/connection.hpp"
#include "transports/request_handler.hpp"
#include "transports/tcp_stream.hpp"

#include <memory>
#include <string>

namespace troupe::transports {

/// An accepted WebSocket as a `connection` (RFC 6455): Beast takes the
/// peer's frames apart and answers pings, what we say goes ready framed into the outbox.
/// Owner: shared; keeps itself alive until it is closed. Thread: the I/O thread of its shard.
///
/// Takes `tcp` over, whose outbox is empty, and queues the 101: whoever opens it flushes, once its user has had a chance to
/// say something along. `early` are bytes that came behind the request. Reading begins once somebody is the user; if
/// nobody is within the closing time, the connection is reset.
[[nodiscard]] std::shared_ptr<connection> open_websocket(shard_io_ptr io, tcp_stream_ptr tcp, const http_request& request,
                                                         const upgrade_accepted& accepted, std::string early);

} // namespace troupe::transports
