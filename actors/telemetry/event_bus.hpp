#pragma once

#include "actors/messages/catalogue.hpp"
#include "actors/messages/events.hpp"
#include "actors/telemetry/event_log.hpp"
#include "actors/telemetry/slow_handlers.hpp"

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <string>

namespace troupe::actors {

/// Where code announces: counts events that concern limits and failures, and hands on to telemetry what somebody sees,
/// in the log or at `$node:events`. The others cost a look at their kind.
///
/// Owner: the node. Thread: any. Bounded: `waiting_max` events on their way to telemetry, so that no flood grows its
/// mailbox; those past it are counted by kind, and telemetry says so.
class event_bus final : public announcer {
 public:
  /// `log` outlives the desk. `waiting_max`: `limits.events_waiting`.
  event_bus(event_log& log, std::size_t waiting_max) : log_(log), waiting_max_(waiting_max) {}

  void announce(node_event what) override;
  void count_publication() noexcept override { publications_.fetch_add(1, std::memory_order_relaxed); }
  void count_channels(std::size_t now) noexcept override { channels_ = now; }
  void look_around() override;

  /// From now on handlers that run for longer than `slow` are told. Once; `board` outlives it.
  void watch(const running_handlers& board, std::chrono::milliseconds slow) { slow_.watch(board, slow); }

  // -- telemetry --------------------------------------------------------------

  /// From now on events go to `who`; null: nowhere.
  void report_to(telemetry_handle who);

  /// Whether somebody reads `$node:events`: then everything is handed on.
  void set_observed(bool somebody) noexcept { observed_.store(somebody, std::memory_order_relaxed); }

  /// Telemetry has dealt with one.
  void handled() noexcept;

  /// Events by kind that were lost since this was last asked.
  [[nodiscard]] std::map<std::string_view, std::uint64_t> take_lost();

  // -- counters ---------------------------------------------------------------

  [[nodiscard]] std::map<std::string, std::uint64_t> limits_passed() const;
  [[nodiscard]] std::uint64_t publications() const noexcept { return publications_; }
  [[nodiscard]] std::uint64_t channels() const noexcept { return channels_; }
  [[nodiscard]] std::uint64_t restarts() const noexcept { return restarts_; }
  [[nodiscard]] std::uint64_t failures() const noexcept { return failures_; }
  [[nodiscard]] std::uint64_t handler_failures() const noexcept { return handler_failures_; }
  [[nodiscard]] const slow_handlers& slow() const noexcept { return slow_; }
  [[nodiscard]] std::uint64_t joins() const noexcept { return joins_; }
  [[nodiscard]] std::uint64_t leaves() const noexcept { return leaves_; }
  [[nodiscard]] std::uint64_t events_lost() const noexcept { return lost_; }
  [[nodiscard]] std::uint64_t log_lines_lost() const { return log_.lost(); }

 private:
  void count(const node_event& what);
  [[nodiscard]] bool somebody_sees(const node_event& what) const;
  void lose(const node_event& what);

  event_log& log_;
  const std::size_t waiting_max_;
  mutable std::mutex mutex_;
  telemetry_handle to_;
  std::map<std::string, std::uint64_t> limits_;
  std::array<std::uint64_t, std::variant_size_v<node_event>> untold_{}; // lost, by kind, since telemetry last asked
  slow_handlers slow_;
  std::atomic<bool> observed_{false}, any_untold_{false};
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::uint64_t> publications_{0}, channels_{0}, joins_{0}, leaves_{0};
  std::atomic<std::uint64_t> restarts_{0}, failures_{0}, handler_failures_{0}, lost_{0};
};

} // namespace troupe::actors
