#pragma once
/// Error codes and close codes of troupe.v1: the one table in code (docs/protocol.md shows the same; a test compares).

#include <troupe/error_code.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::protocol {

using troupe::error_code;
using troupe::failure;

inline constexpr int error_code_count = 16;

[[nodiscard]] std::string_view to_string(error_code code) noexcept;

/// HTTP status of an error on the HTTP endpoints (400, 401, 403, 404, 409, 413, 429, 500, 503, 504).
[[nodiscard]] int http_status(error_code code) noexcept;

/// Milliseconds after which another try makes sense: what the failure says, else the usual pause of its code. None: a
/// code that another try does not change.
[[nodiscard]] std::optional<std::int64_t> retry_after(const failure& why) noexcept;

/// The same in whole seconds, at least 1: the header `Retry-After`.
[[nodiscard]] std::optional<std::int64_t> retry_after_seconds(const failure& why) noexcept;

/// WebSocket close codes (RFC 6455 section 7.4; 4000-4999 are ours).
enum class close_code : std::uint16_t {
  none = 0,        ///< the transport ended without a close (RFC 6455: 1005, 1006)
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  bad_payload = 1007,
  too_large = 1009,
  internal = 1011,
  replaced = 4000,
  heartbeat_lost = 4001,
  overflow = 4002,
  kicked = 4003,
  too_fast = 4008,
};

/// Whether a client that was closed with `code` may connect again by itself.
[[nodiscard]] bool may_retry(close_code code) noexcept;

/// Whether it says that this client is not wanted back: what transports without close codes are told in words.
[[nodiscard]] bool keeps_away(close_code code) noexcept;

/// The reason sent along with `code` where nothing more precise is known.
[[nodiscard]] std::string_view default_reason(close_code code) noexcept;

} // namespace troupe::protocol
