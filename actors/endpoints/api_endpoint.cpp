// The HTTP API: who may, and which command or report it is. Publishing is in api_publishing, larger reports in reports.

#include "actors/endpoints/api_commands.hpp"
#include "actors/endpoints/api_queries.hpp"
#include "actors/endpoints/endpoints.hpp"
#include "actors/endpoints/origin_policy.hpp"
#include "actors/sessions/shard.hpp"
#include "actors/sessions/shard_actor.hpp"
#include "protocol/names.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <optional>
#include <utility>

namespace troupe::actors {

namespace {

using transports::error_response;
using transports::exchange_ptr;
using transports::http_response;

constexpr auto kill_patience = std::chrono::seconds{2};

// -- commanding ---------------------------------------------------------------

void answer_found(const exchange_ptr& exchange, bool found, const std::string& what) {
  exchange->respond(found ? http_response::json(200, R"({"success":true})")
                          : error_response(404, "not_found", "there is no " + what));
}

void answer_ended(const exchange_ptr& exchange, const std::string& channel, const session_ended& r) {
  answer_found(exchange, r.found && (channel.empty() || r.was_in),
               r.found ? "such member: the session is not in " + channel : "such session");
}

constexpr std::string_view no_reason = "disconnected by the API";

/// For whoever asks later why somebody was gone.
void note_ended(const request_context& at, const end_session& what, const session_ended& r, const std::string& peer) {
  if (!r.found || (!what.channel.empty() && !r.was_in))
    return;
  const auto whose = r.user.empty() ? std::string{} : " (" + r.user + ")";
  const auto how = what.crash ? "killed" : what.channel.empty() ? "disconnected" : "taken out of " + what.channel;
  const auto why = what.reason.empty() || what.reason == no_reason ? std::string{} : ": " + what.reason;
  at.home().announce(events::note{to_string(what.who) + whose + " was " + how + " by the API, asked from " + peer + why});
}

void end_client(const request_context& at, const exchange_ptr& exchange, end_session what) {
  const auto shard = at.state.registry.find<shard_handle>(shard_name(what.who.shard()));
  if (!shard)
    return answer_found(exchange, false, "such session");
  at.actor().request(shard, std::chrono::seconds{5}, what)
      .then([at, exchange, what](const session_ended& r) {
              note_ended(at, what, r, exchange->request().peer);
              answer_ended(exchange, what.channel, r);
            },
            [exchange](const caf::error&) {
              exchange->respond(http_refusal({error_code::unavailable, "the session's shard did not answer"}));
            });
}

session_id known_session(const api_body& body) {
  const auto id = parse_session_id(body.text("session"));
  if (!id)
    throw bad_body{{error_code::bad_message, "session: expected an id such as \"s9\""}};
  return *id;
}

void disconnect(const request_context& at, const exchange_ptr& exchange, const api_body& body) {
  auto reason = body.optional_text("reason");
  const auto who = known_session(body);
  audit(at, exchange->request(), "disconnect", to_string(who));
  end_client(at, exchange, {who, {}, reason.empty() ? std::string{no_reason} : reason, false});
}

void unsubscribe(const request_context& at, const exchange_ptr& exchange, const api_body& body) {
  const auto who = known_session(body);
  auto channel = body.text("channel");
  if (auto wrong = protocol::channel_name_error(channel))
    throw bad_body{{error_code::bad_channel, "channel: " + *wrong}};
  audit(at, exchange->request(), "unsubscribe", to_string(who) + " from " + channel);
  end_client(at, exchange, {who, std::move(channel), {}, false});
}

void answer_killed(const exchange_ptr& exchange, const channel_killed& r) {
  if (!r.found)
    return answer_found(exchange, false, "live channel of that name");
  exchange->respond(http_response::json(200, nlohmann::ordered_json{{"success", true}, {"restarted", r.lives}}.dump()));
}

/// It is done once the channel's handler has returned: a handler cannot be stopped.
void answer_waits(const exchange_ptr& exchange, const endpoint_state& state, const std::string& channel) {
  nlohmann::ordered_json waits{{"for", "channel " + channel}};
  auto runs = state.running.running_of("channel " + channel);
  const auto all = state.running.running();
  if (!runs && !all.empty()) // no worker is free
    runs = all.front();
  if (runs)
    waits = {{"for", runs->who}, {"event", runs->event}, {"ms", runs->ran / std::chrono::milliseconds{1}}};
  const nlohmann::ordered_json out{{"success", true}, {"restarted", false}, {"waits", std::move(waits)}};
  exchange->respond(http_response::json(200, out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)));
}

void kill(const request_context& at, const exchange_ptr& exchange, const api_body& body) {
  if (!body.has("channel") && !body.has("session"))
    throw bad_body{{error_code::bad_message, "name a channel or a session"}};
  const auto who = body.has("channel") ? session_id{} : known_session(body);
  const auto channel = body.has("channel") ? body.text("channel") : std::string{};
  audit(at, exchange->request(), "kill", channel.empty() ? to_string(who) : channel);
  if (who)
    return end_client(at, exchange, {who, {}, {}, true});
  at.actor().request(at.actor().broker(), kill_patience, kill_channel{channel, "killed on purpose"})
      .then([exchange](const channel_killed& r) { answer_killed(exchange, r); },
            [exchange, channel, &state = at.state](const caf::error&) { answer_waits(exchange, state, channel); });
}

// -- the observer -------------------------------------------------------------

bool observer_is_off(const request_context& at, const exchange_ptr& exchange) {
  if (!at.state.settings.api.observer)
    exchange->respond(error_response(404, "not_found", "the observer is switched off (api.observer)"));
  return !at.state.settings.api.observer;
}

/// For the page's form: who has the key gets the cookie.
void observer_login(const request_context& at, const exchange_ptr& exchange, const api_body&) {
  if (observer_is_off(at, exchange))
    return;
  auto login = at.state.auth.log_in();
  at.state.bus.announce(events::audit{"login", {}, std::move(login.who), exchange->request().peer});
  auto yes = http_response::json(200, R"({"success":true})");
  yes.headers.emplace_back("Set-Cookie", std::move(login.cookie));
  yes.headers.emplace_back("Cache-Control", "no-store");
  exchange->respond(std::move(yes));
}

/// One that was not used yet no longer works.
void observer_link(const request_context& at, const exchange_ptr& exchange, const api_body&) {
  if (observer_is_off(at, exchange))
    return;
  audit(at, exchange->request(), "observer link", {});
  exchange->respond(http_response::json(200, R"({"path":"/observer?once=)" + at.state.auth.new_link(at.home().clock().steady(), at.state.settings.api.observer_link) + "\"}"));
}

