#include "testing/stepped_system.hpp"

#include <caf/atom.hpp>

namespace troupe::actors::testing {

stepped_system::without_threads::without_threads() { set("scheduler.policy", caf::atom("testing")); }

stepped_system::stepped_system(leftovers at_end) : system_(config_) {
  system_.await_actors_before_shutdown(at_end == leftovers::waited_for);
}

} // namespace troupe::actors::testing
