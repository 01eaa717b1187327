#include "clients/cpp/core/heartbeat.hpp"

#include <algorithm>

namespace troupe::clients {

namespace {

constexpr milliseconds late_by{2'000}; // a timer that did not run in time: the machine slept, or was very busy

} // namespace

void heartbeat::start(pulse p) {
  pulse_ = p;
  heard();
  listen();
}

void heartbeat::heard() {
  heard_at_ = clock_.now();
  answered_ = true;
}

void heartbeat::doubt() {
  if (!timer_)
    return;
  if (pulse_.asks)
    question(patience_ / 2);
  else if (silence() > pulse_.quiet)
    to_.dead();
}

milliseconds heartbeat::silence() const { return std::max(milliseconds{0}, clock_.now() - heard_at_); }

void heartbeat::listen() {
  wait(std::max(milliseconds{0}, pulse_.quiet - silence()), [this](bool) {
    if (silence() < pulse_.quiet)
      listen();
    else
      question(patience_);
  });
}

void heartbeat::question(milliseconds patience) {
  answered_ = false;
  if (pulse_.asks)
    to_.ask();
  wait(patience, [this, patience](bool late) { give_up(patience, late); });
}

void heartbeat::give_up(milliseconds patience, bool late) {
  if (!to_.reading())
    heard();
  if (answered_)
    listen();
  else if (late)
    question(patience);
  else
    to_.dead();
}

void heartbeat::wait(milliseconds pause, std::function<void(bool)> then) {
  const auto due = clock_.now() + pause;
  timer_ = clock_.after(pause, [this, due, then = std::move(then)] { then(clock_.now() > due + late_by); });
}

} // namespace troupe::clients
