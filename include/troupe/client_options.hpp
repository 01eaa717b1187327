#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// The ways to a node, best first.
enum class client_transport : std::uint8_t { websocket, sse, poll };

[[nodiscard]] const char* to_string(client_transport t) noexcept;

/// How much a client holds, and what happens beyond it.
struct client_limits {
  std::size_t queue =
      256; ///< commands that wait to be sent; beyond: `queue_full`. 0: what cannot go at once is `disconnected`
  std::size_t command_bytes = 16 << 20; ///< of all commands without an answer; beyond: `queue_full`
  std::size_t in_flight = 16;           ///< commands that wait for their answer; the others wait to be sent
  std::size_t outgoing_bytes = 1 << 20; ///< in the socket's queue; beyond: `busy` for what is `now_or_never`
  std::size_t message_bytes = 16 << 20; ///< of one message of the node; beyond: the connection is given up
  std::size_t held_messages = 4096;     ///< of a channel, before its `subscribed`; beyond: a gap
  std::size_t callbacks = 4096;         ///< that wait for their thread; beyond: nothing more is read from the network
  std::size_t members = 100'000;        ///< that `presence` reads; beyond: `too_large`
};

/// How long a client waits, in milliseconds.
struct client_times {
  std::chrono::milliseconds connect{8'000};      ///< for a silent attempt, before the next transport
  std::chrono::milliseconds call{10'000};        ///< for the answer to a call that does not say
  std::chrono::milliseconds http_answer{30'000}; ///< for the answer to a command by POST, beyond a call's own time
  std::chrono::milliseconds heartbeat{25'000};   ///< silence of a WebSocket before a ping, where the node does not say
  std::chrono::milliseconds patience{10'000};    ///< for the answer to that ping
  std::chrono::milliseconds backoff{1'000};      ///< the first pause is anything up to this; it doubles …
  std::chrono::milliseconds backoff_longest{30'000}; ///< … up to this
  std::chrono::milliseconds probe{30'000}; ///< before a better transport is tried beside the one that works; doubles …
  std::chrono::milliseconds probe_longest{600'000}; ///< … up to this
  std::chrono::milliseconds goodbye{500};           ///< at most, for the node to hear that we go
};

/// TLS of `https` and `wss` addresses.
struct client_tls {
  std::string ca_file{}; ///< PEM; empty: what the system trusts
  bool verify = true;    ///< false: anybody may be the node; for tests
};

/// How a client connects, and where its callbacks run. A value; read once, by the client's constructor.
struct client_options {
  std::string url = "http://127.0.0.1:8080"; ///< http(s) or ws(s), perhaps with a path below which the node is

  /// Shows who we are. `token_source` is asked anew for each connection, where callbacks run; what it throws is told as
  /// the state's reason, and it is asked again later.
  std::string token{};
  std::function<std::string()> token_source{};

  std::vector<client_transport> transports{client_transport::websocket, client_transport::sse, client_transport::poll};
  bool msgpack = false; ///< WebSockets only; the others are JSON always

  std::vector<std::pair<std::string, std::string>> headers{}; ///< of every request: a cookie, say
  client_tls tls{};

  /// Where callbacks run, one after the other in any case. Neither: on a thread of the client's own. `executor` gets
  /// pieces of work, each to be called once, on whatever thread; `polled`: within `client::poll`, where and when the
  /// application calls it.
  std::function<void(std::function<void()>)> executor{};
  bool polled = false;

  client_limits limits{};
  client_times times{};
};

} // namespace troupe
