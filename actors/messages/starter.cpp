#include "actors/messages/starter.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

namespace troupe::actors {

namespace {

std::string_view without_port(std::string_view peer) {
  if (peer.starts_with('['))
    return peer.substr(1, peer.find(']') - 1);
  const auto colon = peer.rfind(':');
  const bool has_port = colon != std::string_view::npos && peer.find(':') == colon;
  return has_port ? peer.substr(0, colon) : peer;
}

/// FNV-1a, which is enough to tell hosts apart: who makes two collide shares their limit.
std::uint64_t hash(std::string_view bytes) {
  std::uint64_t h = 14695981039346656037u;
  for (const char c : bytes)
    h = (h ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return std::max<std::uint64_t>(h, 1);
}

} // namespace

std::uint64_t address_of(std::string_view peer) noexcept {
  const auto host = without_port(peer);
  std::array<char, INET6_ADDRSTRLEN> text{};
  std::array<char, 16> bytes{};
  if (host.size() >= text.size())
    return hash(host);
  std::copy(host.begin(), host.end(), text.begin());
  if (::inet_pton(AF_INET6, text.data(), bytes.data()) != 1)
    return hash(host);
  constexpr std::array<char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '\xff', '\xff'};
  const bool is_ipv4 = std::equal(mapped.begin(), mapped.end(), bytes.begin());
  return hash(is_ipv4 ? std::string_view{bytes.data(), 16} : std::string_view{bytes.data(), 8});
}

} // namespace troupe::actors
