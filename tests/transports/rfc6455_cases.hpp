#pragma once
/// What RFC 6455 says a server does, as a table: the bytes of a client, and what it hears until the end.

#include <string>
#include <vector>

namespace troupe::transports::test {

/// `message_bytes_max` of the server in these cases.
inline constexpr std::size_t conformance_message_max = 70'000;

struct conformance_case {
  std::string name;
  std::string bytes;  ///< sent after the handshake
  std::string hears;  ///< frames and `end`, separated by commas; see server_frame::text
  bool stays = false; ///< the connection is still open after that: the test closes it with 1000
};

[[nodiscard]] std::vector<conformance_case> conformance_cases();

} // namespace troupe::transports::test
