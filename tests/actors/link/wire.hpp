#pragma once

#include <cstddef>
#include <memory>
#include <random>
#include <vector>

namespace troupe::actors::testing {

/// How bad it is, in percent of batches.
struct weather {
  unsigned lost = 0, repeated = 0, reordered = 0;
};

/// One direction: batches on their way. What is taken out of it may have been taken before.
template <class Batch>
class wire {
 public:
  void put(std::shared_ptr<Batch> what) { on_their_way_.push_back(std::move(what)); }
  [[nodiscard]] bool empty() const { return on_their_way_.empty(); }

  /// The next that arrives, a copy; null: it was lost.
  std::shared_ptr<Batch> take(std::mt19937& dice, const weather& w) {
    const auto chance = [&](unsigned percent) { return dice() % 100 < percent; };
    const auto which = chance(w.reordered) ? dice() % on_their_way_.size() : 0;
    auto what = on_their_way_[which];
    if (!chance(w.repeated))
      on_their_way_.erase(on_their_way_.begin() + static_cast<std::ptrdiff_t>(which));
    return chance(w.lost) ? nullptr : std::make_shared<Batch>(*what);
  }

 private:
  std::vector<std::shared_ptr<Batch>> on_their_way_;
};

} // namespace troupe::actors::testing
