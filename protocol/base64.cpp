#include "protocol/base64.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace troupe::protocol {

namespace {

constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view for_urls = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t no_digit = 0xff;

using digit_table = std::array<std::uint8_t, 256>;

constexpr digit_table digits_of(std::string_view alphabet) {
  digit_table table{};
  table.fill(no_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return table;
}

constexpr digit_table plain_digits = digits_of(plain), url_digits = digits_of(for_urls);

constexpr std::uint32_t byte_at(std::string_view bytes, std::size_t i) noexcept {
  return static_cast<unsigned char>(bytes[i]);
}

std::string_view without_padding(std::string_view text) noexcept {
  if (text.size() % 4 == 0)
    for (int i = 0; i < 2 && text.ends_with('='); ++i)
      text.remove_suffix(1);
  return text;
}

void append(std::string& out, std::string_view bytes, std::string_view alphabet) {
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const auto group = byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    for (int shift = 18; shift >= 0; shift -= 6)
      out += alphabet[group >> shift & 63];
  }
  if (const auto rest = bytes.size() - i; rest != 0) {
    const auto group = byte_at(bytes, i) << 16 | (rest == 2 ? byte_at(bytes, i + 1) << 8 : 0);
    out += alphabet[group >> 18 & 63];
    out += alphabet[group >> 12 & 63];
    if (rest == 2)
      out += alphabet[group >> 6 & 63];
  }
}

/// `text` has no padding.
std::optional<std::string> decode(std::string_view text, const digit_table& digits) {
  if (text.size() % 4 == 1)
    return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : text) {
    const auto digit = digits[static_cast<unsigned char>(c)];
    if (digit == no_digit)
      return std::nullopt;
    group = group << 6 | digit;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(group >> bits & 0xff);
    }
    group &= 0xff;
  }
  if ((group & ((1u << bits) - 1)) != 0)
    return std::nullopt;
  return bytes;
}

} // namespace

void append_base64(std::string& out, std::string_view bytes) {
  append(out, bytes, plain);
  out.append((3 - bytes.size() % 3) % 3, '=');
}

std::optional<std::string> decode_base64(std::string_view text) { return decode(without_padding(text), plain_digits); }

void append_base64url(std::string& out, std::string_view bytes) { append(out, bytes, for_urls); }

std::optional<std::string> decode_base64url(std::string_view text) { return decode(text, url_digits); }

} // namespace troupe::protocol
