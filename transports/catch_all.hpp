#pragma once
/// Calls into the handler, a user, or what they left to be called: whatever these throw ends here, never in Asio.

#include <utility>

namespace troupe::transports {

/// False: it threw.
template <class Call>
bool catch_all(Call&& call) noexcept {
  try {
    std::forward<Call>(call)();
    return true;
  } catch (...) {
    return false;
  }
}

} // namespace troupe::transports
