#pragma once

#include "transports/byte_stream.hpp"
#include "transports/connection_permit.hpp"
#include "transports/outbox.hpp"
#include "transports/shard_io.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <memory>

namespace troupe::transports {

/// Who a tcp_stream calls.
class tcp_stream_owner {
 public:
  /// There is something to read (or the peer's end): answer to `wait_readable`.
  virtual void on_readable() = 0;

  /// The kernel took bytes, outside of a `flush` of yours.
  virtual void on_written() = 0;

  /// Writing failed; nothing more can be written.
  virtual void on_broken(boost::system::error_code error) = 0;

 protected:
  ~tcp_stream_owner() = default;
};

/// One open socket: what waits to be written, and who waits to read.
///
/// Asio only says when the socket is ready; bytes move through the byte_stream. Owner: a connection, which hands it to the
/// next one when the protocol changes (HTTP to WebSocket, to an event stream, to lingering).
/// Thread: the I/O thread of its shard. Ends: `close`, or when nobody refers to it.
/// No function calls the owner before it returns.
class tcp_stream final : public boost::intrusive_ref_counter<tcp_stream, boost::thread_unsafe_counter> {
 public:
  /// Takes `fd` over. Null: the loop cannot watch it, and it was closed.
  static boost::intrusive_ptr<tcp_stream> open(shard_io_ptr io, int fd, connection_permit permit);

  tcp_stream(shard_io_ptr io, std::unique_ptr<byte_stream> bytes, connection_permit permit);
  ~tcp_stream();

  tcp_stream(const tcp_stream&) = delete;
  tcp_stream& operator=(const tcp_stream&) = delete;

  void set_owner(tcp_stream_owner* owner) noexcept { owner_ = owner; }

  // -- reading ----------------------------------------------------------------

  /// Reads what is there into `into`, without waiting.
  io_result read(std::span<char> into);

  /// Calls `on_readable` once.
  void wait_readable();

  // -- writing ----------------------------------------------------------------

  [[nodiscard]] transports::outbox& out() noexcept { return outbox_; }

  /// Gives the kernel what it takes. False: something is left; `on_written` or `on_broken` follow.
  bool flush();

  /// Flushes at the next turn of the loop; then calls `on_written`.
  void flush_soon();

  /// Bytes that the kernel has taken and the peer has not acknowledged.
  [[nodiscard]] std::size_t kernel_backlog() const;

  /// Position in the stream up to which the peer's kernel has everything. Asks the kernel.
  [[nodiscard]] std::uint64_t acknowledged() const;

  /// Whether the peer has taken at least `bytes` since `begin_pace`, or since it was asked last.
  void begin_pace() { paced_ = acknowledged(); }
  [[nodiscard]] bool keeps_pace(std::uint64_t bytes);

  /// Writing failed once: what was queued is lost.
  [[nodiscard]] bool broken() const noexcept { return broken_; }

  /// Half-closes; call when the outbox is empty.
  void finish_sending();

  // -- ending -----------------------------------------------------------------

  /// Closes the socket; with `reset` the peer learns that something was lost. Calls nobody any more.
  void close(bool reset = false);

  [[nodiscard]] bool is_open() const noexcept { return bytes_ != nullptr; }

  /// Whether the peer has finished sending, also behind unread bytes; or is gone altogether (a reset).
  [[nodiscard]] bool peer_has_finished() const;
  [[nodiscard]] bool peer_is_gone() const;

  /// Gives the socket away, unclosed, with its place. The outbox must be empty.
  std::pair<int, connection_permit> release();

 private:
  void wait_writable();
  void flush_and_tell();
  void fail(boost::system::error_code error);
  bool write_once();

  bool waits_readable_ = false;
  bool waits_writable_ = false;
  bool flushes_soon_ = false;
  bool broken_ = false;
  shard_io_ptr io_;
  std::unique_ptr<byte_stream> bytes_;
  boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> readiness_;
  connection_permit permit_;
  tcp_stream_owner* owner_ = nullptr;
  outbox outbox_;
  std::uint64_t paced_ = 0; // what was acknowledged when `keeps_pace` was asked
};

using tcp_stream_ptr = boost::intrusive_ptr<tcp_stream>;

} // namespace troupe::transports
