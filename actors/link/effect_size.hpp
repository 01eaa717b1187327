#pragma once
// What is said, in bytes, for credit and for bounds. Pure.

#include "actors/messages/link_batches.hpp"

namespace troupe::actors {

/// All that an effect keeps in memory, roughly.
[[nodiscard]] std::size_t size_of(const effect& what);

/// What it keeps beside itself, roughly.
[[nodiscard]] std::size_t size_of(const protocol::presence_change& c);

/// What a message to one client keeps in memory beside itself, roughly.
[[nodiscard]] std::size_t size_of(const protocol::server_message& m);

} // namespace troupe::actors
