#pragma once

#include <troupe/supervisor.hpp>

#include <chrono>
#include <cstddef>
#include <random>

namespace troupe::actors {

/// The pause before the next restart of one child: exponential, bounded, with jitter. Pure: the caller brings the dice.
class backoff {
 public:
  /// The pause after one more failure in a row.
  [[nodiscard]] std::chrono::milliseconds next(const restart_pause& pause, std::mt19937_64& dice);

  /// The child ran long enough: the next failure is the first again.
  void reset() noexcept { failures_ = 0; }

  [[nodiscard]] std::size_t failures() const noexcept { return failures_; }

 private:
  std::size_t failures_ = 0;
};

} // namespace troupe::actors
