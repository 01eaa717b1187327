#pragma once

#include "config/settings.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace troupe::testing {

/// Text as in a node's configuration file. Throws std::invalid_argument with all that is wrong with it.
[[nodiscard]] config::settings read_configuration(std::string_view text);

/// The same, and the namespace of the channel `name`: the one that fits, else one with the defaults. Throws likewise for a
/// bad name.
[[nodiscard]] std::pair<config::settings, config::name_space> read_channel_configuration(const std::string& name,
                                                                                          std::string_view text);

} // namespace troupe::testing
