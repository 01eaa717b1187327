#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::actors {

/// Who had a channel started: the client that first named it. For fair shares, never for rights: an address authorises
/// nothing. Both zero: the node itself, or its API.
struct starter {
  std::uint64_t address = 0; ///< see address_of
  std::uint64_t session = 0;

  friend bool operator==(const starter&, const starter&) = default;
};

/// A number for the host of `peer` (`address:port`): of an IPv6 address its /64, since one host has all of that. Never 0.
[[nodiscard]] std::uint64_t address_of(std::string_view peer) noexcept;

} // namespace troupe::actors
