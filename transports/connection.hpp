#pragma once

#include "protocol/error_code.hpp"
#include "transports/chunk.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::transports {

/// Who a connection reports to: a session, or a raw mount.
class connection_user {
 public:
  /// One whole message; `bytes` is valid during the call only. (SSE: never.)
  virtual void on_message(std::string_view bytes, bool text) = 0;

  /// `flush` returned false before; there is room again.
  virtual void on_writable() = 0;

  /// Bytes of any kind arrived (also pongs): the peer lives.
  virtual void on_activity() = 0;

  /// The peer has answered a ping: what was written before it has arrived.
  virtual void on_pong() {}

  /// The last ping's bytes have been taken by the kernel: the time to wait for an answer starts here.
  virtual void on_ping_sent() = 0;

  /// The connection is over, whoever ended it; the last call. `code` is what the peer sent or what we closed with.
  virtual void on_closed(protocol::close_code code, std::string_view reason) = 0;

 protected:
  ~connection_user() = default;
};

/// One client's open stream: a WebSocket, or the response of an SSE request. Moves bytes, decides nothing.
///
/// Thread: the I/O thread of its shard, for every call in both directions.
/// Lifetime: shared between its user and its own pending I/O. After `on_closed`, or after the user called
/// `set_user(nullptr)`, it calls nobody; without a user it only finishes what it was told to write and ends.
/// No call into a connection calls its user back before it returns.
class connection {
 public:
  virtual ~connection() = default;

  virtual void set_user(connection_user* user) = 0;

  // -- writing ----------------------------------------------------------------

  /// Bytes queued that the kernel has not taken yet.
  [[nodiscard]] virtual std::size_t queued() const = 0;

  /// Bytes that the kernel has ever taken: a position in the stream.
  [[nodiscard]] virtual std::uint64_t sent() const { return 0; }

  /// Bytes of them that the peer has not acknowledged.
  [[nodiscard]] virtual std::size_t kernel_backlog() const { return 0; }

  /// Adds the chunks in which what is queued lies that others write, too; the same may come twice.
  virtual void add_chunks(std::vector<const chunk*>& into) const { (void)into; }

  /// Queues bytes that others write, too; already framed. Nothing is sent before `flush`.
  virtual void write(slice shared) = 0;

  /// Queues bytes of this client only; already framed.
  virtual void write_private(std::string_view bytes) = 0;

  /// Hands what is queued to the kernel in one gathered write. False: the socket is full; `on_writable` follows.
  virtual bool flush() = 0;

  /// Queues a WebSocket ping or an SSE comment.
  virtual void ping() = 0;

  // -- reading ----------------------------------------------------------------

  /// Whether messages are read. While paused the peer's bytes stay in the kernel.
  virtual void read(bool wanted) = 0;

  // -- ending -----------------------------------------------------------------

  /// Writes what is queued, then ends with `code` and `reason` (WebSocket: close handshake; SSE: end of response).
  /// Has its own deadline, after which it resets. `on_closed` follows.
  virtual void close(protocol::close_code code, std::string_view reason) = 0;

  /// Ends now, dropping what is queued. `on_closed` follows.
  virtual void abort() = 0;
};

} // namespace troupe::transports
