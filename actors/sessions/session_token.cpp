#include "actors/sessions/session_token.hpp"

#include "protocol/base64.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace troupe::actors {

std::string new_secret() {
  std::array<char, 16> bytes{};
  std::size_t got = 0;
  while (got < bytes.size()) {
    const auto n = ::getrandom(bytes.data() + got, bytes.size() - got, 0);
    if (n < 0 && errno != EINTR)
      throw std::runtime_error("getrandom failed");
    got += n > 0 ? static_cast<std::size_t>(n) : 0;
  }
  std::string text;
  protocol::append_base64url(text, {bytes.data(), bytes.size()});
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
  if (token.size() > 64 || dot == std::string_view::npos)
    return std::nullopt;
  const auto id = parse_session_id(token.substr(0, dot));
  if (!id)
    return std::nullopt;
  return token_parts{*id, token.substr(dot + 1)};
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
