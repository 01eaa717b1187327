#include "actors/telemetry/event_bus.hpp"

#include <caf/send.hpp>

#include <utility>

namespace troupe::actors {

// -- announcing ---------------------------------------------------------------

void event_bus::announce(node_event what) {
  count(what);
  if (std::holds_alternative<events::audit>(what) && is_written_at_once(what) && log_.wants(level_of(what)))
    log_.write(line_of(what), &what);
  if (!somebody_sees(what))
    return;
  telemetry_handle to;
  {
    const std::lock_guard guard{mutex_};
    to = to_;
  }
  if (!to)
    return lose(what);
  // A channel's end, with all its members, is one event of the channel: it is told whatever else is dropped.
  const bool must = std::holds_alternative<events::members_left>(what);
  if (waiting_.fetch_add(1, std::memory_order_relaxed) >= waiting_max_ && !must) {
    handled();
    return lose(what);
  }
  caf::anon_send(to, event_message{std::move(what)});
}

/// Lines are written here: telemetry may have no worker to run on.
void event_bus::look_around() {
  slow_.look([this](const log_line& line, const node_event* about) {
    if (log_.wants(line.level))
      log_.write(line, about);
    if (about)
      announce(*about);
  });
}

/// Events about the observer's own channel are how telemetry learns that somebody observes.
bool event_bus::somebody_sees(const node_event& what) const {
  const bool logged = log_.wants(level_of(what)) && !is_written_at_once(what);
  return logged || observed_.load(std::memory_order_relaxed) || about_itself(what);
}

void event_bus::lose(const node_event& what) {
  ++lost_;
  const std::lock_guard guard{mutex_};
  ++untold_[what.index()];
  ++limits_["limits.events_waiting"];
  any_untold_.store(true, std::memory_order_relaxed);
}

void event_bus::count(const node_event& what) {
  if (const auto* limit = std::get_if<events::limit_passed>(&what)) {
    const std::lock_guard guard{mutex_};
    ++limits_[limit->limit];
  } else if (std::holds_alternative<events::actor_restarted>(what)) {
    ++restarts_;
  } else if (const auto* failed = std::get_if<events::actor_failed>(&what)) {
    if (!failed->actor.starts_with("session ")) // costs one client its connection, and has a count of its own
      ++failures_;
  } else if (std::holds_alternative<events::handler_failed>(what) ||
             std::holds_alternative<events::mount_failed>(what)) {
    ++handler_failures_;
  } else if (std::holds_alternative<events::member_joined>(what)) {
    ++joins_;
  } else if (std::holds_alternative<events::member_left>(what)) {
    ++leaves_;
  } else if (const auto* many = std::get_if<events::members_left>(&what)) {
    leaves_ += many->sessions.size();
  }
}

// -- telemetry ----------------------------------------------------------------

void event_bus::report_to(telemetry_handle who) {
  const std::lock_guard guard{mutex_};
  to_ = std::move(who);
  lost_ += waiting_.exchange(0); // what waited for the one before went with it
  observed_ = false;
}

/// Never below zero: telemetry before this one may have taken some along.
void event_bus::handled() noexcept {
  auto waiting = waiting_.load(std::memory_order_relaxed);
  while (waiting > 0 && !waiting_.compare_exchange_weak(waiting, waiting - 1, std::memory_order_relaxed))
    continue;
}

std::map<std::string_view, std::uint64_t> event_bus::take_lost() {
  std::map<std::string_view, std::uint64_t> by_kind;
  if (!any_untold_.load(std::memory_order_relaxed))
    return by_kind;
  const std::lock_guard guard{mutex_};
  any_untold_.store(false, std::memory_order_relaxed);
  for (std::size_t kind = 0; kind < untold_.size(); ++kind)
    if (const auto n = std::exchange(untold_[kind], 0))
      by_kind[kind_names[kind]] = n;
  return by_kind;
}

// -- counters -----------------------------------------------------------------

std::map<std::string, std::uint64_t> event_bus::limits_passed() const {
  const std::lock_guard guard{mutex_};
  return limits_;
}

} // namespace troupe::actors
