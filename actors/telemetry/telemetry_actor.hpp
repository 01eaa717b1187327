#pragma once
/// Turns events into log lines, and, while somebody reads `$node:events`, into publications there.
///
/// Owner: itself; a child of the node. Thread: CAF's workers.
/// Observing begins when the channel `$node:events` starts or somebody joins it, and ends when no shard has a reader of it: until then events
/// are only counted and logged, and no shard is asked for rates.

#include "actors/hosting/actor_registry.hpp"
#include "actors/messages/catalogue.hpp"
#include "actors/telemetry/event_bus.hpp"
#include "actors/telemetry/log_line.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <string>

namespace troupe::actors {

struct telemetry_parts {
  event_bus& bus;
  actor_registry& registry;
  std::uint32_t shards = 1;
  std::function<void(const log_line&, const node_event&)> write; ///< thread: telemetry's
};

class telemetry_actor final : public telemetry_handle::base {
 public:
  telemetry_actor(caf::actor_config& cfg, telemetry_parts parts);

  [[nodiscard]] const char* name() const override { return "telemetry"; }
  behavior_type make_behavior() override;

 private:
  using time_point = caf::actor_clock::time_point;

  struct topic {
    time_point since{};
    std::uint64_t left_out = 0;
  };

  void take(const node_event& what);
  void log(const node_event& what);
  void tell(const node_event& what);
  void publish(node_events::one what);
  void flush();
  void observe();
  void measure(const std::vector<shard_rates>& all);
  [[nodiscard]] time_point now();

  telemetry_parts parts_;
  std::map<std::string, topic> topics_;
  bool observed_ = false;
  std::size_t quiet_seconds_ = 0; // without a reader
  node_events waiting_;
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> before_; // publications, deliveries
  time_point measured_{};
};

} // namespace troupe::actors
