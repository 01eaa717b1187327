#pragma once
/// Base64 (RFC 4648 section 4, with padding): how bytes travel in JSON. Pure; thread: any.

#include <optional>
#include <string>
#include <string_view>

namespace troupe::protocol {

void append_base64(std::string& out, std::string_view bytes);

/// Nothing unless `text` is canonical: whole groups, padding, unused bits zero. Padding may be left out.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

} // namespace troupe::protocol
