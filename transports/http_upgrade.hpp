#pragma once
/// Whether a request asks to become a WebSocket, and whether it may (RFC 6455 section 4.2.1). Pure; thread: any.

#include "transports/http_header.hpp"

#include <optional>

namespace troupe::transports {

/// The version this server speaks, named in a 426.
inline constexpr char websocket_version[] = "13";

/// An Upgrade header that names websocket.
[[nodiscard]] bool asks_for_websocket(const http_head& head);

/// What is wrong with such a request; a 426 needs a Sec-WebSocket-Version header.
[[nodiscard]] std::optional<http_refusal> check_websocket_upgrade(const http_head& head);

} // namespace troupe::transports
