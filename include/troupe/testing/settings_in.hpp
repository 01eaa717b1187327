#pragma once

#include <troupe/node_settings.hpp>

#include <string>
#include <string_view>

namespace troupe::testing {

/// Text as in a node's configuration file, as settings.
[[nodiscard]] inline node_settings settings_in(std::string_view text) {
  node_settings settings;
  if (!text.empty())
    settings.load_text(std::string{text}, "configuration");
  return settings;
}

} // namespace troupe::testing
