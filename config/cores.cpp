#include "config/cores.hpp"

#include <algorithm>
#include <sched.h>
#include <thread>

namespace troupe::config {

std::size_t usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0)
    return static_cast<std::size_t>(std::max(CPU_COUNT(&set), 1));
  return std::max(std::thread::hardware_concurrency(), 1u);
}

std::size_t shards_of(const settings& s) {
  return s.threads.shards != 0 ? s.threads.shards : std::min(usable_cores(), shards_max);
}

} // namespace troupe::config
