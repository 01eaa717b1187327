#pragma once
/// What a program said in code, as the configuration reads it. See <troupe/node_settings.hpp>.

#include "config/coded_namespaces.hpp"
#include "config/load.hpp"

#include <troupe/channel_options.hpp>
#include <troupe/node_settings.hpp>

#include <string>

namespace troupe {

struct node_settings::state {
  config::sources from{};
  bool environment = false;
};

} // namespace troupe

namespace troupe::actors {

/// What to load, with the environment as it is now if that was asked for.
[[nodiscard]] config::sources sources_of(const node_settings& said);

/// `main.cpp:12`.
[[nodiscard]] std::string place_name(const code_place& at);

/// The keys that `options` says.
[[nodiscard]] config::coded_namespace::values values_of(const channel_options& options);

} // namespace troupe::actors
