#pragma once
/// How commands and messages are written: JSON text, or msgpack maps with the same keys. Pure; thread: any.

#include "clients/cpp/core/node_message.hpp"

namespace troupe::clients {

enum class codec : std::uint8_t { json, msgpack };

/// The WebSocket's subprotocol.
[[nodiscard]] const char* subprotocol(codec c) noexcept;

[[nodiscard]] std::string encode(codec c, const command& what);

/// The message, or in words why it is none of ours.
[[nodiscard]] tl::expected<node_message, std::string> decode(codec c, std::string_view bytes);

/// A message that is a part of a JSON document which was parsed before: an element of a poll's answer.
[[nodiscard]] node_message read_message(const nlohmann::json& tree);

} // namespace troupe::clients
