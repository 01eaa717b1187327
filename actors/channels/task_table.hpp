#pragma once

#include <troupe/task.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>

namespace troupe::actors {

/// The coroutines of one channel object that have not ended.
///
/// Owner: the channel_runtime; they end with the object. Thread: the channel's. Bounded: `tasks_per_channel`, of these
/// `calls_per_session` of one client; the runtime refuses what is over.
class task_table {
 public:
  /// `whose`: the client that it answers, if it answers one.
  void keep(std::shared_ptr<task_run> run, session_id whose) {
    const auto* which = run.get();
    places_.emplace(which, place{++last_, whose});
    runs_.emplace(last_, std::move(run));
    if (whose)
      ++by_client_[whose];
  }

  void drop(const task_run& run) {
    const auto found = places_.find(&run);
    if (found == places_.end())
      return;
    const auto [number, whose] = found->second;
    places_.erase(found);
    if (const auto of = by_client_.find(whose); of != by_client_.end() && --of->second == 0)
      by_client_.erase(of);
    runs_.erase(number);
  }

  /// The newest first, as variables end.
  void end_all() {
    forget_places();
    while (!runs_.empty())
      runs_.extract(std::prev(runs_.end()));
    forget_places();
  }

  [[nodiscard]] bool empty() const noexcept { return runs_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return runs_.size(); }
  /// Also those whose answer it does not wait for any more.
  [[nodiscard]] std::size_t size_of(session_id client) const {
    const auto found = by_client_.find(client);
    return found == by_client_.end() ? 0 : found->second;
  }

 private:
  struct place {
    std::uint64_t number;
    session_id whose;
  };

  void forget_places() {
    places_.clear();
    by_client_.clear();
  }

  std::map<std::uint64_t, std::shared_ptr<task_run>> runs_; // in the order in which they began
  std::map<const task_run*, place> places_;
  std::map<session_id, std::size_t> by_client_;
  std::uint64_t last_ = 0;
};

} // namespace troupe::actors
