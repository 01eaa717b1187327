#include "actors/telemetry/log_line.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace troupe {

std::string_view to_string(log_level level) noexcept {
  constexpr std::string_view names[] = {"debug", "info", "warning", "error"};
  return names[static_cast<std::size_t>(level)];
}

} // namespace troupe

namespace troupe::actors {

namespace {

using nlohmann::json;

constexpr std::size_t topic_reason_max = 80; // of what may quote a client

std::string with_reason(std::string text, const std::string& reason) {
  return reason.empty() ? text : text + ": " + reason;
}

struct to_level {
  log_level operator()(const events::actor_started&) const { return log_level::debug; }
  log_level operator()(const events::actor_restarted&) const { return log_level::warning; }
  log_level operator()(const events::actor_failed&) const { return log_level::error; }
  log_level operator()(const events::handler_failed&) const { return log_level::warning; }
  log_level operator()(const events::mount_failed&) const { return log_level::warning; }
  log_level operator()(const events::session_opened&) const { return log_level::debug; }
  log_level operator()(const events::session_closed&) const { return log_level::debug; }
  log_level operator()(const events::session_away&) const { return log_level::debug; }
  log_level operator()(const events::session_back&) const { return log_level::debug; }
  log_level operator()(const events::member_joined&) const { return log_level::debug; }
  log_level operator()(const events::member_left&) const { return log_level::debug; }
  log_level operator()(const events::members_left&) const { return log_level::debug; }
  log_level operator()(const events::limit_passed&) const { return log_level::warning; }
  log_level operator()(const events::gap_told&) const { return log_level::info; }
  log_level operator()(const events::store_failed&) const { return log_level::error; }
  log_level operator()(const events::store_recovered&) const { return log_level::info; }
  log_level operator()(const events::note& e) const { return e.warning ? log_level::warning : log_level::info; }
};

/// What a line says, and the topic it belongs to.
struct wording {
  std::string text;
  std::string topic{};
};

struct to_words {
  wording operator()(const events::actor_started& e) const { return {e.actor + " started"}; }
  wording operator()(const events::actor_restarted& e) const {
    return {with_reason(e.actor + " restarted (" + std::to_string(e.restarts) + ")", e.reason)};
  }
  wording operator()(const events::actor_failed& e) const { return {with_reason(e.actor + " failed", e.reason)}; }
  wording operator()(const events::handler_failed& e) const {
    return {with_reason("channel " + e.channel + ": handler of `" + e.event + "` failed", e.reason),
            "handler " + e.channel + " " + e.event + " " + e.reason.substr(0, topic_reason_max)};
  }
  wording operator()(const events::mount_failed& e) const {
    return {with_reason("mount " + e.path + ": " + e.hook + " failed", e.reason),
            "mount " + e.path + " " + e.hook + " " + e.reason.substr(0, topic_reason_max)};
  }
  wording operator()(const events::session_opened& e) const {
    return {to_string(e.session) + " opened over " + std::string{to_string(e.transport)} +
            (e.peer.empty() ? "" : " from " + e.peer)};
  }
  wording operator()(const events::session_closed& e) const {
    const auto code = static_cast<unsigned>(e.code);
    return {with_reason(to_string(e.session) + " closed" + (code ? " (" + std::to_string(code) + ")" : ""), e.reason)};
  }
  wording operator()(const events::session_away& e) const { return {to_string(e.session) + " is away"}; }
  wording operator()(const events::session_back& e) const {
    return {to_string(e.session) + (e.replaced ? " was taken over by another connection, " : " is back over ") +
            std::string{to_string(e.transport)}};
  }
  wording operator()(const events::member_joined& e) const { return {to_string(e.session) + " joined " + e.channel}; }
  wording operator()(const events::member_left& e) const {
    return {to_string(e.session) + " left " + e.channel + ": " + std::string{to_string(e.why)} +
            (e.heard ? "" : " (no object heard it)")};
  }
  wording operator()(const events::members_left& e) const {
    return {std::to_string(e.sessions.size()) + " members left " + e.channel + ": " + std::string{to_string(e.why)} +
            (e.heard ? "" : " (no object heard it)")};
  }
  wording operator()(const events::limit_passed& e) const { return {with_reason(e.limit + " was passed", e.who), e.limit}; }
  wording operator()(const events::gap_told& e) const {
    return {to_string(e.session) + " fell behind in " + e.channel + " and missed " + (e.missed ? std::to_string(*e.missed) : "an unknown number"),
            "gap " + e.channel};
  }
  wording operator()(const events::store_failed& e) const { return {"the disk store in " + e.dir + " fails: " + e.reason}; }
  wording operator()(const events::store_recovered& e) const { return {"the disk store in " + e.dir + " works again"}; }
  wording operator()(const events::note& e) const { return {e.text}; }
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
  told_event operator()(const events::session_away&) const { return {}; }
  told_event operator()(const events::session_back&) const { return {}; }
  told_event operator()(const events::member_joined& e) const {
    return {"joined", dump({{"channel", e.channel}, {"session", to_string(e.session)}})};
  }
  told_event operator()(const events::member_left& e) const {
    return {"left", dump({{"channel", e.channel}, {"session", to_string(e.session)}, {"reason", to_string(e.why)}})};
  }
  told_event operator()(const events::members_left& e) const {
    auto sessions = json::array();
    for (const auto id : e.sessions)
      sessions.push_back(to_string(id));
    return {"left", dump({{"channel", e.channel}, {"sessions", sessions}, {"reason", to_string(e.why)}})};
  }
  told_event operator()(const events::limit_passed& e) const {
    return {"limit", dump({{"limit", e.limit}, {"who", e.who}})};
  }
  told_event operator()(const events::gap_told& e) const {
    return {"behind", dump({{"channel", e.channel}, {"session", to_string(e.session)}, {"missed", e.missed ? nlohmann::json(*e.missed) : nlohmann::json{}}})};
  }
  told_event operator()(const events::store_failed& e) const {
    return {"failed", dump({{"actor", "disk store"}, {"reason", e.reason}})};
  }
  told_event operator()(const events::store_recovered&) const {
    return {"restarted", dump({{"actor", "disk store"}, {"reason", "it works again"}, {"restarts", 0}})};
  }
  told_event operator()(const events::note&) const { return {}; }

  /// Names and reasons may come from clients and exceptions: what is no UTF-8 is replaced.
  static std::string dump(const json& data) { return data.dump(-1, ' ', false, json::error_handler_t::replace); }
};

} // namespace

log_level level_of(const node_event& what) { return std::visit(to_level{}, what); }

log_line line_of(const node_event& what) {
  auto [text, topic] = std::visit(to_words{}, what);
  return {level_of(what), std::move(text), std::move(topic)};
}

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
