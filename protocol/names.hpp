#pragma once
/// The grammar of names that clients choose, and of namespace patterns. Pure; thread: any.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::protocol {

inline constexpr std::size_t channel_name_bytes_max = 255;
inline constexpr std::size_t event_name_bytes_max = 64;
inline constexpr std::size_t key_bytes_max = 128;
inline constexpr std::size_t id_bytes_max = 64;

/// Valid UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// Why `name` is no channel name; nothing if it is one: 1-255 bytes of UTF-8 without control characters
/// (C0, DEL, C1) and without U+2028, U+2029. Spaces, `/`, `%` and `&` are allowed.
[[nodiscard]] std::optional<std::string> channel_name_error(std::string_view name);

/// The same for event names (0-64 bytes; empty is "none").
[[nodiscard]] std::optional<std::string> event_name_error(std::string_view name);

/// `open`, `error`, `gap` and `$…` mean something on a stream already; clients and applications may not publish them.
[[nodiscard]] bool is_reserved_event(std::string_view name) noexcept;

/// The id of an event stream whose client is to stay away; no position looks like it. An EventSource comes again all the
/// same, and says it: only an answer without content ends one.
inline constexpr std::string_view stream_is_over = "over";

/// The channel that is a user's inbox.
[[nodiscard]] std::string inbox_of(std::string_view user);
[[nodiscard]] bool is_inbox(std::string_view channel) noexcept;

/// A namespace pattern: a literal name, or a prefix that ends in `*` (`room:*`). No other wildcard.
[[nodiscard]] std::optional<std::string> pattern_error(std::string_view pattern);

} // namespace troupe::protocol
