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

constexpr auto shard_metrics = std::to_array<shard_metric>({
    {"polls_waiting", metric_kind::gauge, "Polls held open now.", &shard_counters::polls_waiting},
    {"subscriptions", metric_kind::gauge, "Sessions in channels now, once per channel.", &shard_counters::subscriptions},
    {"raw_websockets", metric_kind::gauge, "WebSockets of raw mounts now.", &shard_counters::raw},
    {"pinned_bytes", metric_kind::gauge, "Memory of logs that went on, which only the sockets of slow clients hold.", &shard_counters::pinned_bytes},
    {"log_bytes", metric_kind::gauge, "Memory of the logs.", &shard_counters::log_bytes},
    {"sessions_opened", metric_kind::total, "Sessions opened.", &shard_counters::sessions_opened},
    {"sessions_resumed", metric_kind::total, "Clients that came back to their session over another connection.", &shard_counters::sessions_resumed},
    {"sessions_detached", metric_kind::gauge, "Sessions without a connection now: their clients are away, or between two polls.", &shard_counters::sessions_detached},
    {"detached_bytes", metric_kind::gauge, "Memory held for them.", &shard_counters::detached_bytes},
    {"private_lost", metric_kind::total, "Clients that came back when not all was kept that had been said to them alone.", &shard_counters::private_lost},
    {"sessions_closed", metric_kind::total, "Sessions closed.", &shard_counters::sessions_closed},
    {"messages_received", metric_kind::total, "Messages of clients.", &shard_counters::messages_received},
    {"messages_sent", metric_kind::total, "Messages to clients, once per client.", &shard_counters::messages_sent},
    {"publications_received", metric_kind::total, "Publications that shards took from channels, once per shard.", &shard_counters::publications},
    {"encodings", metric_kind::total, "Publications encoded, once per wire form and shard.", &shard_counters::encodings},
    {"errors", metric_kind::total, "Errors told to clients, refused requests included.", &shard_counters::errors},
    {"gaps", metric_kind::total, "Clients told that they missed something.", &shard_counters::gaps},
    {"overflows", metric_kind::total, "Clients closed because they were too slow.", &shard_counters::overflows},
    {"stalled", metric_kind::total, "Clients closed because they took nothing for heartbeat.stalled.", &shard_counters::stalled},
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
    {"responses_too_slow", metric_kind::total, "Responses whose client took less than limits.response_rate.", &shard_counters::responses_too_slow},
    {"transfers_cut_off", metric_kind::total, "Slow connections that made way at limits.transfer_bytes.", &shard_counters::transfers_cut_off},
    {"ws_bad_handshakes", metric_kind::total, "Upgrades refused as malformed.", &shard_counters::ws_bad_handshakes},
    {"ws_protocol_errors", metric_kind::total, "WebSockets that broke RFC 6455.", &shard_counters::ws_protocol_errors},
    {"ws_too_large", metric_kind::total, "Messages over the limit.", &shard_counters::ws_too_large},
});

std::uint64_t sum(const endpoint_state& of, counter shard_counters::*what) {
  std::uint64_t total = 0;
  for (const auto& here : of.shards)
    total += here->counters.*what;
  return total;
}

