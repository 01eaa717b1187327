#pragma once
/// A client that speaks raw WebSocket frames: it sends whatever it is told, right or wrong.

#include "tests/transports/client.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe::transports::test {

/// A frame as a client sends it, masked with a fixed key; every part can be made wrong.
struct client_frame {
  unsigned first = 0x81; ///< FIN, reserved bits, opcode
  std::string payload{};
  bool masked = true;
  unsigned length_bytes = 0;                ///< 0: the shortest; 2 or 8: that many, whatever the length
  std::optional<std::uint64_t> announced{}; ///< a length that is not the payload's

  [[nodiscard]] std::string bytes() const;
};

std::string text_frame(std::string_view payload);
std::string binary_frame(std::string_view payload);
std::string ping(std::string_view payload = {});
std::string pong(std::string_view payload = {});
std::string close(unsigned code, std::string_view reason = {});

/// A frame as the server sends it.
struct server_frame {
  unsigned opcode = 0;
  std::string payload{};

  /// `text hello`, `pong x`, `close 1002`; long payloads as their size: `text [65536]`.
  [[nodiscard]] std::string text() const;
};

class websocket_client {
 public:
  explicit websocket_client(std::uint16_t port, std::string_view path = "/ws", int receive_buffer = 0,
                            std::string_view more_headers = {}, int segment = 0);

  client& line() noexcept { return line_; }
  bool send(std::string_view bytes, std::size_t step = SIZE_MAX) { return line_.send(bytes, step); }

  /// The next frame; nothing at the end.
  std::optional<server_frame> frame();

  /// `frame().text()`, or `end`, or `reset`.
  std::string hear();

  /// All frames up to the end, separated by commas.
  std::string hear_all();

 private:
  client line_;
};

/// The request that opens a WebSocket on `path`.
std::string upgrade_request(std::string_view path = "/ws", std::string_view more_headers = {});

} // namespace troupe::transports::test
