#pragma once
/// One way to exchange messages with a node.
///
/// Thread: the session's, all of it. Nothing is told to a sink from within `open`, `send` or `close`.

#include "clients/cpp/core/command.hpp"
#include "clients/cpp/core/heartbeat.hpp"
#include "clients/cpp/core/node_message.hpp"

#include <troupe/client_options.hpp>

#include <functional>
#include <map>
#include <memory>

namespace troupe::clients {

/// Goes on with a session; answered `resumed`, or `expired` where that has gone.
struct resumption {
  command_id id = 0;
  std::string token{};
  std::uint64_t received = 0; ///< messages that were had since its `welcome`
  std::uint64_t attempt = 0;  ///< which it is to come back to that session: one that was given up may arrive late
  std::map<std::string, position> positions{};
};

/// What an attempt needs to know.
struct opening {
  std::optional<resumption> resume{};
};

/// Why a connection ended.
struct ending {
  std::string reason{};
  std::optional<int> code{}; ///< a WebSocket's close code
  std::string error{};       ///< why the node refused, as docs/protocol.md names it
  std::optional<milliseconds> retry_after{};
};

/// Hears one connection: `welcome` first, then the node's messages as on a WebSocket, then `closed`, once.
struct sink {
  std::function<void(node_message)> message;
  std::function<void(node_message)> answer; ///< one that comes another way than what `resume` counts
  std::function<void()> alive;              ///< bytes came, if only to show that the connection lives
  std::function<void(ending)> closed;
};

class connection {
 public:
  virtual ~connection() = default;

  /// Commands for one channel arrive in the order in which they were sent.
  virtual void send(const command& what) = 0;

  /// So many bytes wait for the network.
  [[nodiscard]] virtual std::size_t waiting() const = 0;

  /// Nothing is told to the sink any more. `goodbye`: the session ends, too; else it may be resumed.
  virtual void close(bool goodbye) = 0;
};

/// A connection that fails to open is `closed` without a `welcome`.
class transport {
 public:
  virtual ~transport() = default;

  [[nodiscard]] virtual client_transport kind() const noexcept = 0;

  /// `heartbeat`: what the node said of it.
  [[nodiscard]] virtual pulse pulse_of(std::optional<milliseconds> heartbeat) const = 0;

  [[nodiscard]] virtual std::shared_ptr<connection> open(opening what, sink to) = 0;
};

} // namespace troupe::clients
