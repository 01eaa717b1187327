#pragma once

#include "config/loaded.hpp"

#include <troupe/channel_options.hpp>
#include <troupe/node_settings.hpp>

#include <string>
#include <utility>

namespace troupe::testing {

/// What a node of these settings is configured with. Throws settings_error with all that is wrong.
[[nodiscard]] config::loaded read_configuration(const node_settings& said);

/// Throws settings_error if anything is.
void must_be_right(const config::loaded& read);

/// What holds for the channel `name`: the namespace that fits, else one of its own, with `options` beside its class.
/// Throws likewise; std::invalid_argument for a bad name.
[[nodiscard]] std::pair<config::settings, config::name_space> read_channel_configuration(const std::string& name,
                                                                                          const node_settings& said,
                                                                                          const channel_options& options);

} // namespace troupe::testing
