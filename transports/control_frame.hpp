#pragma once
/// The control frames a server sends of its own accord (RFC 6455 section 5.5). Pure; thread: any.

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::transports {

inline constexpr std::string_view ping_frame{"\x89\x00", 2};

/// `code` 0: a close frame without status. A reason that is too long is cut between two characters; one that is no
/// UTF-8 is left out.
[[nodiscard]] std::string close_frame(std::uint16_t code, std::string_view reason);

/// Whether `text` breaks off within a UTF-8 character; everything before must be valid.
[[nodiscard]] bool ends_within_character(std::string_view text) noexcept;

} // namespace troupe::transports
