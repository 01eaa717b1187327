#pragma once
/// What the transports need of a network: HTTP requests and WebSockets to one node. Implemented with sockets in
/// clients/cpp/network/, and by tests.
///
/// Thread: the session's. Nothing is told from within the function that begins something. Destroying what is returned
/// gives it up: nothing is told any more, also not what is being told just now.

#include "clients/cpp/core/clock.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::clients {

struct http_request {
  std::string method = "GET";
  std::string target; ///< below the node's address, with its query: `poll?cursor=…`
  std::string accept = "application/json";
  std::string body{};           ///< JSON
  bool waits_for_reader = true; ///< nothing of its answer is read while the application is behind
  bool is_stream = false;       ///< its answer has no end, hence no bound
};

struct http_head {
  unsigned status = 0;
  std::optional<milliseconds> retry_after{};
};

/// `head` once, `body` in pieces as they come, then `end`; or, at any time, `failed`.
struct http_listener {
  std::function<void(http_head)> head;
  std::function<void(std::string_view)> body;
  std::function<void()> end;
  std::function<void(std::string why)> failed;
};

class http_call {
 public:
  virtual ~http_call() = default;
};

/// `opened`, then messages, then `closed` once, with the close code if one came.
struct socket_listener {
  std::function<void()> opened;
  std::function<void(std::string_view bytes, bool binary)> message;
  std::function<void()> alive;
  std::function<void(std::optional<int> code, std::string why)> closed;
};

class socket {
 public:
  /// Gives it up at once, unless it was closed before: what was sent then still goes, and the close after it.
  virtual ~socket() = default;
  virtual void send(std::string bytes, bool binary) = 0;
  [[nodiscard]] virtual std::size_t waiting() const = 0; ///< bytes
  virtual void close(std::uint16_t code) = 0;
};

class network {
 public:
  virtual ~network() = default;
  [[nodiscard]] virtual std::unique_ptr<http_call> request(http_request what, http_listener to) = 0;
  [[nodiscard]] virtual std::unique_ptr<socket> open(std::string target, std::string subprotocol,
                                                     socket_listener to) = 0;
};

} // namespace troupe::clients
