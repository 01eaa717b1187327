#include "actors/channels/start_backoff.hpp"

#include <algorithm>

namespace troupe::actors {

void start_backoff::failed(const std::string& name, time_point now) {
  const auto found = all_.find(name);
  if (found == all_.end()) {
    if (all_.size() < kept_max)
      all_.emplace(name, entry{first_pause, now + first_pause});
    return;
  }
  auto& e = found->second;
  e.pause = now - e.until > memory ? first_pause : std::min(e.pause * 2, pause_max);
  e.until = now + e.pause;
}

std::optional<std::chrono::milliseconds> start_backoff::wait(const std::string& name, time_point now) const {
  const auto found = all_.find(name);
  if (found == all_.end() || found->second.until <= now)
    return std::nullopt;
  return std::chrono::ceil<std::chrono::milliseconds>(found->second.until - now);
}

void start_backoff::sweep(time_point now) {
  std::erase_if(all_, [now](const auto& one) { return now - one.second.until > memory; });
}

} // namespace troupe::actors
