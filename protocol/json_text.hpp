#pragma once
/// Appends pieces of JSON text. Pure; thread: any.

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::protocol {

/// `text` if it is UTF-8, else with every byte that is not part of a character replaced by U+FFFD: what an
/// application says in an error or a reason must not make a client drop the connection. `scratch` holds the repair.
[[nodiscard]] std::string_view repaired_utf8(std::string_view text, std::string& scratch);

/// A JSON string with its quotes; control characters, `"` and `\` escaped, the rest as it is (repaired).
void append_json_string(std::string& out, std::string_view text);

void append_json_integer(std::string& out, std::int64_t value);
void append_json_unsigned(std::string& out, std::uint64_t value);

/// The shortest text that reads back as `value`, always with a fraction or exponent; `null` for NaN and infinities.
void append_json_number(std::string& out, double value);
void append_json_number(std::string& out, float value);

} // namespace troupe::protocol
