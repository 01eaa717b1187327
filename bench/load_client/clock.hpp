#pragma once
/// Nanoseconds of CLOCK_MONOTONIC: every time in the load generator.

#include <cstdint>

#include <time.h>

namespace troupe::bench {

using nanoseconds = std::int64_t;

constexpr nanoseconds milliseconds(std::int64_t count) noexcept { return count * 1'000'000; }
constexpr nanoseconds seconds(double count) noexcept { return static_cast<nanoseconds>(count * 1e9); }
constexpr double in_seconds(nanoseconds span) noexcept { return static_cast<double>(span) / 1e9; }
constexpr double in_milliseconds(nanoseconds span) noexcept { return static_cast<double>(span) / 1e6; }

[[nodiscard]] inline nanoseconds now() noexcept {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

} // namespace troupe::bench
