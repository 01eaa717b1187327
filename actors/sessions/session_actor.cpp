#include "actors/sessions/session_actor.hpp"

#include "actors/hosting/exit_reason.hpp"
#include "actors/sessions/shard.hpp"

#include <stdexcept>
#include <utility>

namespace troupe::actors {

session_actor::session_actor(caf::actor_config& cfg, shard_host& host, shard& home, session_id id,
                             transport_kind transport, std::string secret)
    : hosted(cfg, host), session_(home, id, transport, std::move(secret)) {
  set_default_handler(caf::drop);
  set_exception_handler(reason_of_exception);
}

session_actor::behavior_type session_actor::make_behavior() {
  return {
      [this](const close_session& c) { session_.close(c.why, c.code, c.reason); },
      [this](const crash_session&) {
        session_.home().guard(session_, [] { throw std::runtime_error("crashed on purpose"); });
      },
  };
}

void session_actor::on_exit() {
  session_.close(leave_reason::lost, protocol::close_code::internal, "internal error");
  hosted::on_exit();
}

} // namespace troupe::actors
