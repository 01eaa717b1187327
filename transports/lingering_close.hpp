#pragma once

#include "transports/tcp_stream.hpp"

namespace troupe::transports {

/// The end of a connection after the last byte was written: says so, reads until the peer has closed as well, so that
/// no reset overtakes what was sent (RFC 9112 section 9.6), and closes at the latest after the closing time.
///
/// Owner: itself, on the list of its shard_io. Thread: the I/O thread of its shard.
class lingering_close final : public tcp_stream_owner, public tracked_connection, public deadline_entry {
 public:
  /// The outbox of `line` is empty.
  static void say(shard_io& io, tcp_stream_ptr tcp);

 private:
  explicit lingering_close(tcp_stream_ptr tcp) noexcept : tcp_(std::move(tcp)) {}

  void on_readable() override;
  void on_written() override {}
  void on_broken(boost::system::error_code) override { end(); }
  void on_deadline() override { end(); }
  void evict() override { end(); }
  void end();

  shard_io* io_ = nullptr;
  tcp_stream_ptr tcp_;
};

} // namespace troupe::transports
