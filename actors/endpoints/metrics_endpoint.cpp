// GET /metrics: for monitors, without a key.

#include "actors/endpoints/endpoints.hpp"
#include "actors/endpoints/prometheus_text.hpp"
#include "actors/sessions/shard.hpp"
#include "config/keys.hpp"
#include "config/version.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <string>

namespace troupe::actors {

namespace {

using transports::http_response;
using metric_kind = prometheus_text::kind;

struct shard_metric {
  const char* name; ///< without `troupe_`; counters get `_total`
  metric_kind kind;
  const char* help;
  counter shard_counters::*of;
};

constexpr auto shard_metrics = std::to_array<shard_metric>({
    {"polls_waiting", metric_kind::gauge, "Polls held open now.", &shard_counters::polls_waiting},
    {"subscriptions", metric_kind::gauge, "Sessions in channels now, once per channel.", &shard_counters::subscriptions},
    {"raw_websockets", metric_kind::gauge, "WebSockets of raw mounts now.", &shard_counters::raw},
    {"pinned_bytes", metric_kind::gauge, "Memory of logs that went on, which only the sockets of slow clients hold.", &shard_counters::pinned_bytes},
    {"commands_waiting", metric_kind::gauge, "Commands handed to channels, or on their way, that are not done.", &shard_counters::commands_waiting},
    {"log_bytes", metric_kind::gauge, "Memory of the logs.", &shard_counters::log_bytes},
    {"sessions_opened", metric_kind::counter, "Sessions opened.", &shard_counters::sessions_opened},
    {"sessions_resumed", metric_kind::counter, "Clients that came back to their session over another connection.", &shard_counters::sessions_resumed},
    {"sessions_detached", metric_kind::gauge, "Sessions without a connection now: their clients are away, or between two polls.", &shard_counters::sessions_detached},
    {"detached_bytes", metric_kind::gauge, "Memory held for them.", &shard_counters::detached_bytes},
    {"private_lost", metric_kind::counter, "Clients that came back when not all was kept that had been said to them alone.", &shard_counters::private_lost},
    {"sessions_closed", metric_kind::counter, "Sessions closed.", &shard_counters::sessions_closed},
    {"messages_received", metric_kind::counter, "Messages of clients.", &shard_counters::messages_received},
    {"messages_sent", metric_kind::counter, "Messages to clients, once per client.", &shard_counters::messages_sent},
    {"publications_received", metric_kind::counter, "Publications that shards took from channels, once per shard.", &shard_counters::publications},
    {"encodings", metric_kind::counter, "Publications encoded, once per wire form and shard.", &shard_counters::encodings},
    {"gaps", metric_kind::counter, "Clients told that they missed something.", &shard_counters::gaps},
    {"overflows", metric_kind::counter, "Clients closed because they were too slow.", &shard_counters::overflows},
    {"stalled", metric_kind::counter, "Clients closed because they took nothing for heartbeat.stalled.", &shard_counters::stalled},
    {"commands_refused", metric_kind::counter, "Commands and polls refused because their client's came faster than limits.commands_per_second, or its namespace's rate.", &shard_counters::commands_refused},
    {"too_fast", metric_kind::counter, "Clients closed with 4008 because they went on in spite of that.", &shard_counters::too_fast},
    {"heartbeats_lost", metric_kind::counter, "Clients that answered no ping.", &shard_counters::heartbeats_lost},
    {"busy", metric_kind::counter, "Commands refused because a channel's queue was full.", &shard_counters::busy},
    {"session_crashes", metric_kind::counter, "Sessions closed with 1011.", &shard_counters::crashes},
    {"connections_accepted", metric_kind::counter, "Sockets accepted.", &shard_counters::connections_accepted},
    {"connections_refused", metric_kind::counter, "Sockets over the limit.", &shard_counters::connections_refused},
    {"connections_closed", metric_kind::counter, "Sockets closed.", &shard_counters::connections_closed},
    {"bytes_received", metric_kind::counter, "Bytes read.", &shard_counters::bytes_in},
    {"bytes_sent", metric_kind::counter, "Bytes written.", &shard_counters::bytes_out},
    {"http_requests", metric_kind::counter, "HTTP requests.", &shard_counters::http_requests},
    {"http_bad_requests", metric_kind::counter, "Malformed requests.", &shard_counters::http_bad_requests},
    {"http_timeouts", metric_kind::counter, "Requests that took too long.", &shard_counters::http_timeouts},
    {"responses_too_slow", metric_kind::counter, "Responses whose client took less than limits.response_rate.", &shard_counters::responses_too_slow},
    {"transfers_cut_off", metric_kind::counter, "Slow connections that made way at limits.transfer_bytes.", &shard_counters::transfers_cut_off},
    {"ws_bad_handshakes", metric_kind::counter, "Upgrades refused as malformed.", &shard_counters::ws_bad_handshakes},
    {"ws_protocol_errors", metric_kind::counter, "WebSockets that broke RFC 6455.", &shard_counters::ws_protocol_errors},
    {"ws_too_large", metric_kind::counter, "Messages over the limit.", &shard_counters::ws_too_large},
});

std::uint64_t sum(const endpoint_state& of, counter shard_counters::*what) {
  std::uint64_t total = 0;
  for (const auto& here : of.shards)
    total += here->counters.*what;
  return total;
}

std::uint64_t most(const endpoint_state& of, counter shard_counters::*what) {
  std::uint64_t greatest = 0;
  for (const auto& here : of.shards)
    greatest = std::max<std::uint64_t>(greatest, here->counters.*what);
  return greatest;
}

std::uint64_t sessions(const endpoint_state& of, transport_kind over) {
  std::uint64_t total = 0;
  for (const auto& here : of.shards)
    total += here->counters.sessions[over];
  return total;
}

std::uint64_t errors(const endpoint_state& of, error_code code) {
  std::uint64_t total = 0;
  for (const auto& here : of.shards)
    total += here->counters.errors.of(code);
  return total;
}

std::uint64_t errors(const endpoint_state& of) {
  std::uint64_t total = 0;
  for (const auto& here : of.shards)
    total += here->counters.errors;
  return total;
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
    {"publications", metric_kind::counter, "Publications said in channels, kept or not, read or not.", [](const auto& of) { return of.bus.publications(); }},
    {"history_bytes", metric_kind::gauge, "Memory of what is kept, of live and of idle channels.", [](const auto& of) { return std::uint64_t{of.store.bytes()}; }},
    {"disk_bytes", metric_kind::gauge, "Files of the disk store.", [](const auto& of) { return of.store.disk().file_bytes; }},
    {"disk_kept_bytes", metric_kind::gauge, "What is kept on disk, of live and of idle channels.", [](const auto& of) { return of.store.disk().kept_bytes; }},
    {"disk_waiting_bytes", metric_kind::gauge, "What waits to be written to disk.", [](const auto& of) { return of.store.disk().waiting_bytes; }},
    {"disk_syncs", metric_kind::counter, "Times that the disk store waited for its disk.", [](const auto& of) { return of.store.disk().syncs; }},
    {"disk_refusals", metric_kind::counter, "What was refused because disk.queue_bytes waited.", [](const auto& of) { return of.store.disk().refusals; }},
    {"restarts", metric_kind::counter, "Actors and channel objects started anew.", [](const auto& of) { return of.bus.restarts(); }},
    {"failures", metric_kind::counter, "Actors that failed for good.", [](const auto& of) { return of.bus.failures(); }},
    {"handler_failures", metric_kind::counter, "Handlers that threw.", [](const auto& of) { return of.bus.handler_failures(); }},
    {"slow_handlers", metric_kind::counter, "Handlers that ran for longer than channels.slow_handler, those that still do included.", [](const auto& of) { return of.bus.slow().count(); }},
    {"slow_handlers_running", metric_kind::gauge, "Handlers that run for longer than channels.slow_handler now.", [](const auto& of) { return of.bus.slow().running(); }},
    {"channel_commands_waiting_max", metric_kind::gauge, "Commands that waited for one channel on one shard, at the most within the last second.", [](const auto& of) { return most(of, &shard_counters::commands_waiting_most); }},
    {"lag_entries_max", metric_kind::gauge, "Entries between the slowest client whose socket is full and the head of its channel's log.", [](const auto& of) { return most(of, &shard_counters::lag_most); }},
    {"store_failing", metric_kind::gauge, "1 while what is to be kept on disk cannot be kept, or read.", [](const auto& of) { return std::uint64_t{of.store.trouble() ? 1U : 0U}; }},
    {"draining", metric_kind::gauge, "1 while the node stops.", [](const auto& of) { return std::uint64_t{of.draining ? 1U : 0U}; }},
    {"joins", metric_kind::counter, "Members that came into channels.", [](const auto& of) { return of.bus.joins(); }},
    {"leaves", metric_kind::counter, "Members that left channels: one for each join, in the end.", [](const auto& of) { return of.bus.leaves(); }},
    {"events_lost", metric_kind::counter, "Events past limits.events_waiting, told to nobody.", [](const auto& of) { return of.bus.events_lost(); }},
    {"log_lines_lost", metric_kind::counter, "Lines past log.queue_bytes, or that stderr refused.", [](const auto& of) { return of.bus.log_lines_lost(); }},
});

// -- several of a kind --------------------------------------------------------

struct named_figure {
  const char* name;
  std::uint64_t value;
};

/// Sockets that are open now, by what goes over them; those that wait for a request, or whose answer is on its way, go
/// over `http`. Counters of threads that run on may be one step apart.
std::array<named_figure, 5> connections(const endpoint_state& of) {
  const auto open = sum(of, &shard_counters::connections_accepted) - sum(of, &shard_counters::connections_closed);
  std::array<named_figure, 5> all{{{"websocket", sessions(of, transport_kind::websocket)},
                                   {"sse", sessions(of, transport_kind::sse)},
                                   {"poll", sum(of, &shard_counters::polls_waiting)},
                                   {"raw", sum(of, &shard_counters::raw)},
                                   {"http", 0}}};
  std::uint64_t known = 0;
  for (const auto& one : all)
    known += one.value;
  all.back().value = open - std::min(known, open);
  return all;
}

struct timed_figure {
  const char* name; ///< without `troupe_`; seconds
  const char* help;
  histogram::reading (*value)(const endpoint_state& of);
};

histogram::reading deliveries(const endpoint_state& of) {
  histogram::reading all;
  for (const auto& here : of.shards)
    all += here->counters.deliveries.read();
  return all;
}

constexpr auto timed_figures = std::to_array<timed_figure>({
    {"delivery_seconds", "From a command's hand-over to its channel (or where the channel spoke by itself, from its turn) until the sockets of a shard's readers had what it caused.", deliveries},
    {"handler_seconds", "How long handlers and hooks of channels and mounts, and on_connect, ran.", [](const auto& of) { return of.running.handler_times(); }},
    {"queue_wait_seconds", "How long batches of commands waited for their channel.", [](const auto& of) { return of.running.waiting_times(); }},
});

constexpr std::array<error_code, protocol::error_code_count> codes() {
  std::array<error_code, protocol::error_code_count> all{};
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<error_code>(i);
  return all;
}

double silent_seconds(const endpoint_state& of) {
  return std::max(0.0, std::chrono::duration<double>(of.running.workers_silent_for()).count());
}

// -- Prometheus ---------------------------------------------------------------

std::string series(const char* name, metric_kind kind) {
  return std::string{"troupe_"} + name + (kind == metric_kind::counter ? "_total" : "");
}

/// Those that were not passed, too: what begins with more than 0 has not increased, as Prometheus sees it.
std::map<std::string, std::uint64_t> limits_passed(const endpoint_state& of) {
  auto all = of.bus.limits_passed();
  for (const auto& key : config::keys())
    if (config::group_of(key.name) == "limits")
      all.try_emplace(std::string{key.name});
  return all;
}

void write_labelled(prometheus_text& out, const endpoint_state& of) {
  out.family("troupe_sessions", metric_kind::gauge, "Sessions now, by transport.");
  for (const auto kind : session_transports)
    out.series(prometheus_text::label("transport", to_string(kind)), sessions(of, kind));
  out.family("troupe_connections", metric_kind::gauge, "Open connections now, by what goes over them.");
  for (const auto& one : connections(of))
    out.series(prometheus_text::label("transport", one.name), one.value);
  out.family("troupe_errors_total", metric_kind::counter, "Errors told to clients, refused requests included, by code.");
  for (const auto code : codes())
    out.series(prometheus_text::label("code", protocol::to_string(code)), errors(of, code));
  out.family("troupe_limits_passed_total", metric_kind::counter, "Times that a limit was passed, by its key.");
  for (const auto& [limit, n] : limits_passed(of))
    out.series(prometheus_text::label("limit", limit), n);
  out.family("troupe_info", metric_kind::gauge, "The node.");
  out.series(prometheus_text::label("node", of.settings.node.name) + "," + prometheus_text::label("version", config::version), std::uint64_t{1});
}

/// By the names that Prometheus' own client libraries use.
void write_process(prometheus_text& out, const endpoint_state& of, const process_figures& now) {
  out.one("process_cpu_seconds_total", metric_kind::counter, "Processor time of all threads.", now.cpu_seconds);
  out.one("process_resident_memory_bytes", metric_kind::gauge, "Memory of the process.", now.resident_bytes);
  out.one("process_virtual_memory_bytes", metric_kind::gauge, "Addresses of the process.", now.virtual_bytes);
  out.one("process_open_fds", metric_kind::gauge, "Open descriptors, counted at most once a second.", now.open_fds);
  out.one("process_max_fds", metric_kind::gauge, "The open-file limit.", now.max_fds);
  out.one("process_threads", metric_kind::gauge, "Threads of the process.", now.threads);
  out.one("process_start_time_seconds", metric_kind::gauge, "When the node started, in seconds since 1970.", static_cast<double>(of.started) / 1000);
}

std::string prometheus(const endpoint_state& of, const process_figures& process) {
  prometheus_text out;
  write_labelled(out, of);
  for (const auto& m : shard_metrics)
    out.one(series(m.name, m.kind), m.kind, m.help, sum(of, m.of));
  for (const auto& m : node_metrics)
    out.one(series(m.name, m.kind), m.kind, m.help, m.value(of));
  out.one("troupe_workers_silent_seconds", metric_kind::gauge, "For how long no worker was free for the node's own actors, which ask for one each second.", silent_seconds(of));
  for (const auto& m : timed_figures)
    out.times(std::string{"troupe_"} + m.name, m.help, m.value(of));
  write_process(out, of, process);
  if (of.own)
    of.own->write(out);
  return out.take();
}

// -- JSON ---------------------------------------------------------------------

nlohmann::ordered_json process_json(const process_figures& now) {
  return {{"cpu_seconds", now.cpu_seconds}, {"resident_bytes", now.resident_bytes}, {"virtual_bytes", now.virtual_bytes},
          {"open_fds", now.open_fds},       {"max_fds", now.max_fds},               {"threads", now.threads}};
}

void write_several(nlohmann::ordered_json& out, const endpoint_state& of) {
  for (const auto kind : session_transports)
    out["sessions"][std::string{to_string(kind)}] = sessions(of, kind);
  for (const auto& one : connections(of))
    out["connections_by_transport"][one.name] = one.value;
  out["errors_by_code"] = nlohmann::ordered_json::object();
  for (const auto code : codes())
    if (const auto n = errors(of, code))
      out["errors_by_code"][std::string{protocol::to_string(code)}] = n;
  for (const auto& m : timed_figures) {
    const auto all = m.value(of);
    out[m.name] = {{"count", all.count()}, {"sum", std::chrono::duration<double>(all.sum).count()}};
  }
}

std::string as_json(const endpoint_state& of, std::int64_t now, const process_figures& process) {
  std::uint64_t connections = sum(of, &shard_counters::polls_waiting) + sum(of, &shard_counters::raw);
  for (const auto kind : session_transports)
    if (kind != transport_kind::poll && kind != transport_kind::actor) // polls are counted while they wait
      connections += sessions(of, kind);
  nlohmann::ordered_json out{
      {"node", of.settings.node.name},
      {"connections", connections},
      {"messagesReceived", sum(of, &shard_counters::messages_received)},
      {"messagesSent", sum(of, &shard_counters::messages_sent)},
      {"errors", errors(of)},
      {"uptime", now - of.started},
      {"started", of.started},
  };
  write_several(out, of);
  for (const auto& m : shard_metrics)
    out[m.name] = sum(of, m.of);
  for (const auto& m : node_metrics)
    out[m.name] = m.value(of);
  out["workers_silent_seconds"] = silent_seconds(of);
  out["process"] = process_json(process);
  out["limits_passed"] = of.bus.limits_passed();
  return out.dump();
}

} // namespace

void open_metrics(const request_context& at, transports::exchange_ptr exchange) {
  if (!only_reads(exchange))
    return;
  const auto process = at.state.process.read(at.home().clock().steady());
  const auto accept = exchange->request().header("accept").value_or("");
  if (accept.find("application/json") != std::string_view::npos)
    return exchange->respond(http_response::json(200, as_json(at.state, at.home().wall_now(), process)));
  exchange->respond({200, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}, {"Cache-Control", "no-store"}}, prometheus(at.state, process)});
}

} // namespace troupe::actors
