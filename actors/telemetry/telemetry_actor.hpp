#pragma once

#include "actors/hosting/actor_registry.hpp"
#include "actors/messages/catalogue.hpp"
#include "actors/telemetry/event_bus.hpp"
#include "actors/telemetry/event_log.hpp"
#include "actors/telemetry/line_topics.hpp"
#include "actors/telemetry/load_history.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <vector>

namespace troupe::actors {

/// What the telemetry actor works with; all of it outlives the actor.
struct telemetry_parts {
  event_bus& bus;
  actor_registry& registry;
  std::uint32_t shards = 1;
  event_log& log;
  std::function<load_sample()> totals; ///< what the node has done so far, and what is there now
};

/// Turns events into log lines, and, while somebody reads `$node:events`, into publications there.
///
/// Owner: itself; a child of the node. Thread: CAF's workers; waits for no log.
/// Observing begins when the channel `$node:events` starts or somebody joins it, and ends when no shard has had a reader
/// of it for some seconds: until then no event is worded for it, and no shard is asked for rates.
class telemetry_actor final : public telemetry_handle::base {
 public:
  telemetry_actor(caf::actor_config& cfg, telemetry_parts parts);

  [[nodiscard]] const char* name() const override { return "telemetry"; }
  behavior_type make_behavior() override;

 private:
  using time_point = caf::actor_clock::time_point;

  void sample();
  void take(const node_event& what);
  void set_observed(bool somebody);
  void log(const node_event& what);
  void sum_up();
  void tell_lost();
  void tell(const node_event& what);
  void publish(node_events::one what);
  void flush();
  void observe();
  void measure(const std::vector<shard_rates>& all);
  [[nodiscard]] time_point now();

  telemetry_parts parts_;
  line_topics topics_;
  bool summing_up_ = false; // a tick is under way
  bool observed_ = false;
  std::size_t quiet_seconds_ = 0; // without a reader
  node_events waiting_;
  std::uint64_t left_out_ = 0; // of the batch
  load_history hour_;
  load_sample before_; // when rates were told last
  time_point measured_{};
};

} // namespace troupe::actors
