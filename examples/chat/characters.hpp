#pragma once
/// How long a text is to people.

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace examples {

/// Unicode characters of valid UTF-8, which all text from clients is: bytes that do not go on with the one before. An
/// emoji may be several.
[[nodiscard]] inline std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char byte) { return (byte & 0xc0) != 0x80; }));
}

} // namespace examples
