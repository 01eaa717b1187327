#pragma once
/// Which channels' and mounts' code runs just now: for the watchdog, which cannot ask actors that are stuck.
///
/// Each has a line on it; beginning and ending cost a store each.
/// Owner: the node's actors; it outlives every channel and mount. Thread: any.

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace troupe::actors {

class work_board {
 public:
  class line {
   public:
    /// `on` may be null: nobody looks.
    line(work_board* on, std::string name);
    ~line();
    line(const line&) = delete;
    line& operator=(const line&) = delete;

   private:
    friend class work_board;
    work_board* const board_;
    const std::string name_;
    std::atomic<bool> busy_{false};
  };

  /// For as long as the code runs.
  class mark {
   public:
    explicit mark(line& of) noexcept : line_(of) { line_.busy_.store(true, std::memory_order_relaxed); }
    ~mark() { line_.busy_.store(false, std::memory_order_relaxed); }
    mark(const mark&) = delete;
    mark& operator=(const mark&) = delete;

   private:
    line& line_;
  };

  /// The names of those whose code runs, in order.
  [[nodiscard]] std::vector<std::string> busy() const;

 private:
  mutable std::mutex mutex_;
  std::set<const line*> lines_;
};

} // namespace troupe::actors
