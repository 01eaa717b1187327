#pragma once

#include "testing/stepped_system.hpp"

#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_execution_unit.hpp>

#include <chrono>

namespace troupe::actors::testing {

/// The CAF actor that a channel without one shows its object (`channel::actor`), and a system for what that spawns.
/// Made on first use: most channels need none. Thread: the test's.
class channel_lodging {
 public:
  channel_lodging();
  ~channel_lodging();
  channel_lodging(const channel_lodging&) = delete;
  channel_lodging& operator=(const channel_lodging&) = delete;

  [[nodiscard]] caf::event_based_actor& actor() noexcept { return *self_; }
  /// It ended: a callback that CAF called without `guarded` threw, or it was told to.
  [[nodiscard]] bool ended() const noexcept { return ended_; }
  /// Lets actors do what is ready; whether anything was.
  bool run();
  void advance(std::chrono::steady_clock::duration time) { system_.advance(time); }

 private:
  stepped_system system_{stepped_system::leftovers::let_go}; // the application's actors
  caf::scoped_execution_unit unit_{&system_.get()}; // where it is while nobody runs it: it may spawn at any time
  bool ended_ = false;
  caf::actor who_;
  caf::event_based_actor* self_ = nullptr;
};

} // namespace troupe::actors::testing
