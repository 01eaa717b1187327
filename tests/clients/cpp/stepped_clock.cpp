#include "tests/clients/cpp/stepped_clock.hpp"

namespace troupe::clients::test {

class stepped_clock::running final : public timer {
 public:
  running(std::weak_ptr<table> in, key which) : in_(std::move(in)), which_(which) {}
  ~running() override {
    if (const auto all = in_.lock())
      all->erase(which_);
  }

 private:
  const std::weak_ptr<table> in_;
  const key which_;
};

stepped_clock stepped_clock::seeded(std::uint32_t seed) {
  stepped_clock clock;
  clock.chance_ = [source = std::make_shared<std::mt19937>(seed)] {
    return std::uniform_real_distribution<double>{0, 1}(*source);
  };
  return clock;
}

timer_ptr stepped_clock::after(milliseconds pause, std::function<void()> what) {
  const key which{now_ + std::max(pause, milliseconds{0}), ++serial_};
  timers_->emplace(which, std::move(what));
  return std::make_unique<running>(timers_, which);
}

void stepped_clock::advance(milliseconds time) {
  const auto end = now_ + time;
  while (!timers_->empty() && timers_->begin()->first.first <= end) {
    const auto first = timers_->begin();
    now_ = std::max(now_, first->first.first);
    const auto what = std::move(first->second);
    timers_->erase(first);
    what();
  }
  now_ = end;
}

void stepped_clock::sleep(milliseconds time) {
  now_ += time;
  advance(milliseconds{0});
}

} // namespace troupe::clients::test
