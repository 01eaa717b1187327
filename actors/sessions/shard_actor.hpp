#pragma once

#include "actors/containers/slice_queue.hpp"
#include "actors/hosting/actor_registry.hpp"
#include "actors/hosting/hosted.hpp"
#include "actors/messages/catalogue.hpp"
#include "actors/sessions/mount_clients.hpp"
#include "actors/sessions/shard.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <memory>

namespace troupe::actors {

struct shard_parts {
  shard_state& state;
  std::shared_ptr<const config::settings> settings; ///< as of now
  announcer& events;
  node_clock clock;
  broker_handle broker;
  const actor_registry* registry = nullptr; ///< where other shards are; none: there is no other
};

/// The shard as an actor on its I/O thread: what others tell it, and what it tells them.
///
/// Owner: itself, until the node ends it after its drain; its supervisor starts it again if it fails. Thread: the host's.
/// While it lives its seat names it, and its shard; when it ends every client is closed (1011 after a failure).
/// Before each message's end nothing is flushed: the loop's turn does that (`shard::flush`).
class shard_actor final : public hosted<shard_handle::base>, private shard_gateway, private mount_gateway {
 public:
  shard_actor(caf::actor_config& cfg, shard_host& host, shard_parts parts);
  ~shard_actor() override;

  [[nodiscard]] const char* name() const override { return "shard"; }
  behavior_type make_behavior() override;
  void on_exit() override;

  [[nodiscard]] mount_clients& mounts() noexcept { return *mounts_; } ///< while `shard_state::now` names its shard
  [[nodiscard]] const broker_handle& broker() const noexcept { return parts_.broker; }

 private:
  // -- shard_gateway ----------------------------------------------------------

  void find_channel(const std::string& name, const starter& by) override;
  void release_channel(const std::string& name) override;
  void send(const channel_handle& to, command_batch_ptr batch) override;
  void end_elsewhere(session_id who, std::string reason, std::function<void(bool)> then) override;

  // -- mount_gateway ----------------------------------------------------------

  void send(const mount_handle& to, mount_input what) override;

  void publish_events(const node_events& what);
  void next_tick();

  session_ended end(const end_session& what);
  caf::result<session_list> list(const list_sessions& what);
  [[nodiscard]] session_list describe(session_id who) const;
  void list_on();

  shard_parts parts_;
  std::unique_ptr<shard> shard_; // from make_behavior to on_exit
  std::unique_ptr<mount_clients> mounts_; // likewise
  slice_queue searches_{lists_waiting_max};
};

} // namespace troupe::actors
