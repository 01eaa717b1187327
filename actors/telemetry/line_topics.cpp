#include "actors/telemetry/line_topics.hpp"

#include <string_view>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::string_view others = "others";

} // namespace

bool line_topics::admit(const log_line& line, time_point now) {
  if (line.topic.empty())
    return true;
  const bool known = topics_.contains(line.topic) || topics_.size() < topics_max;
  const auto [at, fresh] = topics_.try_emplace(known ? line.topic : std::string{others}, topic{line, now});
  if (fresh)
    return true;
  ++at->second.left_out;
  return false;
}

std::vector<log_line> line_topics::summaries(time_point now) {
  std::vector<log_line> all;
  for (auto at = topics_.begin(); at != topics_.end();) {
    auto& [name, t] = *at;
    if (now - t.since < pause) {
      ++at;
    } else if (t.left_out == 0) {
      at = topics_.erase(at);
    } else {
      all.push_back({t.first.level,
                     t.first.text + " (and " + std::to_string(std::exchange(t.left_out, 0)) + " more like it)",
                     {}, t.first.event});
      t.since = now;
      ++at;
    }
  }
  return all;
}

} // namespace troupe::actors
