#pragma once

#include "transports/accept_pace.hpp"
#include "transports/connection_permit.hpp"
#include "transports/listening_socket.hpp"
#include "transports/shard_io.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <chrono>
#include <memory>

namespace troupe::transports {

/// The places of a node, shared by its listeners.
struct connection_slots {
  std::size_t max = 0;
  connection_permit::counter taken = std::make_shared<std::atomic<std::size_t>>(0);
  connection_permit::counter refused = std::make_shared<std::atomic<std::size_t>>(0); ///< being told so
};

/// Accepts connections on one loop, as many as the node has places for.
///
/// Owner: the server. Thread: the I/O thread of its shard; `close` also after the loop has ended. In bounded batches,
/// at a bounded
/// pace, so that a rush of clients does not starve those that are here: it waits in the kernel's backlog. Past the limit of
/// connections a client is told 503, and closed; one that asks for an event stream is closed without a status, after which
/// it would not come again.
class listener : public std::enable_shared_from_this<listener> {
 public:
  /// Takes `fd` over, which listens.
  listener(shard_io_ptr io, int fd, connection_slots where, std::size_t accepts_per_second);

  void start() { wait(); }

  /// Accepts what waits in the backlog, and closes.
  void drain();

  void close();

 private:
  using executor = boost::asio::io_context::executor_type;

  void wait();
  void accept_batch();
  bool accept_one();
  void admit(int fd, const socket_address& from);
  void refuse(int fd, const socket_address& from);
  void rest(std::chrono::steady_clock::duration time);

  shard_io_ptr io_;
  boost::asio::posix::basic_stream_descriptor<executor> socket_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                    executor>
      rest_;
  connection_slots slots_;
  accept_pace pace_;
  bool paced_ = false; // it rests for its pace
};

} // namespace troupe::transports
