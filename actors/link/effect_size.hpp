#pragma once
/// What an effect carries, in bytes, for credit. Pure.

#include "actors/messages/link_batches.hpp"

namespace troupe::actors {

[[nodiscard]] std::size_t size_of(const effect& what);

} // namespace troupe::actors
