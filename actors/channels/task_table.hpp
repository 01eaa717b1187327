#pragma once

#include <troupe/task.hpp>

#include <map>
#include <memory>
#include <utility>

namespace troupe::actors {

/// The coroutines of one channel object that have not ended.
///
/// Owner: the channel_runtime; they end with the object. Thread: the channel's. Bounded: `tasks_per_channel`; the runtime
/// refuses what is over.
class task_table {
 public:
  void keep(std::shared_ptr<task_run> run) {
    const auto* which = run.get();
    numbers_.emplace(which, ++last_);
    runs_.emplace(last_, std::move(run));
  }

  void drop(const task_run& run) {
    if (const auto found = numbers_.find(&run); found != numbers_.end()) {
      runs_.erase(found->second);
      numbers_.erase(found);
    }
  }

  /// The newest first, as variables end.
  void end_all() {
    numbers_.clear();
    while (!runs_.empty())
      runs_.extract(std::prev(runs_.end()));
    numbers_.clear();
  }

  [[nodiscard]] bool empty() const noexcept { return runs_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return runs_.size(); }

 private:
  std::map<std::uint64_t, std::shared_ptr<task_run>> runs_; // in the order in which they began
  std::map<const task_run*, std::uint64_t> numbers_;
  std::uint64_t last_ = 0;
};

} // namespace troupe::actors
