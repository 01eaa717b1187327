#pragma once

#include "transports/connection.hpp"
#include "transports/tcp_stream.hpp"

#include <memory>
#include <string>

namespace troupe::transports {

/// What a WebSocket and an event stream have in common: bytes into the outbox of a line, pings, and the end.
///
/// Owner: shared; keeps itself alive from `settle` until it has ended. Thread: the I/O thread of its shard.
class push_connection : public connection,
                        public tcp_stream_owner,
                        public tracked_connection,
                        public deadline_entry,
                        public std::enable_shared_from_this<push_connection> {
 public:
  virtual ~push_connection() = default;

  [[nodiscard]] std::size_t queued() const final { return tcp_ ? tcp_->out().size() : 0; }
  [[nodiscard]] std::uint64_t sent() const final { return tcp_ ? tcp_->out().taken() : 0; }
  [[nodiscard]] std::size_t kernel_backlog() const final { return tcp_ ? tcp_->kernel_backlog() : 0; }
  void add_chunks(std::vector<const chunk*>& into) const final {
    if (tcp_)
      tcp_->out().add_chunks(into);
  }
  void write(slice shared) final;
  void write_private(std::string_view bytes) final;
  bool flush() final;
  void abort() final;

 protected:
  push_connection(shard_io_ptr io, tcp_stream_ptr tcp) noexcept : io_(std::move(io)), tcp_(std::move(tcp)) {}

  /// Not after the last that is to be said.
  [[nodiscard]] virtual bool takes_writes() noexcept = 0;

  /// The line is closed, and the user will hear so.
  virtual void on_ended() {}

  /// Opened: keeps itself alive, and is the line's owner.
  void settle();

  /// Queues a ping of these bytes, and tells the user when they are sent.
  void queue_ping(std::string_view bytes);

  /// After the kernel took bytes: whether it has all there is, and the line is still open.
  [[nodiscard]] bool all_written();

  /// To one whose `flush` left something.
  void tell_writable();

  /// The peer lives.
  void tell_activity();
  void tell_pong();

  /// The last is said: the peer has the closing time to take it, and again as long as it takes what it must.
  void begin_closing();

  /// All is said and written: ends in good order.
  void part();

  /// The last step: closes what is open, tells the user, lets go of itself.
  void end(bool reset);
  void end_soon();

  shard_io_ptr io_;
  tcp_stream_ptr tcp_; // null: over
  connection_user* user_ = nullptr;
  protocol::close_code code_ = protocol::close_code::none;
  std::string reason_;

 private:
  void on_broken(boost::system::error_code) final { end(false); }
  void on_deadline() final;
  void evict() final;
  void tell_ping_sent();
  /// Calls the user; an exception of its costs this connection.
  template <class F>
  void tell(F&& what);

  std::shared_ptr<push_connection> self_;
  std::uint64_t ping_end_ = 0; // position in the outbox behind a ping; 0: none
  bool blocked_ = false;       // `flush` said no
};

} // namespace troupe::transports
