#pragma once
/// Which children restart when one fails, and which ends are failures. Pure.
///
/// one_for_one   a b[c]d   →      c           one_for_all   a b[c]d   →  a b c d
/// rest_for_one  a b[c]d   →      c d         stopped from the right, started from the left

#include <troupe/supervisor.hpp>

#include <cstddef>

namespace troupe::actors {

/// Positions in the order of start, the end excluded.
struct affected_range {
  std::size_t first = 0;
  std::size_t last = 0;
  friend bool operator==(const affected_range&, const affected_range&) = default;
};

[[nodiscard]] affected_range affected(supervision_strategy strategy, std::size_t failed, std::size_t children) noexcept;

/// An end that nobody has to worry about.
[[nodiscard]] bool is_normal(const caf::error& reason) noexcept;

/// Whether a child that ended by itself is to be started again.
[[nodiscard]] bool wants_restart(restart_policy policy, const caf::error& reason) noexcept;

} // namespace troupe::actors
