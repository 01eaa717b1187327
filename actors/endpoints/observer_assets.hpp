#pragma once

#include "actors/endpoints/asset.hpp"

namespace troupe::actors {

/// The observer's page and what it loads (server/observer).
[[nodiscard]] std::span<const asset> observer_assets() noexcept;

} // namespace troupe::actors
