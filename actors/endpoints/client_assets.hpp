#pragma once

#include "actors/endpoints/asset.hpp"

namespace troupe::actors {

/// The JavaScript client (clients/js): `troupe.js` and its like, with their source maps.
[[nodiscard]] std::span<const asset> client_assets() noexcept;

} // namespace troupe::actors
