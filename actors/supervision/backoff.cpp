#include "actors/supervision/backoff.hpp"

#include <algorithm>
#include <cmath>

namespace troupe::actors {

std::chrono::milliseconds backoff::next(const restart_pause& pause, std::mt19937_64& dice) {
  const auto longest = static_cast<double>(pause.longest.count());
  const auto grown = static_cast<double>(pause.first.count()) * std::pow(pause.factor, failures_++);
  const auto spread = std::uniform_real_distribution<double>{-1.0, 1.0}(dice) * pause.jitter;
  const auto delay = std::min(grown, longest) * (1.0 + spread);
  return std::chrono::milliseconds{std::llround(std::max(delay, 0.0))};
}

} // namespace troupe::actors
