#pragma once

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

struct iovec;

namespace troupe::transports {

/// What one read or write did.
struct io_result {
  std::size_t bytes = 0;
  boost::system::error_code error{}; ///< would_block: try again when ready; eof: the peer has finished sending
};

/// How one socket moves bytes: plain (socket_stream), and where TLS or a failing test socket goes in.
///
/// Non-blocking; the tcp_stream waits for readiness on `fd`. Owner: the tcp_stream. Thread: the I/O thread of its shard.
class byte_stream {
 public:
  virtual ~byte_stream() = default; ///< does not close `fd`

  [[nodiscard]] virtual int fd() const noexcept = 0;

  virtual io_result read(std::span<char> into) = 0;
  virtual io_result write(std::span<const iovec> from) = 0;

  /// Says to the peer that nothing more follows (FIN).
  virtual void finish_sending() = 0;
};

/// Makes the byte_stream of an accepted socket.
using byte_stream_factory = std::function<std::unique_ptr<byte_stream>(int fd)>;

} // namespace troupe::transports
