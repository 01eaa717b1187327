#pragma once
/// The doors, one per endpoint and file: each takes a request and answers it, now or later.
/// Thread: the shard's. None throws but what `shard_gate` turns into a 500.

#include "actors/endpoints/premises.hpp"
#include "transports/gate.hpp"

#include <string>
#include <string_view>

namespace troupe::actors {

// -- /events, /poll, /send ----------------------------------------------------

void open_events(const desk_view& at, transports::exchange_ptr exchange);
void open_poll(const desk_view& at, transports::exchange_ptr exchange);
void open_send(const desk_view& at, transports::exchange_ptr exchange);

/// Which of `shards` the session lives on that a poll, or the body of a `/send`, names; `otherwise` if none.
[[nodiscard]] std::size_t home_of_poll(const transports::http_request& request, std::size_t shards, std::size_t otherwise);
[[nodiscard]] std::size_t home_of_send(const transports::http_request& request, std::size_t shards, std::size_t otherwise,
                                       const config::limit_settings& limits);

// -- WebSockets ---------------------------------------------------------------

[[nodiscard]] transports::upgrade_verdict judge_upgrade(const desk_view& at, const transports::http_request& request);
void open_websocket(const desk_view& at, std::shared_ptr<transports::connection> connection,
                    const transports::http_request& request);

// -- looking and commanding ---------------------------------------------------

void open_api(const desk_view& at, transports::exchange_ptr exchange);
void open_metrics(const desk_view& at, transports::exchange_ptr exchange);
void open_health(const desk_view& at, transports::exchange_ptr exchange);
void open_observer(const desk_view& at, transports::exchange_ptr exchange);

/// The live tree as `{"name","kind","state","restarts","info","children"}`: asks the supervisors, the broker and the
/// shards, and answers when they have.
void report_tree(const desk_view& at, transports::exchange_ptr exchange);
void report_channels(const desk_view& at, transports::exchange_ptr exchange);
void report_connections(const desk_view& at, transports::exchange_ptr exchange);

// -- answers ------------------------------------------------------------------

[[nodiscard]] transports::http_response refusal(const failure& why);
[[nodiscard]] transports::http_response wrong_method(std::string allowed);

} // namespace troupe::actors
