#include "actors/supervision/restart_intensity.hpp"

namespace troupe::actors {

bool restart_intensity::allow(time_point now) {
  std::erase_if(recent_, [&](time_point at) { return now - at >= limit_.within; });
  recent_.push_back(now);
  if (recent_.size() <= limit_.restarts_max)
    return true;
  recent_.erase(recent_.begin());
  return false;
}

} // namespace troupe::actors
