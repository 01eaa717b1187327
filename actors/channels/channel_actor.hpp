#pragma once

#include "actors/channels/channel_parts.hpp"
#include "actors/messages/catalogue.hpp"

#include <caf/event_based_actor.hpp>

#include <optional>

namespace troupe::actors {

class channel_runtime;

/// One live channel as an actor: takes command batches from shards, answers each link with one ordered stream of
/// effect batches. All it decides is in `channel_runtime`; here are its messages, its clock and its end.
///
/// Dynamically typed inside, because the application's object may request any actor from it (`channel::actor()`), and
/// a typed actor may not send to a dynamic one; everybody else knows it as `channel_handle`.
/// Owner: itself; started and watched by a supervisor. Thread: CAF's workers, one message at a time.
/// Starts: opens its partition first; messages wait until it is there (`unavailable`: ends with an error).
/// Ends: after `stop_channel` or `channel::stop` with `normal`, when all was said and kept; with an error when the
/// application's object failed too often; an exit message other than `kill` stops it as a drain does.
/// An exception thrown by a callback that the application gave to CAF itself (`request(…).then`) ends the actor:
/// CAF leaves no choice; its supervisor starts it again and members re-attach.
class channel_actor final : public caf::event_based_actor {
 public:
  channel_actor(caf::actor_config& cfg, std::shared_ptr<const channel_parts> parts);
  ~channel_actor() override;

  caf::behavior make_behavior() override;
  void on_exit() override;
  caf::resumable::resume_result resume(caf::execution_unit* worker, std::size_t messages_max) override {
    return caf::event_based_actor::resume(spawning_.between(worker), messages_max);
  }
  [[nodiscard]] const char* name() const override { return "channel"; }

 private:
  class host;

  caf::behavior live();
  void open();
  void begin(std::unique_ptr<partition> kept);
  void told_to_exit(const caf::error& reason);
  void ticked(std::uint64_t generation);
  void after_handler();
  void arm();

  const std::shared_ptr<const channel_parts> shared_; // with its supervisor, which may have to make another
  const channel_parts& parts_;
  spawn_watch spawning_; // what the object spawns from `channel::actor`
  std::unique_ptr<host> host_;
  std::unique_ptr<channel_runtime> runtime_; // once the partition is open
  bool waiting_ = false;                     // for the partition, with messages put by
  std::optional<channel_clock::steady_time> armed_;
  std::uint64_t generation_ = 0;
  caf::error end_; // why, when told by an exit message
};

/// Whether a channel ended with this because its object failed too often: starting it again at once would not help.
[[nodiscard]] bool has_given_up(const caf::error& reason) noexcept;

/// Starts a channel as a child of `parent`; `system` for none. `parts` has both clocks.
[[nodiscard]] channel_handle spawn_channel(caf::local_actor& parent, std::shared_ptr<const channel_parts> parts);
[[nodiscard]] channel_handle spawn_channel(caf::actor_system& system, std::shared_ptr<const channel_parts> parts);

} // namespace troupe::actors
