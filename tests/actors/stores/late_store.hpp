#pragma once
/// A memory store that answers when told to: it reorders nothing, and does nothing before its time.
/// For tests of what waits for a store in order.

#include "actors/stores/memory_store.hpp"

#include <deque>
#include <functional>

namespace troupe::actors::testing {

class late_store final : public store {
 public:
  explicit late_store(clock now, memory_limits limits = {}) : inside_(std::move(now), limits, 1) {}

  /// Does and answers the next `count` of what was asked.
  void answer(std::size_t count = 1) {
    for (; count > 0 && !asked_.empty(); --count) {
      auto next = std::move(asked_.front());
      asked_.pop_front();
      next();
    }
  }
  void answer_all() { answer(static_cast<std::size_t>(-1)); }
  [[nodiscard]] std::size_t waiting() const noexcept { return asked_.size(); }

  /// The next appends, snapshots and answers fail.
  std::size_t failing = 0;
  /// Partitions answer within the call, as the memory store does.
  bool prompt = false;
  /// Opening waits, too.
  bool opens_late = false;

  // -- overridden functions of store ------------------------------------------

  void open(const std::string& channel, const retention& keep, const starter& by, post back,
            std::function<void(tl::expected<std::unique_ptr<partition>, failure>)> then) override;
  void sweep() override { inside_.sweep(); }
  [[nodiscard]] std::size_t bytes() const override { return inside_.bytes(); }

  void ask(std::function<void()> what) {
    if (prompt)
      what();
    else
      asked_.push_back(std::move(what));
  }

 private:
  memory_store inside_;
  std::deque<std::function<void()>> asked_;
};

} // namespace troupe::actors::testing
