#pragma once
/// The control frames a server sends of its own accord (RFC 6455 section 5.5). Pure; thread: any.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::transports {

inline constexpr std::string_view ping_frame{"\x89\x00", 2};

/// `code` 0: a close frame without status. A reason that is too long is cut between two characters; one that is no
/// UTF-8 is left out.
[[nodiscard]] std::string close_frame(std::uint16_t code, std::string_view reason);

/// The answer to a ping; `payload` has at most 125 bytes.
[[nodiscard]] std::string pong_frame(std::string_view payload);

/// How many bytes at the end of `text` begin a UTF-8 character that does not end there; everything before is complete.
[[nodiscard]] std::size_t incomplete_bytes(std::string_view text) noexcept;

} // namespace troupe::transports
