// GET /metrics, /healthz, /readyz: for monitors, without a key.

#include "actors/endpoints/endpoints.hpp"
#include "actors/sessions/shard.hpp"
#include "config/version.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <unistd.h>

namespace troupe::actors {

namespace {

using transports::error_response;
using transports::http_response;

enum class metric_kind : std::uint8_t { gauge, total };

struct shard_metric {
  const char* name; ///< without `troupe_`; totals get `_total`
  metric_kind kind;
  const char* help;
  counter shard_counters::*of;
};

constexpr std::array<shard_metric, 30> shard_metrics{{
    {"websockets", metric_kind::gauge, "WebSocket sessions now.", &shard_counters::websockets},
    {"streams", metric_kind::gauge, "Event stream sessions now.", &shard_counters::streams},
    {"poll_sessions", metric_kind::gauge, "Poll sessions now.", &shard_counters::polls},
    {"polls_waiting", metric_kind::gauge, "Polls held open now.", &shard_counters::polls_waiting},
    {"subscriptions", metric_kind::gauge, "Sessions in channels now, once per channel.", &shard_counters::subscriptions},
    {"raw_websockets", metric_kind::gauge, "WebSockets of raw mounts now.", &shard_counters::raw},
    {"log_bytes", metric_kind::gauge, "Memory of the logs.", &shard_counters::log_bytes},
    {"sessions_opened", metric_kind::total, "Sessions opened.", &shard_counters::sessions_opened},
    {"sessions_closed", metric_kind::total, "Sessions closed.", &shard_counters::sessions_closed},
    {"messages_received", metric_kind::total, "Messages of clients.", &shard_counters::messages_received},
    {"messages_sent", metric_kind::total, "Messages to clients, once per client.", &shard_counters::messages_sent},
    {"publications", metric_kind::total, "Publications that reached a shard.", &shard_counters::publications},
    {"encodings", metric_kind::total, "Publications encoded, once per wire form and shard.", &shard_counters::encodings},
    {"errors", metric_kind::total, "Errors told to clients, refused requests included.", &shard_counters::errors},
    {"gaps", metric_kind::total, "Clients told that they missed something.", &shard_counters::gaps},
    {"overflows", metric_kind::total, "Clients closed because they were too slow.", &shard_counters::overflows},
    {"heartbeats_lost", metric_kind::total, "Clients that answered no ping.", &shard_counters::heartbeats_lost},
    {"busy", metric_kind::total, "Commands refused because a channel's queue was full.", &shard_counters::busy},
    {"session_crashes", metric_kind::total, "Sessions closed with 1011.", &shard_counters::crashes},
    {"connections_accepted", metric_kind::total, "Sockets accepted.", &shard_counters::connections_accepted},
    {"connections_refused", metric_kind::total, "Sockets over the limit.", &shard_counters::connections_refused},
    {"connections_closed", metric_kind::total, "Sockets closed.", &shard_counters::connections_closed},
    {"bytes_received", metric_kind::total, "Bytes read.", &shard_counters::bytes_in},
    {"bytes_sent", metric_kind::total, "Bytes written.", &shard_counters::bytes_out},
    {"http_requests", metric_kind::total, "HTTP requests.", &shard_counters::http_requests},
    {"http_bad_requests", metric_kind::total, "Malformed requests.", &shard_counters::http_bad_requests},
    {"http_timeouts", metric_kind::total, "Requests that took too long.", &shard_counters::http_timeouts},
    {"ws_bad_handshakes", metric_kind::total, "Upgrades refused as malformed.", &shard_counters::ws_bad_handshakes},
    {"ws_protocol_errors", metric_kind::total, "WebSockets that broke RFC 6455.", &shard_counters::ws_protocol_errors},
    {"ws_too_large", metric_kind::total, "Messages over the limit.", &shard_counters::ws_too_large},
}};

std::uint64_t sum(const request_context& at, counter shard_counters::*of) {
  std::uint64_t total = 0;
  for (const auto& here : at.state.shards)
    total += here->counters.*of;
  return total;
}

/// Bytes of this process in memory, from /proc.
std::uint64_t resident_bytes() {
  unsigned long size = 0, resident = 0;
  if (auto* f = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(f, "%lu %lu", &size, &resident) != 2)
      resident = 0;
    std::fclose(f);
  }
  return std::uint64_t{resident} * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

// -- Prometheus ---------------------------------------------------------------

void append(std::string& out, const std::string& name, metric_kind kind, const char* help, std::uint64_t value) {
  out += "# HELP " + name + " " + help + "\n# TYPE " + name + (kind == metric_kind::gauge ? " gauge\n" : " counter\n") +
         name + " " + std::to_string(value) + "\n";
}

/// Label values are key names of ours: nothing to escape.
void append_limits(std::string& out, const event_bus& bus) {
  out += "# HELP troupe_limits_passed_total Times that a limit was passed.\n# TYPE troupe_limits_passed_total counter\n";
  for (const auto& [limit, n] : bus.limits_passed())
    out += "troupe_limits_passed_total{limit=\"" + limit + "\"} " + std::to_string(n) + "\n";
}

std::string prometheus(const request_context& at) {
  std::string out;
  for (const auto& m : shard_metrics)
    append(out, std::string{"troupe_"} + m.name + (m.kind == metric_kind::total ? "_total" : ""), m.kind, m.help,
           sum(at, m.of));
  const auto& bus = at.state.bus;
  append(out, "troupe_restarts_total", metric_kind::total, "Actors and channel objects started anew.", bus.restarts());
  append(out, "troupe_failures_total", metric_kind::total, "Actors that failed for good.", bus.failures());
  append(out, "troupe_handler_failures_total", metric_kind::total, "Handlers that threw.", bus.handler_failures());
  append(out, "troupe_events_lost_total", metric_kind::total, "Events past limits.events_waiting, told to nobody.",
         bus.events_lost());
  append(out, "troupe_log_lines_lost_total", metric_kind::total, "Lines past log.queue_bytes, or that stderr refused.",
         bus.log_lines_lost());
  append(out, "troupe_history_bytes", metric_kind::gauge, "Memory of the store.", at.state.store.bytes());
  append(out, "troupe_resident_bytes", metric_kind::gauge, "Memory of the process.", resident_bytes());
  append_limits(out, bus);
  out += "# HELP troupe_info The node.\n# TYPE troupe_info gauge\ntroupe_info{node=\"" + at.state.settings.node.name +
         "\",version=\"" + std::string{config::version} + "\"} 1\n";
  return out;
}

// -- JSON ---------------------------------------------------------------------

std::string as_json(const request_context& at) {
  nlohmann::ordered_json out{
      {"node", at.state.settings.node.name},
      {"connections", sum(at, &shard_counters::websockets) + sum(at, &shard_counters::streams) +
                          sum(at, &shard_counters::polls_waiting) + sum(at, &shard_counters::raw)},
      {"messagesReceived", sum(at, &shard_counters::messages_received)},
      {"messagesSent", sum(at, &shard_counters::messages_sent)},
      {"errors", sum(at, &shard_counters::errors)},
      {"uptime", at.home().wall_now() - at.state.started},
  };
  for (const auto& m : shard_metrics)
    out[m.name] = sum(at, m.of);
  out["restarts"] = at.state.bus.restarts();
  out["events_lost"] = at.state.bus.events_lost();
  out["log_lines_lost"] = at.state.bus.log_lines_lost();
  out["history_bytes"] = at.state.store.bytes();
  out["resident_bytes"] = resident_bytes();
  out["limits_passed"] = at.state.bus.limits_passed();
  return out.dump();
}

http_response plain(unsigned status, std::string text) {
  return {status, {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}}, std::move(text)};
}

bool only_reads(const transports::exchange_ptr& exchange) {
  const auto& method = exchange->request().method;
  if (method == "GET" || method == "HEAD")
    return true;
  exchange->respond(method == "OPTIONS" ? only_reading() : wrong_method("GET, HEAD, OPTIONS"));
  return false;
}

} // namespace

void open_metrics(const request_context& at, transports::exchange_ptr exchange) {
  if (!only_reads(exchange))
    return;
  const auto accept = exchange->request().header("accept").value_or("");
  if (accept.find("application/json") != std::string_view::npos)
    return exchange->respond(http_response::json(200, as_json(at)));
  auto text = plain(200, prometheus(at));
  text.headers[0].second = "text/plain; version=0.0.4; charset=utf-8";
  exchange->respond(std::move(text));
}

void open_health(const request_context& at, transports::exchange_ptr exchange) {
  if (exchange->request().path == "/readyz" && at.state.draining) { // however it is asked
    auto no = being_stopped(at);
    no.body = "draining\n";
    no.headers.front().second = "text/plain; charset=utf-8";
    return exchange->respond(std::move(no));
  }
  if (only_reads(exchange))
    exchange->respond(plain(200, "ok\n"));
}

} // namespace troupe::actors
