#pragma once
/// Calls into the gate, a user, or what they left to be called: whatever these throw ends here, never in Asio.

#include <utility>

namespace troupe::transports {

/// False: it threw.
template <class Call>
bool contained(Call&& call) noexcept {
  try {
    std::forward<Call>(call)();
    return true;
  } catch (...) {
    return false;
  }
}

} // namespace troupe::transports
