#pragma once
/// How many threads a node has where its settings leave that to the machine.

#include "config/settings.hpp"

namespace troupe::config {

/// An I/O thread's number has a byte in the ids of its sessions.
inline constexpr std::size_t shards_max = 256;

/// Cores that this process may use; at least one.
[[nodiscard]] std::size_t usable_cores();

/// The I/O threads of a node with these settings.
[[nodiscard]] std::size_t shards_of(const settings& s);

} // namespace troupe::config
