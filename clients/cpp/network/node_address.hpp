#pragma once
/// Where a node is: `https://node.example:8443/below/`. A value.

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::clients {

struct node_address {
  std::string host; ///< a name or an address, IPv6 without brackets
  std::string port;
  std::string path = "/"; ///< begins and ends with a slash
  bool is_tls = false;

  /// As `Host` says it: without a port that is the scheme's own.
  [[nodiscard]] std::string authority() const;

  /// Throws std::invalid_argument, in words, for what is no http, https, ws or wss address.
  [[nodiscard]] static node_address of(std::string_view url);
};

} // namespace troupe::clients
