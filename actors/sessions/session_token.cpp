#include "actors/sessions/session_token.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <stdexcept>

namespace troupe::actors {

std::string new_secret() {
  std::array<unsigned char, 16> bytes{};
  std::size_t got = 0;
  while (got < bytes.size()) {
    const auto n = ::getrandom(bytes.data() + got, bytes.size() - got, 0);
    if (n < 0 && errno != EINTR)
      throw std::runtime_error("getrandom failed");
    got += n > 0 ? static_cast<std::size_t>(n) : 0;
  }
  static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  unsigned bits = 0, held = 0;
  for (const auto byte : bytes) {
    bits = bits << 8 | byte;
    for (held += 8; held >= 6; held -= 6)
      text += alphabet[bits >> (held - 6) & 63];
  }
  text += alphabet[bits << (6 - held) & 63];
  return text;
}

std::string make_token(session_id id, std::string_view secret) {
  auto token = to_string(id);
  token += '.';
  token += secret;
  return token;
}

std::optional<token_parts> parse_token(std::string_view token) noexcept {
  const auto dot = token.find('.');
  if (token.size() > 64 || dot == std::string_view::npos || dot < 2 || token[0] != 's')
    return std::nullopt;
  token_parts parts{{}, token.substr(dot + 1)};
  const auto* end = token.data() + dot;
  const auto read = std::from_chars(token.data() + 1, end, parts.id.value);
  if (read.ec != std::errc{} || read.ptr != end || !parts.id)
    return std::nullopt;
  return parts;
}

bool same_secret(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size())
    return false;
  unsigned different = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    different |= static_cast<unsigned char>(a[i] ^ b[i]);
  return different == 0;
}

} // namespace troupe::actors
