#pragma once
/// Time that a test moves, and chance that it decides.

#include "clients/cpp/core/clock.hpp"

#include <map>
#include <random>

namespace troupe::clients::test {

class stepped_clock final : public clock {
 public:
  /// Chance is always the same number.
  explicit stepped_clock(double chance = 0.5) : chance_([chance] { return chance; }) {}

  /// Chance by seed.
  static stepped_clock seeded(std::uint32_t seed);

  milliseconds now() const override { return now_; }
  timer_ptr after(milliseconds pause, std::function<void()> what) override;
  double random() override { return chance_(); }

  /// Time goes on, and timers run when they are due.
  void advance(milliseconds time);

  /// The machine sleeps: time goes on, timers run late, all at its end.
  void sleep(milliseconds time);

  [[nodiscard]] std::size_t pending() const { return timers_->size(); }

 private:
  using key = std::pair<milliseconds, std::uint64_t>;
  using table = std::map<key, std::function<void()>>;
  class running;

  std::function<double()> chance_;
  milliseconds now_{1'000'000};
  std::uint64_t serial_ = 0;
  std::shared_ptr<table> timers_ = std::make_shared<table>();
};

} // namespace troupe::clients::test
