#pragma once
/// The shard as an actor on its I/O thread: what others tell it, and what it tells them.
///
/// Owner: itself, until the node ends it after its drain. Thread: the host's.
/// Before each message's end nothing is flushed: the loop's turn does that (`shard::flush`).

#include "actors/catalogue.hpp"
#include "actors/hosting/hosted.hpp"
#include "actors/shard/shard.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <unordered_map>

namespace troupe::actors {

struct shard_parts {
  std::uint32_t index = 0;
  std::uint32_t shards = 1;
  const config::settings& settings;
  announcer& events;
  node_clock clock;
  broker_handle broker;
  std::function<void()> wake; ///< has the loop take a turn soon
};

class shard_actor final : public hosted<shard_handle::base>, private shard_port {
 public:
  shard_actor(caf::actor_config& cfg, shard_host& host, shard_parts parts);
  ~shard_actor() override;

  /// For the I/O thread: the gate and the turn's end.
  [[nodiscard]] shard& inside() noexcept { return shard_; }

  [[nodiscard]] const char* name() const override { return "shard"; }
  behavior_type make_behavior() override;

 private:
  // -- shard_port -------------------------------------------------------------

  void find_channel(const std::string& name) override;
  void release_channel(const std::string& name) override;
  void send(const channel_handle& to, command_batch_ptr batch) override;
  session& start_session(session_id id, transport_kind transport, std::string secret) override;
  void session_over(session_id id) override;
  void wake() override { wake_(); }

  void publish_events(const node_events& what);
  void next_tick();

  const std::uint32_t index_;
  broker_handle broker_;
  std::function<void()> wake_;
  shard shard_;
  std::unordered_map<session_id, session_handle> sessions_;
};

} // namespace troupe::actors
