#pragma once

#include "config/settings.hpp"
#include "transports/byte_stream.hpp"
#include "transports/io_loop.hpp"
#include "transports/request_handler.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::transports {

/// One loop and who answers there.
struct listener_binding {
  io_loop* loop = nullptr; ///< outlives the server and its connections
  transports::request_handler* handler = nullptr; ///< outlives the loop's thread
  byte_stream_factory byte_streams{};    ///< how sockets move bytes: TLS, or a test's failing ones; empty: plain
};

/// The sockets of a node: one SO_REUSEPORT listener per I/O loop, and the connections they accept.
///
/// Owner: the node. Thread: construction and the calls below from one control thread while the loops run; the work
/// happens on the loops. Connections never throw into the handler; handlers never see a socket.
class server {
 public:
  server(const config::settings& settings, std::vector<listener_binding> bindings);
  ~server();

  /// Binds and listens on every loop. Throws std::runtime_error with a sentence for the operator (address in use by
  /// another instance: probed first without SO_REUSEPORT unless `listen.shared`).
  void listen();

  /// The port in use: tests and `port = 0` ask.
  [[nodiscard]] std::uint16_t port() const noexcept;

  /// Accepts what the backlogs hold, then closes the listeners; calls `done` from a loop's thread when all did.
  void stop_listening(std::function<void()> done);

  /// Closes idle keep-alive connections and those still reading a request: the last step of a drain.
  void close_idle();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// The soft open-file limit.
[[nodiscard]] std::size_t open_file_limit();

/// Raises it to the hard one. Returns the limit in force.
std::size_t raise_open_file_limit();

} // namespace troupe::transports
