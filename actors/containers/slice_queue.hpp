#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <utility>

namespace troupe::actors {

/// Long work in slices, one piece of work after the other: whoever asks for much holds up nobody but others who ask.
///
/// Owner: an actor, which runs a slice per message. Thread: its own. Bounded: `most` pieces that wait.
class slice_queue {
 public:
  /// Does a slice; true: that was the last.
  using slice = std::function<bool()>;

  explicit slice_queue(std::size_t most) noexcept : most_(most) {}

  /// False: too much waits.
  [[nodiscard]] bool add(slice work) {
    if (waiting_.size() >= most_)
      return false;
    waiting_.push_back(std::move(work));
    return true;
  }

  /// A slice of what has waited longest. True: more is left.
  bool run() {
    if (!waiting_.empty() && waiting_.front()())
      waiting_.pop_front();
    return !waiting_.empty();
  }

  [[nodiscard]] std::size_t size() const noexcept { return waiting_.size(); }
  void clear() { waiting_.clear(); }

 private:
  const std::size_t most_;
  std::deque<slice> waiting_;
};

} // namespace troupe::actors
