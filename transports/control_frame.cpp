#include "transports/control_frame.hpp"

#include "protocol/names.hpp"

#include <algorithm>

namespace troupe::transports {

namespace {

constexpr std::size_t reason_bytes_max = 123; // 125 less the code
constexpr std::size_t character_bytes_max = 4;

unsigned char byte_of(char c) { return static_cast<unsigned char>(c); }

bool continues(char c) { return (byte_of(c) & 0xc0) == 0x80; }

/// Of the character that begins with `c`.
std::size_t length_of(char c) {
  const unsigned char byte = byte_of(c);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

std::string_view cut(std::string_view reason) {
  if (!protocol::is_utf8(reason))
    return {};
  std::size_t n = std::min(reason.size(), reason_bytes_max);
  while (n < reason.size() && n > 0 && continues(reason[n]))
    --n;
  return reason.substr(0, n);
}

} // namespace

std::string close_frame(std::uint16_t code, std::string_view reason) {
  std::string frame("\x88\x00", 2);
  if (code == 0)
    return frame;
  frame += static_cast<char>(code >> 8);
  frame += static_cast<char>(code & 0xff);
  frame += cut(reason);
  frame[1] = static_cast<char>(frame.size() - 2);
  return frame;
}

bool ends_within_character(std::string_view text) noexcept {
  for (std::size_t back = 1; back <= std::min(text.size(), character_bytes_max); ++back) {
    const char c = text[text.size() - back];
    if (!continues(c))
      return length_of(c) > back;
  }
  return false;
}

} // namespace troupe::transports
