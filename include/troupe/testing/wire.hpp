#pragma once

#include <array>
#include <cstdint>
#include <iosfwd>
#include <string_view>

namespace troupe::testing {

/// How a client reaches a node under test, and in which form it is told. Commands of the last two go by `POST /send`.
enum class wire : std::uint8_t { websocket_json, websocket_msgpack, event_stream, poll };

/// For tests that hold on each:  for (const auto over : all_wires) …
inline constexpr std::array all_wires{wire::websocket_json, wire::websocket_msgpack, wire::event_stream, wire::poll};

[[nodiscard]] std::string_view to_string(wire over) noexcept;
std::ostream& operator<<(std::ostream& out, wire over);

} // namespace troupe::testing
