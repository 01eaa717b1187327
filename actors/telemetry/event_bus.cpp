#include "actors/telemetry/event_bus.hpp"

#include <caf/send.hpp>

#include <utility>

namespace troupe::actors {

void event_bus::announce(node_event what) {
  count(what);
  telemetry_handle to;
  {
    const std::lock_guard guard{mutex_};
    to = to_;
  }
  if (!to || waiting_.fetch_add(1, std::memory_order_relaxed) >= waiting_max) {
    if (to)
      handled();
    ++dropped_;
    return;
  }
  caf::anon_send(to, event_message{std::move(what)});
}

void event_bus::report_to(telemetry_handle who) {
  const std::lock_guard guard{mutex_};
  to_ = std::move(who);
  waiting_ = 0; // what waited for the one before is gone
}

/// Never below zero: telemetry before this one may have taken some along.
void event_bus::handled() noexcept {
  auto waiting = waiting_.load(std::memory_order_relaxed);
  while (waiting > 0 && !waiting_.compare_exchange_weak(waiting, waiting - 1, std::memory_order_relaxed))
    continue;
}

void event_bus::count(const node_event& what) {
  if (const auto* limit = std::get_if<events::limit_passed>(&what)) {
    const std::lock_guard guard{mutex_};
    ++limits_[limit->limit];
  } else if (std::holds_alternative<events::actor_restarted>(what)) {
    ++restarts_;
  } else if (std::holds_alternative<events::actor_failed>(what)) {
    ++failures_;
  } else if (std::holds_alternative<events::handler_failed>(what) || std::holds_alternative<events::mount_failed>(what)) {
    ++handler_failures_;
  }
}

std::map<std::string, std::uint64_t> event_bus::limits_passed() const {
  const std::lock_guard guard{mutex_};
  return limits_;
}

} // namespace troupe::actors
