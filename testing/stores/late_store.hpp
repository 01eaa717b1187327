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
      const auto next = std::move(asked_.front().what);
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
  /// Hears of each publication that is kept, before whoever asked for it.
  std::function<void(const publication&)> on_kept;

  /// The partition that is open now, which answers at once; null: none is.
  [[nodiscard]] partition* open_one() const noexcept { return open_; }

  // -- overridden functions of store ------------------------------------------

  void open(const std::string& channel, const retention& keep, const starter& by, post back,
            std::function<void(tl::expected<std::unique_ptr<partition>, failure>)> then) override;
  void sweep() override { inside_.sweep(); }
  [[nodiscard]] std::size_t bytes() const override { return inside_.bytes(); }

 private:
  friend class late_partition;
  struct asked {
    const void* by = nullptr; // a partition: what it asked ends with it
    std::function<void()> what;
  };
  void ask(const void* by, std::function<void()> what) {
    if (prompt && asked_.empty())
      what();
    else
      asked_.push_back({by, std::move(what)});
  }
  void note(const tl::expected<kept, failure>& what) const {
    if (what && !what->duplicate && on_kept)
      on_kept(*what->what);
  }

  memory_store inside_;
  partition* open_ = nullptr; // one at a time is enough for tests
  std::deque<asked> asked_;
};

} // namespace troupe::actors::testing
