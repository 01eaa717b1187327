#include "actors/hosting/timer_wheel.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace troupe::actors {

// -- rings --------------------------------------------------------------------

void timer_link::unlink() noexcept {
  next_->previous_ = previous_;
  previous_->next_ = next_;
  next_ = previous_ = this;
}

void timer_link::link_before(timer_link& place) noexcept {
  next_ = &place;
  previous_ = place.previous_;
  previous_->next_ = this;
  place.previous_ = this;
}

// -- timers -------------------------------------------------------------------

timer::~timer() {
  cancel();
  if (destroyed_)
    *destroyed_ = true;
}

void timer::cancel() noexcept {
  if (!wheel_)
    return;
  unlink();
  --wheel_->armed_;
  wheel_ = nullptr;
}

// -- the wheel ----------------------------------------------------------------

timer_wheel::timer_wheel(clock::time_point start, clock::duration resolution)
    : start_(start), resolution_(resolution), ring_(slots) {
  assert(resolution > clock::duration::zero());
}

timer_wheel::~timer_wheel() {
  const auto empty = [](timer_link& ring) {
    while (!ring.alone())
      static_cast<timer*>(ring.next_)->cancel();
  };
  std::for_each(ring_.begin(), ring_.end(), empty);
  empty(due_);
}

void timer_wheel::schedule(timer& t, clock::time_point deadline) {
  t.cancel();
  // Divide first: a deadline of time_point::max() must not overflow.
  const auto after = std::max(deadline - start_, clock::duration::zero());
  const auto whole = static_cast<std::uint64_t>(after / resolution_);
  const auto tick = whole + (after % resolution_ != clock::duration::zero() ? 1 : 0);
  t.tick_ = std::max(tick, target_ + 1);
  t.wheel_ = this;
  t.link_before(ring_[t.tick_ % slots]);
  ++armed_;
}

std::size_t timer_wheel::advance(clock::time_point now) {
  if (now < start_ || current_ != target_) // the latter: called from within a callback
    return 0;
  target_ = std::max(target_, static_cast<std::uint64_t>((now - start_) / resolution_));
  std::size_t called = 0;
  while (current_ < target_) {
    if (armed_ == 0) {
      current_ = target_;
      break;
    }
    collect(current_ + 1);
    called += call_due();
    ++current_;
  }
  return called;
}

void timer_wheel::collect(std::uint64_t tick) {
  auto& slot = ring_[tick % slots];
  for (auto* link = slot.next_; link != &slot;) {
    auto* t = static_cast<timer*>(std::exchange(link, link->next_));
    if (t->tick_ > tick)
      continue;
    t->unlink();
    t->link_before(due_);
  }
}

std::size_t timer_wheel::call_due() {
  std::size_t called = 0;
  for (; !due_.alone(); ++called)
    call(*static_cast<timer*>(due_.next_));
  return called;
}

void timer_wheel::call(timer& t) {
  t.cancel();
  // The callback may destroy the timer it belongs to, so it is called from here.
  bool destroyed = false;
  t.destroyed_ = &destroyed;
  auto callback = std::move(t.callback_);
  callback();
  if (destroyed)
    return;
  t.callback_ = std::move(callback);
  t.destroyed_ = nullptr;
}

} // namespace troupe::actors
