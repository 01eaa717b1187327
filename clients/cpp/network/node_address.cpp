#include "clients/cpp/network/node_address.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace troupe::clients {

namespace {

[[noreturn]] void refuse(std::string_view url, const char* why) {
  throw std::invalid_argument("no node's address, " + std::string{why} + ": " + std::string{url});
}

bool is_port(std::string_view text) {
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && number > 0;
}

bool is_clean(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

/// Takes the scheme off; whether it is one with TLS.
bool take_scheme(std::string_view& rest) {
  for (const auto& [scheme, is_tls] :
       {std::pair<std::string_view, bool>{"https://", true}, {"wss://", true}, {"http://", false}, {"ws://", false}})
    if (rest.starts_with(scheme)) {
      rest.remove_prefix(scheme.size());
      return is_tls;
    }
  refuse(rest, "it begins with neither http nor ws");
}

} // namespace

node_address node_address::of(std::string_view url) {
  node_address to;
  auto rest = url;
  to.is_tls = take_scheme(rest);
  if (!is_clean(rest))
    refuse(url, "it has spaces or signs beyond ASCII");
  if (rest.find_first_of("?#@") != std::string_view::npos)
    refuse(url, "a query, fragment or user means nothing here");
  const auto slash = std::min(rest.find('/'), rest.size());
  auto authority = rest.substr(0, slash);
  to.path = std::string{rest.substr(slash)};
  if (!to.path.ends_with('/'))
    to.path += '/';
  std::string_view port;
  const bool is_v6 = authority.starts_with('[');
  const auto end = is_v6 ? authority.find(']') : std::min(authority.find(':'), authority.size());
  if (end == std::string_view::npos)
    refuse(url, "a bracket is open");
  to.host = std::string{authority.substr(is_v6 ? 1 : 0, is_v6 ? end - 1 : end)};
  authority.remove_prefix(end + (is_v6 ? 1 : 0));
  if (!authority.empty() && (!authority.starts_with(':') || !is_port(port = authority.substr(1))))
    refuse(url, "its port is none");
  if (to.host.empty())
    refuse(url, "it has no host");
  to.port = port.empty() ? (to.is_tls ? "443" : "80") : std::string{port};
  return to;
}

std::string node_address::authority() const {
  const auto name = host.find(':') == std::string::npos ? host : '[' + host + ']';
  return port == (is_tls ? "443" : "80") ? name : name + ':' + port;
}

} // namespace troupe::clients
