#pragma once

#include "actors/channels/channel_registry.hpp"
#include "actors/endpoints/own_metrics.hpp"
#include "actors/endpoints/route_table.hpp"
#include "actors/mounts/mount_actor.hpp"
#include "config/coded_namespaces.hpp"

#include <troupe/handshake.hpp>
#include <troupe/supervisor.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe::actors {

/// What an application adds to a node, before it runs. A value.
struct node_plan {
  channel_registry classes;
  std::vector<std::string> open_channels; ///< patterns
  std::vector<std::pair<std::string, mount_factory>> mounts; ///< path, factory
  connect_hook on_connect; ///< empty: everybody is anonymous
  std::string pages; ///< directory; `static.dir` of the configuration wins
  std::vector<config::coded_namespace> namespaces{}; ///< of the classes and open channels, with what was said beside them
  route_table routes{};
  std::shared_ptr<own_metrics> metrics = std::make_shared<own_metrics>();
  std::vector<troupe::child_spec> children{};        ///< the application's own actors, under the node's tree

  /// The namespace of that pattern among `namespaces`, made if need be.
  [[nodiscard]] config::coded_namespace& describe(const std::string& pattern, config::channel_kind kind);
};

/// Adds what the program says of namespaces and pages to what was read; see config::add_coded for what is wrong with it.
void add_plan(config::loaded& into, const node_plan& plan);

/// The configuration with a namespace for all that the application added and the operator did not mention, and for the
/// node's own channel.
[[nodiscard]] config::settings with_plan(config::settings settings, const node_plan& plan);

/// What does not fit together, in sentences: namespaces that no class serves.
[[nodiscard]] std::vector<std::string> mismatches(const config::settings& settings, const node_plan& plan);

} // namespace troupe::actors
