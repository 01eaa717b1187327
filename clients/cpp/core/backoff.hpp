#pragma once
/// Pauses between attempts: full jitter, anything between nothing and a ceiling that doubles with each failure, so that
/// a herd does not come back at once. What held for longer than the ceiling was no failure: the ceiling is low again.

#include "clients/cpp/core/clock.hpp"

namespace troupe::clients {

class backoff {
 public:
  backoff(clock& time, milliseconds base, milliseconds longest) noexcept
      : clock_(time), base_(base), longest_(longest) {}

  [[nodiscard]] milliseconds ceiling() const noexcept;

  /// The next pause, on top of what the node asked for.
  [[nodiscard]] milliseconds next(milliseconds retry_after = {});

  /// What had begun held for so long.
  void held(milliseconds time) noexcept;

 private:
  clock& clock_;
  const milliseconds base_, longest_;
  unsigned failures_ = 0;
};

} // namespace troupe::clients