std::uint64_t sessions(const endpoint_state& of, transport_kind over) {
  std::uint64_t total = 0;
  for (const auto& here : of.shards)
    total += here->counters.sessions[over];
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

/// Of the node as a whole.
struct node_metric {
  const char* name;
  metric_kind kind;
  const char* help;
  std::uint64_t (*value)(const endpoint_state& of);
};

constexpr auto node_metrics = std::to_array<node_metric>({
    {"channels", metric_kind::gauge, "Live channels.", [](const auto& of) { return of.bus.channels(); }},
    {"publications", metric_kind::total, "Publications said in channels, kept or not, read or not.", [](const auto& of) { return of.bus.publications(); }},
    {"history_bytes", metric_kind::gauge, "Memory of what is kept, of live and of idle channels.", [](const auto& of) { return std::uint64_t{of.store.bytes()}; }},
    {"disk_bytes", metric_kind::gauge, "Files of the disk store.", [](const auto& of) { return of.store.disk().file_bytes; }},
    {"disk_kept_bytes", metric_kind::gauge, "What is kept on disk, of live and of idle channels.", [](const auto& of) { return of.store.disk().kept_bytes; }},
    {"disk_waiting_bytes", metric_kind::gauge, "What waits to be written to disk.", [](const auto& of) { return of.store.disk().waiting_bytes; }},
    {"disk_syncs", metric_kind::total, "Times that the disk store waited for its disk.", [](const auto& of) { return of.store.disk().syncs; }},
    {"disk_refusals", metric_kind::total, "What was refused because disk.queue_bytes waited.", [](const auto& of) { return of.store.disk().refusals; }},
    {"resident_bytes", metric_kind::gauge, "Memory of the process.", [](const auto&) { return resident_bytes(); }},
    {"restarts", metric_kind::total, "Actors and channel objects started anew.", [](const auto& of) { return of.bus.restarts(); }},
    {"failures", metric_kind::total, "Actors that failed for good.", [](const auto& of) { return of.bus.failures(); }},
    {"handler_failures", metric_kind::total, "Handlers that threw.", [](const auto& of) { return of.bus.handler_failures(); }},
    {"joins", metric_kind::total, "Members that came into channels.", [](const auto& of) { return of.bus.joins(); }},
    {"leaves", metric_kind::total, "Members that left channels: one for each join, in the end.", [](const auto& of) { return of.bus.leaves(); }},
    {"events_lost", metric_kind::total, "Events past limits.events_waiting, told to nobody.", [](const auto& of) { return of.bus.events_lost(); }},
    {"log_lines_lost", metric_kind::total, "Lines past log.queue_bytes, or that stderr refused.", [](const auto& of) { return of.bus.log_lines_lost(); }},
});

// -- Prometheus ---------------------------------------------------------------

std::string series(const char* name, metric_kind kind) {
  return std::string{"troupe_"} + name + (kind == metric_kind::total ? "_total" : "");
}

void head(std::string& out, const std::string& name, metric_kind kind, const char* help) {
  out += "# HELP " + name + " " + help + "\n# TYPE " + name + (kind == metric_kind::gauge ? " gauge\n" : " counter\n");
}

void append(std::string& out, const char* name, metric_kind kind, const char* help, std::uint64_t value) {
  head(out, series(name, kind), kind, help);
  out += series(name, kind) + " " + std::to_string(value) + "\n";
}

/// Label values are key names of ours: nothing to escape.
void append_limits(std::string& out, const event_bus& bus) {
  head(out, "troupe_limits_passed_total", metric_kind::total, "Times that a limit was passed.");
  for (const auto& [limit, n] : bus.limits_passed())
    out += "troupe_limits_passed_total{limit=\"" + limit + "\"} " + std::to_string(n) + "\n";
}

void append_sessions(std::string& out, const endpoint_state& of) {
  head(out, "troupe_sessions", metric_kind::gauge, "Sessions now, by transport.");
  for (const auto kind : session_transports)
    out += "troupe_sessions{transport=\"" + std::string{to_string(kind)} + "\"} " + std::to_string(sessions(of, kind)) + "\n";
}

std::string prometheus(const endpoint_state& of) {
  std::string out;
  append_sessions(out, of);
  for (const auto& m : shard_metrics)
    append(out, m.name, m.kind, m.help, sum(of, m.of));
  for (const auto& m : node_metrics)
    append(out, m.name, m.kind, m.help, m.value(of));
  append_limits(out, of.bus);
  head(out, "troupe_info", metric_kind::gauge, "The node.");
  out += "troupe_info{node=\"" + of.settings.node.name + "\",version=\"" + std::string{config::version} + "\"} 1\n";
  return out;
}

// -- JSON ---------------------------------------------------------------------

std::string as_json(const endpoint_state& of, std::int64_t now) {
  nlohmann::ordered_json by_transport;
  std::uint64_t connections = sum(of, &shard_counters::polls_waiting) + sum(of, &shard_counters::raw);
  for (const auto kind : session_transports) {
    by_transport[std::string{to_string(kind)}] = sessions(of, kind);
    const bool connected = kind != transport_kind::poll && kind != transport_kind::actor; // polls count while they wait
    connections += connected ? sessions(of, kind) : 0;
  }
  nlohmann::ordered_json out{
      {"node", of.settings.node.name},
      {"connections", connections},
      {"messagesReceived", sum(of, &shard_counters::messages_received)},
      {"messagesSent", sum(of, &shard_counters::messages_sent)},
      {"errors", sum(of, &shard_counters::errors)},
      {"uptime", now - of.started},
      {"sessions", std::move(by_transport)},
  };
  for (const auto& m : shard_metrics)
    out[m.name] = sum(of, m.of);
  for (const auto& m : node_metrics)
    out[m.name] = m.value(of);
  out["limits_passed"] = of.bus.limits_passed();
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
    return exchange->respond(http_response::json(200, as_json(at.state, at.home().wall_now())));
  auto text = plain(200, prometheus(at.state));
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
  if (!only_reads(exchange))
    return;
  if (const auto trouble = at.state.store.trouble(); trouble && exchange->request().path == "/readyz")
    return exchange->respond(plain(503, "the disk store fails: " + *trouble + "\n"));
  exchange->respond(plain(200, "ok\n"));
}

} // namespace troupe::actors
