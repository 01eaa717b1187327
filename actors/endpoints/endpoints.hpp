#pragma once
/// The endpoints, one per endpoint and file: each takes a request and answers it, now or later.
/// Thread: the shard's. None throws but what `request_router` turns into a 500.

#include "actors/endpoints/endpoint_state.hpp"
#include "actors/endpoints/readable_exchange.hpp"
#include "actors/sessions/http_refusal.hpp"
#include "transports/request_handler.hpp"

#include <string>
#include <string_view>

namespace troupe::actors {

// -- /events, /poll, /send ----------------------------------------------------

void open_events(const request_context& at, transports::exchange_ptr exchange);
void open_poll(const request_context& at, transports::exchange_ptr exchange);
void open_send(const request_context& at, transports::exchange_ptr exchange);

/// Which of `shards` the session lives on that a poll, or the body of a `/send`, names; `otherwise` if none. What
/// was read of a body is kept with the request.
[[nodiscard]] std::size_t home_of_poll(const transports::http_request& request, std::size_t shards, std::size_t otherwise);
[[nodiscard]] std::size_t home_of_send(transports::http_request& request, std::size_t shards, std::size_t otherwise,
                                       const config::limit_settings& limits);

// -- WebSockets ---------------------------------------------------------------

void open_websocket(const request_context& at, transports::exchange_ptr exchange);

// -- looking and commanding ---------------------------------------------------

void open_api(const request_context& at, transports::exchange_ptr exchange);
void open_metrics(const request_context& at, transports::exchange_ptr exchange);
void open_health(const request_context& at, transports::exchange_ptr exchange);
void open_observer(const request_context& at, transports::exchange_ptr exchange);
void open_client(const request_context& at, transports::exchange_ptr exchange);

/// The live tree as `{"name","kind","state","restarts","info","children"}`: asks the supervisors, the broker and the
/// shards, and answers when they have.
void report_tree(const request_context& at, transports::exchange_ptr exchange);
/// Pages of channels and of sessions, or one of them; what cannot be read of the query throws `bad_body`.
void report_channels(const request_context& at, transports::exchange_ptr exchange);
void report_connections(const request_context& at, transports::exchange_ptr exchange);
/// Samples of the last hour.
void report_load(const request_context& at, transports::exchange_ptr exchange);

/// As its client calls itself; empty if it does not.
[[nodiscard]] inline std::string_view user_agent(const transports::http_request& request) {
  return request.header("user-agent").value_or("");
}

// -- answers ------------------------------------------------------------------

[[nodiscard]] transports::http_response wrong_method(std::string allowed);
/// The answer to `OPTIONS` where things are only read.
[[nodiscard]] transports::http_response only_reading();
/// Whether it is asked by a method that only reads; else it is answered here.
[[nodiscard]] bool only_reads(const transports::exchange_ptr& exchange);
/// 503, and when to come back: for what a node that drains does not begin any more.
[[nodiscard]] transports::http_response being_stopped(const request_context& at);

} // namespace troupe::actors
