#pragma once

#include "actors/endpoints/request_router.hpp"
#include "actors/hosting/shard_host.hpp"
#include "actors/hosting/spawned_actors.hpp"
#include "actors/node/node_plan.hpp"
#include "actors/node/outlet_hub.hpp"
#include "actors/stores/disk/disk_store.hpp"
#include "actors/telemetry/event_log.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::actors {

/// What a node is made of. `host`, `log` and what the functions reach outlive the node's actors.
struct node_parts {
  config::settings settings;
  node_plan plan;
  std::uint32_t shards = 1;
  node_clock clock;
  std::function<shard_host&(std::uint32_t shard)> host;
  event_log& log; ///< outlives the node's actors
  std::uint64_t seed = 0; ///< of epochs and jitter; 0: drawn
  disk_store::runs disk = disk_store::runs::on_its_thread;
  std::shared_ptr<outlet_hub> outlets = std::make_shared<outlet_hub>(); ///< the application's
  std::function<void(std::size_t shard)> wake = [](std::size_t) {};     ///< has the shard flush soon; on any thread
};

/// The actors of a node, wired and supervised. Reading `start` shows the node.
///
///     node (rest_for_one)
///     ├─ telemetry
///     ├─ mounts (one_for_one) ── mount …
///     ├─ channels (one_for_one) ── channel …
///     ├─ broker
///     ├─ shards (one_for_one) ── shard-0 … ── session …
///     └─ application (one_for_one) ── what `node::supervise` was given …
///
/// What stands below depends on what stands above, so it starts anew with it; the store, the shards' states and the
/// routers outlive them all.
/// Owner: a node_process, or a test. Thread: made and destroyed by one; factories run within supervisors.
/// Ends: end `root`, await its end, then destroy.
class node_actors {
 public:
  node_actors(caf::actor_system& system, node_parts parts);
  ~node_actors();
  node_actors(const node_actors&) = delete;
  node_actors& operator=(const node_actors&) = delete;

  void start();

  /// Takes over what can be reloaded, on every shard and in every channel, also in those that start later.
  void reload(const config::settings& changed);

  /// Starts another actor of the application's, for as long as the node lives. Waits for it: not from an actor.
  /// Throws std::runtime_error with the reason if there is one of that name, or its factory fails.
  void supervise(const troupe::child_spec& child);

  /// Null: no namespace keeps anything on disk.
  [[nodiscard]] disk_store* disk() noexcept { return disk_.get(); }
  [[nodiscard]] const troupe::supervisor& root() const noexcept { return root_; }
  [[nodiscard]] endpoint_state& endpoints() noexcept { return endpoints_; }
  [[nodiscard]] request_router& router(std::uint32_t shard) { return *routers_[shard]; }
  /// Whose code runs just now, and what of it, in words; asks nobody.
  [[nodiscard]] std::vector<std::string> busy() const;
  [[nodiscard]] outlet_hub& outlets() noexcept { return *parts_.outlets; }
  /// The actors that channels' code has spawned.
  [[nodiscard]] const spawned_actors& spawned() const noexcept { return spawned_; }
  /// Those of the start: what can be reloaded is in `settings_now`.
  [[nodiscard]] const config::settings& settings() const noexcept { return settings_; }
  [[nodiscard]] std::shared_ptr<const config::settings> settings_now() const { return now_.load(); }

 private:
  [[nodiscard]] std::shared_ptr<disk_store> make_disk_store();
  [[nodiscard]] std::shared_ptr<store> make_store();
  [[nodiscard]] troupe::supervisor_settings supervision(std::string of);
  [[nodiscard]] troupe::child_spec telemetry_spec();
  [[nodiscard]] load_sample totals() const;
  [[nodiscard]] troupe::child_spec mounts_spec();
  [[nodiscard]] troupe::child_spec channels_spec();
  [[nodiscard]] troupe::child_spec broker_spec();
  [[nodiscard]] troupe::child_spec shards_spec();
  [[nodiscard]] troupe::child_spec shard_spec(std::uint32_t index);
  [[nodiscard]] troupe::child_spec application_spec();
  void tell_shards_of(const std::string& mount, const troupe::supervision_event& what);
  template <class Handle>
  Handle known(std::string name, Handle who);

  caf::actor_system& system_;
  node_parts parts_;
  const config::settings settings_; // of the start: all but namespaces that channels and the broker read is in these
  const std::shared_ptr<const config::settings> at_start_;
  std::atomic<std::shared_ptr<const config::settings>> now_;
  std::vector<std::shared_ptr<const config::settings>> all_; // of each reload: channels that were started by them read them
  actor_registry registry_;
  event_bus bus_;
  running_handlers running_;
  spawned_actors spawned_;
  std::mutex children_mutex_;
  std::vector<troupe::child_spec> children_; // of the application, those that came later included
  const std::shared_ptr<disk_store> disk_;
  const std::shared_ptr<store> store_;
  endpoint_state endpoints_;
  std::vector<std::unique_ptr<request_router>> routers_;
  troupe::supervisor root_;
};

} // namespace troupe::actors
