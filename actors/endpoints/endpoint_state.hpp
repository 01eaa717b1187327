#pragma once

#include "actors/endpoints/api_auth.hpp"
#include "actors/endpoints/own_metrics.hpp"
#include "actors/endpoints/process_figures.hpp"
#include "actors/endpoints/route_table.hpp"
#include "actors/endpoints/static_files.hpp"
#include "actors/hosting/actor_registry.hpp"
#include "actors/hosting/running_handlers.hpp"
#include "actors/sessions/shard_state.hpp"
#include "actors/stores/store.hpp"
#include "actors/telemetry/event_bus.hpp"
#include "config/settings.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace troupe::actors {

/// What the endpoints of all shards share.
///
/// Owner: the node; made before the first request and outlives the last. Thread: read by every I/O thread; what changes
/// is atomic or locks itself.
struct endpoint_state {
  const config::settings& settings; ///< as at start
  actor_registry& registry;
  event_bus& bus;
  actors::store& store;
  const running_handlers& running;
  api_auth auth;
  static_files pages;
  std::vector<std::string> mounts; ///< paths
  std::vector<std::unique_ptr<shard_state>> shards;
  std::int64_t started = 0; ///< ms since 1970
  std::atomic<bool> leaving{false};  ///< `drain.delay` runs: not ready, but everybody is served
  std::atomic<bool> draining{false}; ///< what is new is refused
  process_reader process{};
  route_table routes{}; ///< the application's
  std::shared_ptr<const own_metrics> own{}; ///< the application's; null: none

  /// What load balancers are told.
  [[nodiscard]] bool ready() const noexcept { return !leaving && !draining; }
};

/// One shard, whose actor lives, at work on one request. Thread: the shard's.
struct request_context {
  endpoint_state& state;
  shard_state& here;

  [[nodiscard]] shard& home() const noexcept { return *here.now; }
  [[nodiscard]] shard_actor& actor() const noexcept { return *here.actor; }
};

} // namespace troupe::actors
