#pragma once
/// Time and chance, so that tests can hold both still.

#include <chrono>
#include <functional>
#include <memory>

namespace troupe::clients {

using std::chrono::milliseconds;

/// A timer that runs; destroying it stops it, also from within its own function. Empty: none.
class timer {
 public:
  virtual ~timer() = default;
};
using timer_ptr = std::unique_ptr<timer>;

class clock {
 public:
  virtual ~clock() = default;

  /// Rises steadily, and goes on while the machine sleeps.
  [[nodiscard]] virtual milliseconds now() const = 0;

  /// Calls `what` once, later, on the thread of the client's session; never from within `after`.
  [[nodiscard]] virtual timer_ptr after(milliseconds pause, std::function<void()> what) = 0;

  /// From 0 up to 1.
  [[nodiscard]] virtual double random() = 0;
};

} // namespace troupe::clients
