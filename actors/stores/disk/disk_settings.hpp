#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace rocksdb {
class Env;
}

namespace troupe::actors {

/// How the disk store is set up. A value; the defaults are those of `[disk]`.
struct disk_settings {
  std::string dir;                                         ///< of its own; made if it is missing
  std::size_t bytes = 4096ull * 1024 * 1024;               ///< of its files; see disk_catalogue and disk_worker
  std::size_t queue_bytes = 64 * 1024 * 1024;              ///< of what waits for the disk; past it: `busy`
  std::size_t reserve_bytes = 256 * 1024 * 1024;           ///< of free space that are left to others
  std::size_t channels = 200'000;                          ///< known; past it those that say nothing go, else `limit`
  std::chrono::milliseconds forget_after{30ll * 24 * 3600 * 1000}; ///< a channel that keeps at most a snapshot, unused
  bool salvage = false;                                    ///< opens what is damaged, with new epochs, instead of refusing
  rocksdb::Env* env = nullptr;                             ///< the engine's files; null: the system's. Outlives the store
};

} // namespace troupe::actors
