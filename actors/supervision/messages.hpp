#pragma once
/// What a supervisor says to itself; everything else it hears and says is in <troupe/supervisor.hpp>.

#include <troupe/supervisor.hpp>

#include <cstdint>
#include <string>

namespace troupe::actors {

enum class supervision_deadline : std::uint8_t {
  restart_child, ///< its pause is over
  restart_group, ///< the pause of the group is over; no name
  kill_child,    ///< it did not end by its shutdown deadline
  leave_child,   ///< it did not even end when killed
};

/// From the clock. Cannot be taken back, so `number` says whether it still counts.
struct supervision_timer {
  supervision_deadline what = supervision_deadline::restart_child;
  std::string name;
  std::uint64_t number = 0;
};

} // namespace troupe::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::supervision_timer)

namespace troupe::actors {

using supervisor_interface = troupe::supervisor::extend<caf::reacts_to<supervision_timer>>;

} // namespace troupe::actors
