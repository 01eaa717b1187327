#pragma once

#include "actors/stores/disk/disk_queue.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

namespace troupe::actors {

/// What the disk's thread tells the others of itself. Thread: any.
class disk_status {
 public:
  std::atomic<std::uint64_t> file_bytes{0}, kept_bytes{0}, syncs{0}, channels{0};

  [[nodiscard]] std::optional<std::string> trouble() const {
    const std::lock_guard guard{mutex_};
    return trouble_;
  }
  /// Whether it is another than before.
  bool set_trouble(std::optional<std::string> now) {
    const std::lock_guard guard{mutex_};
    const bool other = trouble_ != now;
    trouble_ = std::move(now);
    return other;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<std::string> trouble_;
};

/// What the disk store, its partitions and its thread share. Partitions may outlive the store: then nothing answers.
struct disk_core {
  disk_core(std::size_t queue_bytes, store::clock clock) : queue(queue_bytes), now(std::move(clock)) {}

  disk_queue queue;
  disk_status status;
  const store::clock now;
};
using disk_core_ptr = std::shared_ptr<disk_core>;

} // namespace troupe::actors
