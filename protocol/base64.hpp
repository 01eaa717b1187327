#pragma once
/// Base64: how bytes travel in JSON and in addresses. Pure; thread: any.

#include <optional>
#include <string>
#include <string_view>

namespace troupe::protocol {

/// RFC 4648 section 4, with padding.
void append_base64(std::string& out, std::string_view bytes);

/// Nothing unless `text` is canonical: whole groups, padding, unused bits zero. Padding may be left out.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

/// RFC 4648 section 5, without padding: safe in a query.
void append_base64url(std::string& out, std::string_view bytes);
[[nodiscard]] std::optional<std::string> decode_base64url(std::string_view text);

} // namespace troupe::protocol
