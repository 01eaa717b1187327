#pragma once

#include "protocol/messages.hpp"
#include "transports/chunk.hpp"

#include <troupe/member.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace troupe::actors {

class session;

/// Bytes of a client's connection, as it has it now; of polls: of the answers so far.
struct traffic {
  std::uint64_t received = 0, sent = 0;
};

/// How a session reaches its client: a WebSocket, an event stream, or the polls that come and go.
///
/// The session decides what is said; a delivery knows when and in which bytes. A session has one at a time: when its
/// client comes back over another, that takes its place.
/// Owner: the session. Thread: the shard's.
/// To add a transport: a delivery, its endpoint in endpoints/, a line in the test that enumerates transports.
class delivery {
 public:
  virtual ~delivery() = default;

  /// Writes what subscriptions have to say, as far as there is room, and hands it to the kernel.
  virtual void deliver() = 0;

  /// Says something that jumps ahead of what waits: welcome, answers to pings, decode errors, closing.
  virtual void say(const protocol::server_message& m) = 0;

  /// Its client takes nothing just now: what comes waits in the logs.
  [[nodiscard]] virtual bool blocked() const { return false; }

  /// How long its client has taken nothing although something is there for it; asked about once a second.
  [[nodiscard]] virtual std::chrono::milliseconds taken_nothing_for() { return std::chrono::milliseconds{0}; }

  [[nodiscard]] virtual transport_kind transport() const = 0;

  // -- changing places --------------------------------------------------------

  /// From now on it is that session's.
  virtual void serve(session& owner) = 0;

  /// Its client goes on over another, behind message `received`: what only this one knows of that is handed over.
  /// False: not known any more.
  virtual bool hand_over(std::uint64_t received) { return (void)received, true; }

  /// Its client has come back over this one: it hears so before anything else.
  virtual void resumed(const protocol::resumed& m) { (void)m; }

  // -- knowing ----------------------------------------------------------------

  /// Adds the chunks of logs that wait in the socket of its client; the same may come twice.
  virtual void add_chunks(std::vector<const transports::chunk*>& into) const { (void)into; }

  /// A join was answered, either way (streams and polls open when the last one was).
  virtual void join_settled(const protocol::error* refusal) { (void)refusal; }

  /// A command was completed: the client may send more.
  virtual void command_completed() {}

  /// Whether what it writes says which channel it is of: else the client may not enter another.
  [[nodiscard]] virtual bool names_channels() const { return true; }

  /// How many channels its client may be in, if that is fewer than a session's own limit.
  [[nodiscard]] virtual std::size_t channels_max() const { return std::numeric_limits<std::size_t>::max(); }

  /// Ends the client's connection; what was said before is written first.
  virtual void end(protocol::close_code code, std::string_view reason) = 0;

  [[nodiscard]] virtual std::size_t queued() const = 0; ///< bytes
  /// Kept in memory until its client asks, beside what its session counts.
  [[nodiscard]] virtual std::size_t held_bytes() const { return 0; }
  [[nodiscard]] virtual traffic moved() const { return {}; }
  [[nodiscard]] virtual bool attached() const = 0;      ///< a connection or a waiting poll is there
};

} // namespace troupe::actors
