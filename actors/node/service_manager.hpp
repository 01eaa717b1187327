#pragma once

#include <chrono>
#include <optional>

namespace troupe::actors {

/// Tells the service manager that started us how we are: systemd, and whatever speaks its protocol (`NOTIFY_SOCKET`).
/// Without one nothing happens.
///
/// Owner: the node's process. Thread: its.
class service_manager {
 public:
  /// Reads whether it wants to see that we live (`WatchdogSec=`).
  service_manager();

  /// Clients are served; also after `reloading`.
  void ready();
  /// Values are being taken over.
  void reloading();
  /// The end has begun.
  void stopping();

  /// Whether half of the time is over after which it takes us for dead.
  [[nodiscard]] bool waits_for_life(std::chrono::steady_clock::time_point now) const;
  void lives(std::chrono::steady_clock::time_point now);

 private:
  std::optional<std::chrono::microseconds> patience_;
  std::chrono::steady_clock::time_point last_{};
};

} // namespace troupe::actors
