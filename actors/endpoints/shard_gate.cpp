#include "actors/endpoints/shard_gate.hpp"

#include "actors/endpoints/doors.hpp"
#include "actors/endpoints/visitor_rules.hpp"
#include "actors/shard/shard.hpp"

#include <array>
#include <utility>

namespace troupe::actors {

using transports::error_response;
using transports::exchange_ptr;
using transports::http_request;
using transports::transport_event;

namespace {

struct way {
  std::string_view path;
  bool below; ///< also what begins with it
  void (*open)(const desk_view& at, exchange_ptr exchange);
};

constexpr std::array<way, 8> ways{{
    {"/events", false, open_events},
    {"/poll", false, open_poll},
    {"/send", false, open_send},
    {"/api/", true, open_api},
    {"/metrics", false, open_metrics},
    {"/healthz", false, open_health},
    {"/readyz", false, open_health},
    {"/observer", true, open_observer},
}};

const way* find_way(std::string_view path) {
  for (const auto& w : ways)
    if (w.below ? path.starts_with(w.path) : path == w.path)
      return &w;
  return nullptr;
}

transports::http_response speaks_websocket() {
  auto no = error_response(426, "upgrade_required", "this path speaks WebSocket");
  no.headers.emplace_back("Upgrade", "websocket");
  return no;
}

transports::http_response being_started() {
  auto no = error_response(503, "unavailable", "this part of the node is being started anew: try again");
  no.headers.emplace_back("Retry-After", "1");
  return no;
}

} // namespace

std::size_t shard_gate::home(const http_request& request) const {
  if (seat_.shards == 1)
    return 0;
  if (request.path == "/poll")
    return home_of_poll(request, seat_.shards, seat_.index);
  if (request.path == "/send" && request.method == "POST")
    return home_of_send(request, seat_.shards, seat_.index, house_.settings.limits);
  return seat_.index;
}

void shard_gate::handle(exchange_ptr exchange) {
  if (!seat_.now)
    return exchange->respond(being_started());
  try {
    route(exchange);
  } catch (const std::exception& e) {
    house_.desk.announce(events::handler_failed{"http", exchange->request().path, e.what()});
    exchange->respond(error_response(500, "internal", "the node failed to answer this"));
  }
}

void shard_gate::route(exchange_ptr exchange) {
  const auto& request = exchange->request();
  if (auto no = misdirected(seat_.now->settings().listen, request))
    return exchange->respond(std::move(*no));
  if (const auto* w = find_way(request.path))
    return w->open(desk(), std::move(exchange));
  const auto& mounts = house_.mounts;
  if (request.path == "/ws" || std::find(mounts.begin(), mounts.end(), request.path) != mounts.end())
    return exchange->respond(speaks_websocket());
  exchange->respond(house_.pages.answer(request));
}

transports::upgrade_verdict shard_gate::upgrade(const http_request& request) {
  if (!seat_.now)
    return being_started();
  if (auto no = misdirected(seat_.now->settings().listen, request))
    return std::move(*no);
  return judge_upgrade(desk(), request);
}

void shard_gate::opened(std::shared_ptr<transports::connection> connection, http_request request) {
  if (!seat_.now)
    return connection->close(protocol::close_code::internal, "being started anew");
  open_websocket(desk(), std::move(connection), request);
}

void shard_gate::count(transport_event event, std::uint64_t n) {
  auto& c = seat_.counters;
  switch (event) {
  case transport_event::connection_accepted: c.connections_accepted += n; break;
  case transport_event::connection_closed: c.connections_closed += n; break;
  case transport_event::connection_refused_limit:
    c.connections_refused += n;
    house_.desk.announce(events::limit_passed{"limits.connections", "a client was told 503"});
    break;
  case transport_event::bytes_in: c.bytes_in += n; break;
  case transport_event::bytes_out: c.bytes_out += n; break;
  case transport_event::http_request: c.http_requests += n; break;
  case transport_event::http_bad_request: c.http_bad_requests += n; c.errors += n; break;
  case transport_event::http_timeout: c.http_timeouts += n; break;
  case transport_event::ws_bad_handshake: c.ws_bad_handshakes += n; c.errors += n; break;
  case transport_event::ws_protocol_error: c.ws_protocol_errors += n; c.errors += n; break;
  case transport_event::ws_too_large: c.ws_too_large += n; c.errors += n; break;
  }
}

// -- answers ------------------------------------------------------------------

transports::http_response refusal(const failure& why) {
  return error_response(static_cast<unsigned>(protocol::http_status(why.code)), protocol::to_string(why.code), why.message);
}

transports::http_response wrong_method(std::string allowed) {
  auto no = error_response(405, "method_not_allowed", "allowed here: " + allowed);
  no.headers.emplace_back("Allow", std::move(allowed));
  return no;
}

} // namespace troupe::actors
