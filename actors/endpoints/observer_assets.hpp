#pragma once

#include <span>
#include <string_view>

namespace troupe::actors {

/// The observer's page and what it loads, compiled into the program (cmake/embed.cmake) so that every node has it.
struct asset {
  std::string_view name; ///< `index.html`
  std::string_view bytes;
};

[[nodiscard]] std::span<const asset> observer_assets() noexcept;

} // namespace troupe::actors