// -- asking a channel ---------------------------------------------------------

template <class Ask>
void ask_channel(const request_context& at, const exchange_ptr& exchange, Ask what) {
  const auto& request = exchange->request();
  what.channel = request.parameter("channel").value_or("");
  if (auto wrong = protocol::channel_name_error(what.channel))
    throw bad_body{{error_code::bad_channel, "channel: " + *wrong}};
  if (!at.home().find_rights(what.channel))
    return exchange->respond(error_response(404, "not_found", "no namespace has " + what.channel));
  what.limit = number_of<std::uint32_t>(request, "limit");
  const auto channel = what.channel;
  at.home().call(channel, {{}, true, {}, std::move(what)}, [exchange](const protocol::server_message& m) {
    if (const auto* no = std::get_if<protocol::error>(&m))
      return exchange->respond(http_refusal(no->why));
    const auto* yes = std::get_if<protocol::reply>(&m);
    exchange->respond(http_response::json(200, std::string{yes ? yes->data.json() : "null"}));
  });
}

/// `since` is written as an event stream's id: `epoch-offset`. `overheard`: how many ephemeral ones are known; for who asks
/// again and again.
void report_history(const request_context& at, exchange_ptr exchange) {
  const auto& request = exchange->request();
  protocol::history what;
  what.before = number_of<offset_t>(request, "before");
  what.overheard = number_of<std::uint64_t>(request, "overheard");
  if (const auto since = request.parameter("since")) {
    what.since = parse_position(*since);
    if (!what.since)
      throw bad_body{{error_code::bad_message, "since: expected EPOCH-OFFSET"}};
  }
  ask_channel(at, exchange, std::move(what));
}

