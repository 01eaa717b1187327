#include "actors/endpoints/request_router.hpp"

#include "actors/endpoints/endpoints.hpp"
#include "actors/endpoints/origin_policy.hpp"
#include "actors/endpoints/resuming.hpp"
#include "actors/sessions/shard.hpp"

#include <array>
#include <utility>

namespace troupe::actors {

using transports::error_response;
using transports::exchange_ptr;
using transports::http_request;
using transports::transport_event;

namespace {

constexpr auto restart_takes = std::chrono::seconds{2}; // of a shard, with those who come back to it at once

struct route {
  std::string_view path;
  bool below; ///< also what begins with it
  void (*open)(const request_context& at, exchange_ptr exchange);
};

constexpr std::array<route, 9> routes{{
    {"/events", false, open_events},
    {"/poll", false, open_poll},
    {"/send", false, open_send},
    {"/api/", true, open_api},
    {"/metrics", false, open_metrics},
    {"/healthz", false, open_health},
    {"/readyz", false, open_health},
    {"/observer", true, open_observer},
    {"/troupe.", true, open_client},
}};

const route* find_route(std::string_view path) {
  for (const auto& w : routes)
    if (w.below ? path.starts_with(w.path) : path == w.path)
      return &w;
  return nullptr;
}

transports::http_response speaks_websocket() {
  auto no = error_response(426, "upgrade_required", "this path speaks WebSocket");
  no.headers.emplace_back("Upgrade", "websocket");
  no.headers.emplace_back("Connection", "Upgrade"); // RFC 9110 section 7.8: an Upgrade field is named there
  return no;
}

transports::http_response being_started(shard_state& at) {
  return http_refusal({error_code::unavailable, "this part of the node is being started anew: try again",
                       random_within(restart_takes, at.dice)});
}

} // namespace

request_router::request_router(endpoint_state& state, shard_state& here, std::function<void()> wake)
    : state_(state), here_(here), routes_(state, here, std::move(wake)) {
  here_.each_turn = [this](shard& home) { routes_.serve(home); };
}

std::size_t request_router::home(http_request& request) const {
  if (here_.shards == 1)
    return 0;
  if (request.path == "/poll")
    return home_of_poll(request, here_.shards, here_.index);
  if (request.path == "/send" && request.method == "POST")
    return home_of_send(request, here_.shards, here_.index, state_.settings.limits);
  if (request.path == "/events" || request.path == "/ws" || request.path == "/")
    return home_of_token(request, here_.shards, here_.index);
  return here_.index;
}

void request_router::handle(exchange_ptr exchange) {
  if (!here_.now) // a status would end an EventSource for good
    return exchange->request().path == "/events" ? exchange->hang_up() : exchange->respond(being_started(here_));
  answer(exchange, &request_router::route);
}

void request_router::upgrade(exchange_ptr exchange) {
  if (!here_.now)
    return exchange->respond(being_started(here_));
  answer(exchange, &request_router::route_upgrade);
}

void request_router::answer(const exchange_ptr& exchange, void (request_router::*how)(exchange_ptr)) {
  try {
    if (auto no = misdirected(here_.now->settings().listen, exchange->request()))
      return exchange->respond(std::move(*no));
    (this->*how)(exchange);
  } catch (const std::exception& e) {
    state_.bus.announce(events::handler_failed{"http", exchange->request().path, e.what()});
    exchange->respond(error_response(500, "internal", "the node failed to answer this"));
  }
}

void request_router::route(exchange_ptr exchange) {
  const auto& request = exchange->request();
  if (const auto* w = find_route(request.path))
    return w->open(context(), std::move(exchange));
  if (const auto* where = state_.routes.find(request.path))
    return routes_.open(context(), *where, std::move(exchange));
  if (request.method == "OPTIONS") // a load balancer's plain check: may clients come?
    return exchange->respond(state_.ready() ? only_reading() : being_stopped(context()));
  const auto& mounts = state_.mounts;
  if (request.path == "/ws" || std::find(mounts.begin(), mounts.end(), request.path) != mounts.end())
    return exchange->respond(speaks_websocket());
  exchange->respond_by([&files = state_.pages](const http_request& r) { return files.answer(r); });
}

void request_router::route_upgrade(exchange_ptr exchange) { open_websocket(context(), std::move(exchange)); }

void request_router::count(transport_event event, std::uint64_t n) {
  auto& c = here_.counters;
  switch (event) {
  case transport_event::connection_accepted: c.connections_accepted += n; break;
  case transport_event::connection_closed: c.connections_closed += n; break;
  case transport_event::connection_refused_limit:
    c.connections_refused += n;
    state_.bus.announce(events::limit_passed{"limits.connections", "a client was told 503"});
    break;
  case transport_event::accepts_delayed:
    state_.bus.announce(events::limit_passed{"limits.accepts_per_second", "clients wait in the backlog"});
    break;
  case transport_event::bytes_in: c.bytes_in += n; break;
  case transport_event::bytes_out: c.bytes_out += n; break;
  case transport_event::http_request: c.http_requests += n; break;
  case transport_event::http_bad_request: c.http_bad_requests += n; c.errors.count(error_code::bad_message, n); break;
  case transport_event::http_timeout: c.http_timeouts += n; break;
  case transport_event::response_too_slow: c.responses_too_slow += n; break;
  case transport_event::transfer_cut_off:
    c.transfers_cut_off += n;
    state_.bus.announce(events::limit_passed{"limits.transfer_bytes", "the slowest connections were reset"});
    break;
  case transport_event::ws_bad_handshake: c.ws_bad_handshakes += n; c.errors.count(error_code::bad_message, n); break;
  case transport_event::ws_protocol_error: c.ws_protocol_errors += n; c.errors.count(error_code::bad_message, n); break;
  case transport_event::ws_too_large: c.ws_too_large += n; c.errors.count(error_code::too_large, n); break;
  }
}

// -- answers ------------------------------------------------------------------

transports::http_response being_stopped(const request_context& at) {
  auto& home = at.home();
  return http_refusal({error_code::unavailable, "the node is stopping",
                       home.some_time_within(home.settings().drain.retry_after)});
}

transports::http_response only_reading() { return {204, {{"Allow", "GET, HEAD, OPTIONS"}}, {}}; }

bool only_reads(const transports::exchange_ptr& exchange) {
  const auto& method = exchange->request().method;
  if (method == "GET" || method == "HEAD")
    return true;
  exchange->respond(method == "OPTIONS" ? only_reading() : wrong_method("GET, HEAD, OPTIONS"));
  return false;
}

transports::http_response wrong_method(std::string allowed) {
  auto no = error_response(405, "method_not_allowed", "allowed here: " + allowed);
  no.headers.emplace_back("Allow", std::move(allowed));
  return no;
}

} // namespace troupe::actors
