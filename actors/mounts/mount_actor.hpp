#pragma once

#include "actors/hosting/running_handlers.hpp"
#include "actors/messages/catalogue.hpp"
#include "actors/mounts/mount_context.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace troupe::actors {

using mount_factory = std::function<std::unique_ptr<troupe::raw_mount>()>;

/// What a mount works with.
struct mount_parts {
  std::string path;
  mount_factory make;
  /// Finds the shard of that number, as it lives now.
  std::function<shard_handle(std::uint32_t)> find_shard;
  announcer& events;
  running_handlers* running = nullptr; ///< none: nobody looks
};

/// One raw mount as an actor: messages of its clients in, what it says back out, one batch per shard and handler.
///
/// Owner: itself; started and watched by a supervisor. Thread: CAF's workers. A hook that throws costs its client the
/// connection; if the object is to be replaced, the actor ends: its clients are closed with 1011, and another takes over.
class mount_actor final : public mount_handle::base, private troupe::raw_mount::context {
 public:
  mount_actor(caf::actor_config& cfg, mount_parts parts);

  [[nodiscard]] const char* name() const override { return "mount"; }
  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  void send(session_id to, std::string bytes, bool text) override;
  void close(session_id who, std::uint16_t code, std::string reason) override;

  void handle(const mount_input& in);
  /// Runs a hook of the object's for client `of`; whether it went well.
  template <class F>
  bool run(const char* hook, session_id of, F&& code);
  void failed(const char* hook, session_id of, const std::exception_ptr& error);
  [[nodiscard]] std::vector<decltype(mount_effects::all)::value_type>* to_shard_of(session_id who);
  [[nodiscard]] mount_effects& batch_to(std::uint32_t shard);
  void flush();

  mount_parts parts_;
  std::optional<running_handlers::entry> entry_; // until the end
  std::unique_ptr<troupe::raw_mount> object_;
  struct client {
    std::uint32_t shard = 0;
    bool failed = false; ///< a hook threw: it is being closed
  };
  std::unordered_map<session_id, client> clients_;
  std::unordered_map<std::uint32_t, mount_effects_ptr> said_;
};

} // namespace troupe::actors
