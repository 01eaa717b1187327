#pragma once
/// A client that speaks troupe.v1 over a real WebSocket, JSON or msgpack; it answers pings and closes while it listens.

#include "tests/server/running_node.hpp"
#include "tests/transports/websocket_client.hpp"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace troupe::server::test {

inline constexpr const char* as_json = "troupe.v1.json";
inline constexpr const char* as_msgpack = "troupe.v1.msgpack";
inline constexpr const char* plain = ""; ///< no subprotocol

class web_socket {
 public:
  /// `receive_buffer` and `segment` as for `client`.
  explicit web_socket(std::uint16_t port, std::string_view subprotocol = as_json, std::string_view path = "/ws",
                      int receive_buffer = 0, int segment = 0);

  [[nodiscard]] const json& welcome() const noexcept { return welcome_; }
  [[nodiscard]] std::uint64_t session() const { return std::stoull(welcome_["session"].get<std::string>().substr(1)); }

  // -- saying -----------------------------------------------------------------

  void say(const json& message);
  void say_raw(std::string_view text) { line_.send(transports::test::text_frame(text)); }

  /// Says it with an id and returns what has that id; what comes before is heard later.
  json ask(json message);

  void join(std::string_view channel);

  // -- hearing ----------------------------------------------------------------

  /// The next message; nothing at the end.
  std::optional<json> try_hear();
  json hear(); ///< there must be one

  /// The next message of a type; those before it are forgotten.
  json hear(std::string_view type);

  /// Skips to the end: `close 1001`, `reset` or `end`.
  std::string end();

  transports::test::websocket_client& line() noexcept { return line_; }

 private:
  std::optional<json> read();

  transports::test::websocket_client line_;
  const bool msgpack_;
  std::deque<json> kept_;
  std::string last_; // how it ended
  std::uint64_t last_id_ = 0;
  json welcome_; // heard when all of the above is there
};

} // namespace troupe::server::test
