#pragma once
/// Where code announces: hands events to telemetry, and counts those that concern limits and failures.
///
/// Owner: the node. Thread: any. Bounded: `waiting_max` events on their way to telemetry; past it they are dropped and
/// counted, so that a log that is slow to write cannot grow a mailbox.

#include "actors/messages/catalogue.hpp"
#include "actors/messages/events.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <string>

namespace troupe::actors {

class event_bus final : public announcer {
 public:
  static constexpr std::size_t waiting_max = 20'000;

  void announce(node_event what) override;

  /// From now on events go to `who`; null: nowhere.
  void report_to(telemetry_handle who);

  /// Telemetry has dealt with one.
  void handled() noexcept;

  // -- counters ---------------------------------------------------------------

  [[nodiscard]] std::map<std::string, std::uint64_t> limits_passed() const;
  [[nodiscard]] std::uint64_t restarts() const noexcept { return restarts_; }
  [[nodiscard]] std::uint64_t failures() const noexcept { return failures_; }
  [[nodiscard]] std::uint64_t handler_failures() const noexcept { return handler_failures_; }
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

 private:
  void count(const node_event& what);

  mutable std::mutex mutex_;
  telemetry_handle to_;
  std::map<std::string, std::uint64_t> limits_;
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::uint64_t> restarts_{0}, failures_{0}, handler_failures_{0}, dropped_{0};
};

} // namespace troupe::actors
