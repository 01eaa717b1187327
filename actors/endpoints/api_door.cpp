// The HTTP API: publishing and commanding with the key. GET reports are in reports of their own.

#include "actors/endpoints/doors.hpp"
#include "actors/endpoints/visitor_rules.hpp"
#include "actors/shard/shard.hpp"
#include "actors/shard/shard_actor.hpp"
#include "protocol/decoder.hpp"
#include "protocol/names.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <memory>
#include <utility>

namespace troupe::actors {

namespace {

using nlohmann::json;
using transports::error_response;
using transports::exchange_ptr;
using transports::http_response;

constexpr std::size_t batch_max = 1000;

/// What a request's body lacks; caught in `open_api`.
struct bad_body {
  std::string why;
};

// -- bodies -------------------------------------------------------------------

const json& member(const json& body, const char* name) {
  static const json none;
  const auto found = body.is_object() ? body.find(name) : body.end();
  return body.is_object() && found != body.end() ? *found : none;
}

std::string text(const json& body, const char* name, bool needed = true) {
  const auto& value = member(body, name);
  if (value.is_null() && !needed)
    return {};
  if (!value.is_string())
    throw bad_body{std::string{name} + ": expected a string"};
  return value.get<std::string>();
}

bool flag(const json& body, const char* name, bool otherwise) {
  const auto& value = member(body, name);
  if (value.is_null())
    return otherwise;
  if (!value.is_boolean())
    throw bad_body{std::string{name} + ": expected true or false"};
  return value.get<bool>();
}

/// Validated whole by the decoder's rules first: payloads go to clients untouched.
json read_body(const desk_view& at, const exchange_ptr& exchange) {
  const auto& limits = at.home().settings().limits;
  const auto& body = exchange->request().body;
  const auto valid = protocol::read_json(body, {limits.request_body_bytes, limits.message_depth});
  if (!valid)
    throw bad_body{valid.error().message};
  auto tree = json::parse(body);
  if (!tree.is_object())
    throw bad_body{"the body is not an object"};
  return tree;
}

std::optional<session_id> session_in(const json& body) { return parse_session_id(text(body, "session")); }

// -- publishing ---------------------------------------------------------------

protocol::publish publication_in(const desk_view& at, const json& body, const std::string& channel) {
  if (auto wrong = protocol::channel_name_error(channel))
    throw bad_body{"channel: " + *wrong};
  protocol::publish p;
  p.channel = channel;
  p.event = text(body, "event", false);
  if (auto wrong = protocol::event_name_error(p.event))
    throw bad_body{"event: " + *wrong};
  if (protocol::is_reserved_event(p.event))
    throw bad_body{"event: " + p.event + " is reserved"};
  p.data = payload::json_text(member(body, "data").dump());
  p.key = text(body, "key", false);
  if (p.key.size() > protocol::key_bytes_max)
    throw bad_body{"key: more than 128 bytes"};
  p.ephemeral = flag(body, "ephemeral", false);
  if (p.data.json().size() > at.home().settings().limits.message_bytes)
    throw bad_body{"data: larger than limits.message_bytes"};
  return p;
}

/// What the channel answered, as one result.
json result_of(const std::string& channel, const protocol::server_message& m) {
  if (const auto* no = std::get_if<protocol::error>(&m))
    return {{"error", {{"code", protocol::to_string(no->why.code)}, {"message", no->why.message}}}};
  json out{{"channel", channel}};
  if (const auto* yes = std::get_if<protocol::reply>(&m))
    if (const auto position = json::parse(yes->data.json(), nullptr, false); position.is_object())
      out.update(position);
  return out;
}

void publish(const desk_view& at, protocol::publish what, std::function<void(const protocol::server_message&)> then) {
  const auto channel = what.channel;
  if (!at.home().find_rights(channel))
    return then(protocol::error{{}, {error_code::not_found, "no namespace has " + channel}, channel});
  at.home().call(channel, {{}, true, {}, std::move(what)}, std::move(then));
}

void publish_one(const desk_view& at, const exchange_ptr& exchange, const json& body) {
  auto what = publication_in(at, body, text(body, "channel"));
  publish(at, std::move(what), [exchange, channel = text(body, "channel")](const protocol::server_message& m) {
    if (const auto* no = std::get_if<protocol::error>(&m))
      return exchange->respond(refusal(no->why));
    exchange->respond(http_response::json(200, result_of(channel, m).dump()));
  });
}

/// Publishes all, in order; each has its own result.
void publish_all(const desk_view& at, const exchange_ptr& exchange, std::vector<protocol::publish> all) {
  struct gathering {
    json results;
    std::size_t missing = 0;
  };
  auto state = std::make_shared<gathering>(gathering{json::array(), all.size()});
  if (all.empty())
    return exchange->respond(http_response::json(200, R"({"results":[]})"));
  state->results.get_ref<json::array_t&>().resize(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto channel = all[i].channel;
    publish(at, std::move(all[i]), [state, exchange, channel, i](const protocol::server_message& m) {
      state->results[i] = result_of(channel, m);
      if (--state->missing == 0)
        exchange->respond(http_response::json(200, json{{"results", std::move(state->results)}}.dump()));
    });
  }
}

void publish_batch(const desk_view& at, const exchange_ptr& exchange, const json& body) {
  const auto& list = member(body, "publications");
  if (!list.is_array() || list.size() > batch_max)
    throw bad_body{"publications: expected an array of at most 1000"};
  std::vector<protocol::publish> all;
  for (const auto& one : list)
    all.push_back(publication_in(at, one, text(one, "channel")));
  publish_all(at, exchange, std::move(all));
}

void broadcast(const desk_view& at, const exchange_ptr& exchange, const json& body) {
  const auto& list = member(body, "channels");
  if (!list.is_array() || list.size() > batch_max)
    throw bad_body{"channels: expected an array of at most 1000"};
  std::vector<protocol::publish> all;
  for (const auto& name : list) {
    if (!name.is_string())
      throw bad_body{"channels: expected names"};
    all.push_back(publication_in(at, body, name.get<std::string>()));
  }
  publish_all(at, exchange, std::move(all));
}

void send(const desk_view& at, const exchange_ptr& exchange, const json& body) {
  protocol::publish p;
  p.channel = "user:" + text(body, "userId");
  if (auto wrong = protocol::channel_name_error(p.channel))
    throw bad_body{"userId: " + *wrong};
  p.data = payload::json_text(member(body, "message").dump());
  publish(at, std::move(p), [exchange](const protocol::server_message& m) {
    if (const auto* no = std::get_if<protocol::error>(&m))
      return exchange->respond(refusal(no->why));
    exchange->respond(http_response::json(200, R"({"success":true})"));
  });
}

// -- commanding ---------------------------------------------------------------

void answer_found(const exchange_ptr& exchange, bool found, const std::string& what) {
  exchange->respond(found ? http_response::json(200, R"({"success":true})")
                          : error_response(404, "not_found", "there is no " + what));
}

void end_client(const desk_view& at, const exchange_ptr& exchange, end_session what) {
  const auto shard = at.house.where.find<shard_handle>(
      shard_name(static_cast<std::uint32_t>(what.who.value % at.seat.shards)));
  if (!shard)
    return answer_found(exchange, false, "such session");
  at.actor().request(shard, std::chrono::seconds{5}, std::move(what))
      .then([exchange](const session_ended& r) { answer_found(exchange, r.found, "such session"); },
            [exchange](const caf::error&) {
              exchange->respond(error_response(503, "unavailable", "the session's shard did not answer"));
            });
}

session_id known_session(const json& body) {
  const auto id = session_in(body);
  if (!id)
    throw bad_body{"session: expected an id such as \"s9\""};
  return *id;
}

void disconnect(const desk_view& at, const exchange_ptr& exchange, const json& body) {
  auto reason = text(body, "reason", false);
  end_client(at, exchange, {known_session(body), {}, reason.empty() ? "disconnected by the API" : reason, false});
}

void unsubscribe(const desk_view& at, const exchange_ptr& exchange, const json& body) {
  end_client(at, exchange, {known_session(body), text(body, "channel"), {}, false});
}

void kill(const desk_view& at, const exchange_ptr& exchange, const json& body) {
  if (member(body, "channel").is_null())
    return end_client(at, exchange, {known_session(body), {}, {}, true});
  const auto channel = text(body, "channel");
  at.actor().request(at.actor().broker(), std::chrono::seconds{5}, kill_channel{channel, "killed on purpose"})
      .then([exchange](const channel_killed& r) { answer_found(exchange, r.found, "live channel of that name"); },
            [exchange](const caf::error&) {
              exchange->respond(error_response(503, "unavailable", "the broker did not answer"));
            });
}

// -- asking a channel ---------------------------------------------------------

template <class Ask>
void ask_channel(const desk_view& at, const exchange_ptr& exchange, Ask what) {
  const auto& request = exchange->request();
  what.channel = request.parameter("channel").value_or("");
  if (auto wrong = protocol::channel_name_error(what.channel))
    throw bad_body{"channel: " + *wrong};
  if (!at.home().find_rights(what.channel))
    return exchange->respond(error_response(404, "not_found", "no namespace has " + what.channel));
  if (const auto limit = request.parameter("limit")) {
    std::uint32_t n = 0;
    const auto read = std::from_chars(limit->data(), limit->data() + limit->size(), n);
    if (read.ec != std::errc{} || read.ptr != limit->data() + limit->size())
      throw bad_body{"limit: expected a number"};
    what.limit = n;
  }
  const auto channel = what.channel;
  at.home().call(channel, {{}, true, {}, std::move(what)}, [exchange](const protocol::server_message& m) {
    if (const auto* no = std::get_if<protocol::error>(&m))
      return exchange->respond(refusal(no->why));
    const auto* yes = std::get_if<protocol::reply>(&m);
    exchange->respond(http_response::json(200, std::string{yes ? yes->data.json() : "null"}));
  });
}

void report_history(const desk_view& at, exchange_ptr exchange) {
  protocol::history what;
  if (const auto before = exchange->request().parameter("before")) {
    offset_t n = 0;
    const auto read = std::from_chars(before->data(), before->data() + before->size(), n);
    if (read.ec != std::errc{} || read.ptr != before->data() + before->size())
      throw bad_body{"before: expected an offset"};
    what.before = n;
  }
  ask_channel(at, exchange, std::move(what));
}

void report_presence(const desk_view& at, exchange_ptr exchange) { ask_channel(at, exchange, protocol::presence{}); }

// -- routing ------------------------------------------------------------------

struct command_way {
  std::string_view path;
  void (*carry_out)(const desk_view& at, const exchange_ptr& exchange, const json& body);
};
constexpr std::array<command_way, 7> commands{{{"/api/publish", publish_one},
                                               {"/api/batch", publish_batch},
                                               {"/api/broadcast", broadcast},
                                               {"/api/send", send},
                                               {"/api/disconnect", disconnect},
                                               {"/api/unsubscribe", unsubscribe},
                                               {"/api/kill", kill}}};

struct report_way {
  std::string_view path;
  void (*report)(const desk_view& at, exchange_ptr exchange);
  bool observer; ///< the observer's cookie is enough
};
constexpr std::array<report_way, 5> reports{{{"/api/channels", report_channels, true},
                                             {"/api/connections", report_connections, true},
                                             {"/api/tree", report_tree, true},
                                             {"/api/history", report_history, false},
                                             {"/api/presence", report_presence, false}}};

http_response locked() {
  auto no = error_response(401, "unauthorised", "this needs the API key: Authorization: Bearer KEY");
  no.headers.emplace_back("WWW-Authenticate", "Bearer");
  return no;
}

void command(const desk_view& at, const exchange_ptr& exchange, const command_way& way) {
  const auto& request = exchange->request();
  if (request.method != "POST")
    return exchange->respond(wrong_method("POST"));
  const bool observer_may = way.path == "/api/kill";
  if (observer_may ? !at.house.keys.may_observe(request) : !at.house.keys.has_key(request))
    return exchange->respond(locked());
  if (auto no = forged(at.home().settings().listen, request))
    return exchange->respond(std::move(*no));
  if (at.house.draining)
    return exchange->respond(error_response(503, "unavailable", "the node is stopping"));
  way.carry_out(at, exchange, read_body(at, exchange));
}

void report(const desk_view& at, exchange_ptr exchange, const report_way& way) {
  const auto& request = exchange->request();
  if (request.method != "GET" && request.method != "HEAD")
    return exchange->respond(wrong_method("GET, HEAD"));
  if (way.observer ? !at.house.keys.may_observe(request) : !at.house.keys.has_key(request))
    return exchange->respond(locked());
  way.report(at, std::move(exchange));
}

} // namespace

void open_api(const desk_view& at, transports::exchange_ptr exchange) {
  const auto& path = exchange->request().path;
  try {
    for (const auto& way : commands)
      if (path == way.path)
        return command(at, exchange, way);
    for (const auto& way : reports)
      if (path == way.path)
        return report(at, exchange, way);
    exchange->respond(error_response(404, "not_found", "the API has no " + path));
  } catch (const bad_body& bad) {
    ++at.home().counters().errors;
    exchange->respond(error_response(400, "bad_message", bad.why));
  }
}

} // namespace troupe::actors
