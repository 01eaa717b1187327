#pragma once

#include <span>
#include <string_view>

namespace troupe::actors {

/// A file that is compiled into the program (cmake/embed.cmake), so that every node has it.
struct asset {
  std::string_view name; ///< `index.html`
  std::string_view bytes;
};

} // namespace troupe::actors