void report_presence(const request_context& at, exchange_ptr exchange) {
  protocol::presence what;
  if (const auto since = exchange->request().parameter("since"))
    what.since = *since;
  ask_channel(at, exchange, std::move(what));
}

// -- routing ------------------------------------------------------------------

struct command_route {
  std::string_view path;
  void (*run_command)(const request_context& at, const exchange_ptr& exchange, const api_body& body);
  bool observer = false; ///< the observer's cookie is enough
};
constexpr std::array<command_route, 9> commands{{{"/api/publish", publish_one},
                                               {"/api/batch", publish_batch},
                                               {"/api/broadcast", publish_to_many},
                                               {"/api/send", publish_to_user},
                                               {"/api/disconnect", disconnect, true},
                                               {"/api/unsubscribe", unsubscribe},
                                               {"/api/kill", kill, true},
                                               {"/api/observer_link", observer_link},
                                               {"/api/observer_login", observer_login}}};

struct report_route {
  std::string_view path;
  void (*report)(const request_context& at, exchange_ptr exchange);
};
constexpr std::array<report_route, 6> reports{{{"/api/channels", report_channels},
                                             {"/api/connections", report_connections},
                                             {"/api/tree", report_tree},
                                             {"/api/load", report_load},
                                             {"/api/history", report_history},
                                             {"/api/presence", report_presence}}};

http_response locked() {
  auto no = error_response(401, "unauthorised", "this needs the API key: Authorization: Bearer KEY");
  no.headers.emplace_back("WWW-Authenticate", "Bearer");
  return no;
}

void command(const request_context& at, const exchange_ptr& exchange, const command_route& route) {
  const auto& request = exchange->request();
  if (request.method != "POST")
    return exchange->respond(wrong_method("POST"));
  if (route.observer ? !at.state.auth.may_observe(request) : !at.state.auth.has_key(request)) {
    if (route.path == "/api/observer_login")
      at.state.bus.announce(events::audit{"refused login", {}, "somebody without the key", request.peer});
    return exchange->respond(locked());
  }
  if (auto no = forged(at.home().settings().listen, request))
    return exchange->respond(std::move(*no));
  if (at.state.draining)
    return exchange->respond(being_stopped(at));
  route.run_command(at, exchange, api_body{request.body, at.home().settings().limits});
}

void report(const request_context& at, exchange_ptr exchange, const report_route& route) {
  const auto& request = exchange->request();
  if (request.method != "GET" && request.method != "HEAD")
    return exchange->respond(wrong_method("GET, HEAD"));
  if (!at.state.auth.may_observe(request))
    return exchange->respond(locked());
  route.report(at, std::move(exchange));
}

} // namespace

void audit(const request_context& at, const transports::http_request& request, std::string action, std::string target) {
  at.state.bus.announce(events::audit{std::move(action), std::move(target), at.state.auth.who(request).value_or("nobody"),
                                      request.peer});
}

void open_api(const request_context& at, transports::exchange_ptr exchange) {
  const auto& path = exchange->request().path;
  try {
    for (const auto& route : commands)
      if (path == route.path)
        return command(at, exchange, route);
    for (const auto& route : reports)
      if (path == route.path)
        return report(at, exchange, route);
    exchange->respond(error_response(404, "not_found", "the API has no " + path));
  } catch (const bad_body& bad) {
    at.home().counters().errors.count(bad.why.code);
    exchange->respond(http_refusal(bad.why));
  }
}

} // namespace troupe::actors
