#include "actors/telemetry/log_line.hpp"

#include <nlohmann/json.hpp>

namespace troupe::actors {

namespace {

using nlohmann::json;

std::string with_reason(std::string text, const std::string& reason) {
  return reason.empty() ? text : text + ": " + reason;
}

struct to_line {
  log_line operator()(const events::actor_started& e) const { return {log_level::debug, e.actor + " started", {}}; }
  log_line operator()(const events::actor_restarted& e) const {
    return {log_level::warning, with_reason(e.actor + " restarted (" + std::to_string(e.restarts) + ")", e.reason), {}};
  }
  log_line operator()(const events::actor_failed& e) const {
    return {log_level::error, with_reason(e.actor + " failed", e.reason), {}};
  }
  log_line operator()(const events::handler_failed& e) const {
    return {log_level::warning, with_reason("channel " + e.channel + ": handler of `" + e.event + "` failed", e.reason),
            "handler " + e.channel + " " + e.event + " " + e.reason};
  }
  log_line operator()(const events::mount_failed& e) const {
    return {log_level::warning, with_reason("mount " + e.path + ": " + e.hook + " failed", e.reason),
            "mount " + e.path + " " + e.hook + " " + e.reason};
  }
  log_line operator()(const events::session_opened& e) const {
    return {log_level::debug,
            to_string(e.session) + " opened over " + std::string{to_string(e.transport)} +
                (e.peer.empty() ? "" : " from " + e.peer),
            {}};
  }
  log_line operator()(const events::session_closed& e) const {
    const auto code = static_cast<unsigned>(e.code);
    return {log_level::debug, with_reason(to_string(e.session) + " closed" + (code ? " (" + std::to_string(code) + ")" : ""), e.reason), {}};
  }
  log_line operator()(const events::member_joined& e) const {
    return {log_level::debug, to_string(e.session) + " joined " + e.channel, {}};
  }
  log_line operator()(const events::member_left& e) const {
    return {log_level::debug,
            to_string(e.session) + " left " + e.channel + ": " + std::string{to_string(e.why)} +
                (e.heard ? "" : " (no object heard it)"),
            {}};
  }
  log_line operator()(const events::limit_passed& e) const {
    return {log_level::warning, with_reason(e.limit + " was passed", e.who), e.limit};
  }
  log_line operator()(const events::gap_told& e) const {
    return {log_level::info, to_string(e.session) + " fell behind in " + e.channel + " and missed " + std::to_string(e.missed), "gap " + e.channel};
  }
  log_line operator()(const events::note& e) const {
    return {e.warning ? log_level::warning : log_level::info, e.text, {}};
  }
};

struct to_told {
  told_event operator()(const events::actor_started& e) const { return {"started", dump({{"actor", e.actor}})}; }
  told_event operator()(const events::actor_restarted& e) const {
    return {"restarted", dump({{"actor", e.actor}, {"reason", e.reason}, {"restarts", e.restarts}})};
  }
  told_event operator()(const events::actor_failed& e) const {
    return {"failed", dump({{"actor", e.actor}, {"reason", e.reason}})};
  }
  told_event operator()(const events::handler_failed& e) const {
    return {"failed", dump({{"actor", "channel " + e.channel}, {"reason", "handler of `" + e.event + "`: " + e.reason}})};
  }
  told_event operator()(const events::mount_failed& e) const {
    return {"failed", dump({{"actor", "mount " + e.path}, {"reason", e.hook + ": " + e.reason}})};
  }
  told_event operator()(const events::session_opened& e) const {
    return {"opened", dump({{"session", to_string(e.session)}, {"transport", to_string(e.transport)}})};
  }
  told_event operator()(const events::session_closed& e) const {
    return {"closed", dump({{"session", to_string(e.session)}, {"transport", to_string(e.transport)},
                            {"code", static_cast<unsigned>(e.code)}, {"reason", e.reason}})};
  }
  told_event operator()(const events::member_joined& e) const {
    return {"joined", dump({{"channel", e.channel}, {"session", to_string(e.session)}})};
  }
  told_event operator()(const events::member_left& e) const {
    return {"left", dump({{"channel", e.channel}, {"session", to_string(e.session)}, {"reason", to_string(e.why)}})};
  }
  told_event operator()(const events::limit_passed& e) const {
    return {"limit", dump({{"limit", e.limit}, {"who", e.who}})};
  }
  told_event operator()(const events::gap_told& e) const {
    return {"behind", dump({{"channel", e.channel}, {"session", to_string(e.session)}, {"missed", e.missed}})};
  }
  told_event operator()(const events::note&) const { return {}; }

  /// Names and reasons may come from clients and exceptions: what is no UTF-8 is replaced.
  static std::string dump(const json& data) { return data.dump(-1, ' ', false, json::error_handler_t::replace); }
};

} // namespace

log_line line_of(const node_event& what) { return std::visit(to_line{}, what); }

told_event told(const node_event& what) { return std::visit(to_told{}, what); }

bool about_itself(const node_event& what) {
  return std::visit(
      [](const auto& e) {
        if constexpr (requires { e.channel; })
          return e.channel == node_events_channel;
        else if constexpr (requires { e.actor; })
          return e.actor == "channel " + std::string{node_events_channel};
        else
          return false;
      },
      what);
}

} // namespace troupe::actors
