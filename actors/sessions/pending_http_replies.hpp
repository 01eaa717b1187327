#pragma once

#include "protocol/messages.hpp"
#include "transports/exchange.hpp"

#include <cstdint>
#include <map>

namespace troupe::actors {

/// Commands of a stream's or poll's client that came by `POST /send`: which request waits for which answer.
///
/// Owner: the session, made on first use. Thread: the shard's. Ends: with the session; what is left is answered with
/// `unavailable`. Bounded: `commands_per_connection` by the session.
class pending_http_replies {
 public:
  pending_http_replies() = default;
  ~pending_http_replies();
  pending_http_replies(const pending_http_replies&) = delete;
  pending_http_replies& operator=(const pending_http_replies&) = delete;

  /// The id under which the command goes on; its answer will carry `original` again.
  protocol::request_id expect(protocol::request_id original, transports::exchange_ptr to);

  /// Responds, if `m` answers one of them.
  bool answer(protocol::server_message m);

 private:
  struct waiting {
    protocol::request_id original;
    transports::exchange_ptr to;
  };
  std::map<std::int64_t, waiting> waiting_;
  std::int64_t next_ = std::int64_t{1} << 62; // far from what clients count: a session may have had a WebSocket, too
};

} // namespace troupe::actors
