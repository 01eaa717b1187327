#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>
#include <cstdint>

namespace troupe::actors::testing {

/// An actor system without threads: its actors run when told to, and its clock is stepped.
/// Thread: the test's.
class stepped_system {
 public:
  /// Actors that are left at its end.
  enum class leftovers : std::uint8_t { waited_for, let_go };

  explicit stepped_system(leftovers at_end);

  [[nodiscard]] caf::actor_system& get() noexcept { return system_; }
  [[nodiscard]] std::chrono::steady_clock::time_point now() { return coordinator().clock().now(); }
  /// Runs what is ready; whether anything was.
  bool run() { return coordinator().run() != 0; }
  [[nodiscard]] bool idle() { return coordinator().jobs.empty(); }
  void advance(std::chrono::steady_clock::duration time) { coordinator().advance_time(time); }

 private:
  [[nodiscard]] caf::scheduler::test_coordinator& coordinator() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  }
  struct without_threads : caf::actor_system_config {
    without_threads();
  };
  without_threads config_;
  caf::actor_system system_;
};

} // namespace troupe::actors::testing
