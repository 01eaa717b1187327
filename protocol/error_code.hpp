#pragma once
/// Error codes and close codes of troupe.v1: the one table in code (docs/protocol.md shows the same; a test compares).

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::protocol {

/// Why a command was refused. The name is what goes over the wire.
enum class error_code : std::uint8_t {
  bad_message,        ///< not JSON or msgpack, a key missing or of the wrong type; the message names it
  unknown_action,     ///< `action` is none of ours
  unknown_event,      ///< the channel has no handler for the event of a call
  bad_channel,        ///< not a channel name, or no namespace has it
  not_joined,         ///< subscribe first
  already_subscribed, ///< subscribed before, or being subscribed
  refused,            ///< the channel, or its namespace, said no
  unauthorised,       ///< credentials missing or wrong
  expired,            ///< credentials or session no longer valid
  too_large,          ///< over the message limit
  limit,              ///< another limit of this client or node; the message names it
  busy,               ///< too many commands wait for this channel: try again
  timeout,            ///< no answer within the deadline
  unavailable,        ///< the channel or node cannot serve now: try again
  not_found,          ///< nothing of that name
  internal,           ///< a handler failed; the channel goes on
};

inline constexpr int error_code_count = 16;

[[nodiscard]] std::string_view to_string(error_code code) noexcept;

/// HTTP status of an error on the HTTP endpoints (400, 401, 403, 404, 409, 413, 429, 500, 503, 504).
[[nodiscard]] int http_status(error_code code) noexcept;

/// An error as a value: `message` says which rule was broken, in words for the client's author.
struct failure {
  error_code code = error_code::internal;
  std::string message;
};

/// WebSocket close codes (RFC 6455 section 7.4; 4000-4999 are ours).
enum class close_code : std::uint16_t {
  none = 0,        ///< the transport ended without a close (RFC 6455: 1005, 1006)
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported = 1003,
  bad_payload = 1007,
  policy = 1008,
  too_large = 1009,
  internal = 1011,
  replaced = 4000,
  heartbeat_lost = 4001,
  overflow = 4002,
  kicked = 4003,
  refused = 4004,
  expired = 4005,
  rate = 4008,
};

/// Whether a client that was closed with `code` may connect again by itself.
[[nodiscard]] bool may_retry(close_code code) noexcept;

/// The reason sent along with `code` where nothing more precise is known.
[[nodiscard]] std::string_view default_reason(close_code code) noexcept;

} // namespace troupe::protocol
