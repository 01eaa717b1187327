#include <troupe/supervisor.hpp>

#include "actors/supervision/supervisor_actor.hpp"

#include <caf/atom.hpp>

namespace troupe {

// -- errors -------------------------------------------------------------------

std::string_view to_string(supervision_error e) noexcept {
  switch (e) {
  case supervision_error::duplicate_name:
    return "a child of this name is alive";
  case supervision_error::unknown_child:
    return "no child of this name";
  case supervision_error::not_running:
    return "the child is not running just now";
  case supervision_error::start_failed:
    return "the child could not be started";
  case supervision_error::too_many_restarts:
    return "too many restarts";
  case supervision_error::stuck:
    return "the child did not end when killed";
  case supervision_error::stopping:
    return "the supervisor is being stopped";
  }
  return "unknown supervision error";
}

caf::error make_error(supervision_error e) { return {static_cast<std::uint8_t>(e), caf::atom("supervisor")}; }

caf::error make_error(supervision_error e, std::string text) {
  return {static_cast<std::uint8_t>(e), caf::atom("supervisor"), caf::make_message(std::move(text))};
}

// -- children -----------------------------------------------------------------

std::string_view to_string(child_state s) noexcept {
  switch (s) {
  case child_state::running:
    return "running";
  case child_state::backing_off:
    return "backing_off";
  case child_state::stopping:
    return "stopping";
  case child_state::stopped:
    return "stopped";
  case child_state::failed:
    return "failed";
  }
  return "unknown";
}

// -- the supervisor -----------------------------------------------------------

supervisor spawn_supervisor(caf::actor_system& system, supervisor_settings settings,
                            std::vector<child_spec> children) {
  return system.spawn<actors::supervisor_actor>(std::move(settings), std::move(children));
}

supervisor spawn_supervisor(caf::local_actor& parent, supervisor_settings settings, std::vector<child_spec> children) {
  return parent.spawn<actors::supervisor_actor>(std::move(settings), std::move(children));
}

child_spec supervisor_child(std::string name, supervisor_settings settings, std::vector<child_spec> children,
                            std::chrono::milliseconds shutdown_deadline) {
  auto factory = [settings = std::move(settings), children = std::move(children)](caf::local_actor& parent) {
    return spawn_supervisor(parent, settings, children);
  };
  return child(std::move(name), std::move(factory), restart_policy::permanent, shutdown_deadline);
}

} // namespace troupe
