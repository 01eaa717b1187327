#pragma once

#include "actors/telemetry/log_line.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace troupe::actors {

/// Which lines are written and which only counted: of one topic a line in each `pause`, and at the pause's end one that
/// says how many more there were.
/// Owner: telemetry. Pure: time is passed in. Bounded: `topics_max` topics; lines of others count as one topic.
class line_topics {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds pause{10};
  static constexpr std::size_t topics_max = 1024;

  /// Whether to write it now; a line without topic always.
  [[nodiscard]] bool admit(const log_line& line, time_point now);

  /// What was left out in pauses that have ended, a line for each topic.
  [[nodiscard]] std::vector<log_line> summaries(time_point now);

  /// Nothing is left out, and no topic has a pause: `summaries` need not be asked for.
  [[nodiscard]] bool empty() const noexcept { return topics_.empty(); }

 private:
  /// A topic in its pause.
  struct topic {
    log_line first;
    time_point since;
    std::uint64_t left_out = 0;
  };
  std::map<std::string, topic, std::less<>> topics_;
};

} // namespace troupe::actors
