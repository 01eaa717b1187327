#pragma once

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace troupe::actors {

/// Which channels' and mounts' code runs just now: for whoever cannot ask actors that are stuck.
///
/// Each has a entry on it; beginning and ending cost a store each.
/// Owner: the node's actors; it outlives every channel and mount. Thread: any.
class running_handlers {
 public:
  class entry {
   public:
    /// `on` may be null: nobody looks.
    entry(running_handlers* on, std::string name);
    ~entry();
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;

   private:
    friend class running_handlers;
    running_handlers* const handlers_;
    const std::string name_;
    std::atomic<bool> busy_{false};
  };

  /// For as long as the code runs.
  class mark {
   public:
    explicit mark(entry& of) noexcept : entry_(of) { entry_.busy_.store(true, std::memory_order_relaxed); }
    ~mark() { entry_.busy_.store(false, std::memory_order_relaxed); }
    mark(const mark&) = delete;
    mark& operator=(const mark&) = delete;

   private:
    entry& entry_;
  };

  /// The names of those whose code runs, in order.
  [[nodiscard]] std::vector<std::string> busy() const;

 private:
  mutable std::mutex mutex_;
  std::set<const entry*> entries_;
};

} // namespace troupe::actors
