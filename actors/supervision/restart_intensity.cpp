#include "actors/supervision/restart_intensity.hpp"

namespace troupe::actors {

bool restart_intensity::allow(time_point now) {
  while (!recent_.empty() && now - recent_.front() >= limit_.within)
    recent_.pop_front();
  recent_.push_back(now);
  if (recent_.size() <= limit_.restarts_max)
    return true;
  recent_.pop_front();
  return false;
}

} // namespace troupe::actors
