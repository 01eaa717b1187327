#include "protocol/json_text.hpp"

#include "protocol/names.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace troupe::protocol {

namespace {

/// Bytes that cannot stand in a JSON string as they are.
constexpr bool needs_escape(unsigned char c) noexcept { return c < 0x20 || c == '"' || c == '\\'; }

bool is_ascii(std::string_view text) noexcept {
  unsigned char seen = 0;
  for (const char c : text)
    seen |= static_cast<unsigned char>(c);
  return seen < 0x80;
}

void append_escape(std::string& out, unsigned char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '\\';
  switch (c) {
    case '"': out += '"'; break;
    case '\\': out += '\\'; break;
    case '\b': out += 'b'; break;
    case '\f': out += 'f'; break;
    case '\n': out += 'n'; break;
    case '\r': out += 'r'; break;
    case '\t': out += 't'; break;
    default:
      out += "u00";
      out += hex[c >> 4];
      out += hex[c & 15];
  }
}

/// How many bytes the character that `lead` begins has; 1 for bytes that begin none.
std::size_t character_bytes(unsigned char lead) noexcept {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
}

template <class T>
void append_integer(std::string& out, T value) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

template <class T>
void append_number(std::string& out, T value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos)
    out += ".0";
}

} // namespace

std::string_view repaired_utf8(std::string_view text, std::string& scratch) {
  if (is_ascii(text) || is_utf8(text))
    return text;
  scratch.clear();
  while (!text.empty()) {
    const auto n = character_bytes(static_cast<unsigned char>(text.front()));
    const bool valid = n <= text.size() && is_utf8(text.substr(0, n));
    scratch += valid ? text.substr(0, n) : std::string_view("\xef\xbf\xbd");
    text.remove_prefix(valid ? n : 1);
  }
  return scratch;
}

void append_json_string(std::string& out, std::string_view text) {
  std::string scratch;
  text = repaired_utf8(text, scratch);
  out += '"';
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (!needs_escape(c))
      continue;
    out.append(text, done, i - done);
    append_escape(out, c);
    done = i + 1;
  }
  out.append(text, done);
  out += '"';
}

void append_json_integer(std::string& out, std::int64_t value) { append_integer(out, value); }
void append_json_unsigned(std::string& out, std::uint64_t value) { append_integer(out, value); }
void append_json_number(std::string& out, double value) { append_number(out, value); }
void append_json_number(std::string& out, float value) { append_number(out, value); }

} // namespace troupe::protocol
