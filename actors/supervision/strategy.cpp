#include "actors/supervision/strategy.hpp"

#include <caf/exit_reason.hpp>

namespace troupe::actors {

affected_range affected(supervision_strategy strategy, std::size_t failed, std::size_t children) noexcept {
  switch (strategy) {
  case supervision_strategy::one_for_all:
    return {0, children};
  case supervision_strategy::rest_for_one:
    return {failed, children};
  case supervision_strategy::one_for_one:
    break;
  }
  return {failed, failed + 1};
}

bool is_normal(const caf::error& reason) noexcept {
  return !reason || reason == caf::exit_reason::normal || reason == caf::exit_reason::user_shutdown;
}

bool wants_restart(restart_policy policy, const caf::error& reason) noexcept {
  switch (policy) {
  case restart_policy::permanent:
    return true;
  case restart_policy::transient:
    return !is_normal(reason);
  case restart_policy::temporary:
    break;
  }
  return false;
}

} // namespace troupe::actors
