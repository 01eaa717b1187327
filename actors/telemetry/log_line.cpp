#include "actors/telemetry/log_line.hpp"

#include <nlohmann/json.hpp>

#include <array>
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

std::string seconds(std::chrono::milliseconds t) {
  const auto tenths = t.count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

/// Of those there is one line, and how many more.
bool come_often(const events::audit& e) { return e.action == "publish" || e.action == "refused login"; }

struct to_level {
  log_level operator()(const events::actor_started&) const { return log_level::debug; }
  log_level operator()(const events::actor_restarted&) const { return log_level::warning; }
  log_level operator()(const events::actor_failed&) const { return log_level::error; }
  log_level operator()(const events::handler_failed&) const { return log_level::warning; }
  log_level operator()(const events::handler_slow& e) const { return e.over ? log_level::info : log_level::warning; }
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
  log_level operator()(const events::client_slow&) const { return log_level::info; }
  log_level operator()(const events::store_failed&) const { return log_level::error; }
  log_level operator()(const events::store_recovered&) const { return log_level::info; }
  log_level operator()(const events::audit&) const { return log_level::info; }
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
  wording operator()(const events::handler_slow& e) const {
    const auto what = "slow handler: " + e.actor;
    if (e.over)
      return {what + ": `" + e.event + "` has returned after " + seconds(e.ran)};
    return {what + " runs `" + e.event + "` for " + seconds(e.ran), "slow " + e.actor + " " + e.event};
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
  wording operator()(const events::client_slow& e) const {
    return {with_reason(to_string(e.session) + (e.peer.empty() ? "" : " at " + e.peer) + " was too slow", e.reason), "slow client"};
  }
  wording operator()(const events::store_failed& e) const { return {"the disk store in " + e.dir + " fails: " + e.reason}; }
  wording operator()(const events::store_recovered& e) const { return {"the disk store in " + e.dir + " works again"}; }
  wording operator()(const events::audit& e) const {
    return {"audit: " + e.action + (e.target.empty() ? "" : " " + e.target) + " by " + e.who + " from " + e.peer,
            come_often(e) ? "audit " + e.action + " " + e.who : std::string{}};
  }
  wording operator()(const events::note& e) const { return {e.text}; }
};

/// What an event is called for machines, in the order of `node_event`.
constexpr std::array<std::string_view, std::variant_size_v<node_event>> event_names{
    "started", "restarted", "failed", "handler_failed", "slow_handler", "handler_failed", "opened", "closed",    "away", "back",
    "joined",  "left",      "left",   "limit",          "behind",       "slow",           "failed", "restarted", "audit", "note"};

struct to_data {
  std::string operator()(const events::actor_started& e) const { return dump({{"actor", e.actor}}); }
  std::string operator()(const events::actor_restarted& e) const {
    return dump({{"actor", e.actor}, {"reason", e.reason}, {"restarts", e.restarts}});
  }
  std::string operator()(const events::actor_failed& e) const {
    return dump({{"actor", e.actor}, {"reason", e.reason}});
  }
  std::string operator()(const events::handler_failed& e) const {
    return dump({{"actor", "channel " + e.channel}, {"event", e.event}, {"reason", e.reason}});
  }
  std::string operator()(const events::handler_slow& e) const {
    return dump({{"actor", e.actor}, {"event", e.event}, {"ms", e.ran.count()}, {"over", e.over}});
  }
  std::string operator()(const events::mount_failed& e) const {
    return dump({{"actor", "mount " + e.path}, {"event", e.hook}, {"reason", e.reason}});
  }
  std::string operator()(const events::session_opened& e) const {
    return dump({{"session", to_string(e.session)}, {"transport", to_string(e.transport)}});
  }
  std::string operator()(const events::session_closed& e) const {
    return dump({{"session", to_string(e.session)}, {"transport", to_string(e.transport)},
                            {"code", static_cast<unsigned>(e.code)}, {"reason", e.reason}});
  }
  std::string operator()(const events::session_away&) const { return {}; }
  std::string operator()(const events::session_back&) const { return {}; }
  std::string operator()(const events::member_joined& e) const {
    return dump({{"channel", e.channel}, {"session", to_string(e.session)}});
  }
  std::string operator()(const events::member_left& e) const {
    return dump({{"channel", e.channel}, {"session", to_string(e.session)}, {"reason", to_string(e.why)}});
  }
  std::string operator()(const events::members_left& e) const {
    auto sessions = json::array();
    for (const auto id : e.sessions)
      sessions.push_back(to_string(id));
    return dump({{"channel", e.channel}, {"sessions", sessions}, {"reason", to_string(e.why)}});
  }
  std::string operator()(const events::limit_passed& e) const {
    return dump({{"limit", e.limit}, {"who", e.who}});
  }
  std::string operator()(const events::gap_told& e) const {
    return dump({{"channel", e.channel}, {"session", to_string(e.session)}, {"missed", e.missed ? nlohmann::json(*e.missed) : nlohmann::json{}}});
  }
  std::string operator()(const events::client_slow& e) const {
    return dump({{"session", to_string(e.session)}, {"transport", to_string(e.transport)}, {"reason", e.reason}});
  }
  std::string operator()(const events::store_failed& e) const {
    return dump({{"actor", "disk store"}, {"reason", e.reason}});
  }
  std::string operator()(const events::store_recovered&) const {
    return dump({{"actor", "disk store"}, {"reason", "it works again"}, {"restarts", 0}});
  }
  std::string operator()(const events::audit& e) const {
    if (e.action == "publish") // is seen where it was published
      return {};
    return dump({{"action", e.action}, {"target", e.target}, {"who", e.who}, {"from", e.peer}});
  }
  std::string operator()(const events::note&) const { return {}; }

  /// Names and reasons may come from clients and exceptions: what is no UTF-8 is replaced.
  static std::string dump(const json& data) { return data.dump(-1, ' ', false, json::error_handler_t::replace); }
};

} // namespace

std::string_view peer_of(const node_event& what) {
  return std::visit(
      [](const auto& e) -> std::string_view {
        if constexpr (requires { e.peer; })
          return e.peer;
        else
          return {};
      },
      what);
}

log_level level_of(const node_event& what) { return std::visit(to_level{}, what); }

log_line line_of(const node_event& what) {
  auto [text, topic] = std::visit(to_words{}, what);
  return {level_of(what), std::move(text), std::move(topic), event_names[what.index()]};
}

told_event told(const node_event& what) {
  auto data = std::visit(to_data{}, what);
  return data.empty() ? told_event{} : told_event{event_names[what.index()], std::move(data)};
}

bool is_written_at_once(const node_event& what) {
  const auto* audit = std::get_if<events::audit>(&what);
  return std::holds_alternative<events::handler_slow>(what) || (audit && !come_often(*audit));
}

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
