#pragma once

#include "actors/hosting/hosted.hpp"
#include "actors/messages/catalogue.hpp"
#include "actors/sessions/session.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace troupe::actors {

/// The session as an actor on its shard's I/O thread: control reaches it as messages; the shard, on the same thread,
/// calls the session itself when it delivers.
///
/// Owner: itself, until the shard ends it (`session_over`). A handler that throws ends it: the client is closed with
/// 1011, channels hear a leave.
class session_actor final : public hosted<session_handle::base> {
 public:
  session_actor(caf::actor_config& cfg, shard_host& host, shard& home, session_id id, transport_kind transport,
                std::string secret);

  [[nodiscard]] session& inside() noexcept { return session_; }
  [[nodiscard]] const char* name() const override { return "session"; }
  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  session session_;
};

} // namespace troupe::actors
