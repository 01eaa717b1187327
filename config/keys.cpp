#include "config/keys.hpp"

#include "config/cores.hpp"
#include "config/text_rules.hpp"

#include <algorithm>

namespace troupe::config {

namespace {

using S = settings;
using L = limit_settings;
constexpr auto applies = on_reload::applies;
constexpr auto restart = on_reload::needs_restart;
constexpr bool secret = true;

// clang-format off
constexpr auto registry = std::to_array<key>({
  field<&S::default_channel>("default_channel", text(channel_rule), restart, "The channel of clients that name none (plain WebSockets, /events without channel); empty: none."),

  field<&S::node, &node_settings::name>("node.name", text(node_name_rule), restart, "What this node calls itself in `welcome`, logs and the cluster."),

  field<&S::listen, &listen_settings::address>("listen.address", text(ip_address_rule), restart, "The address to listen on; loopback unless the world is meant to come in."),
  field<&S::listen, &listen_settings::port>("listen.port", count(0, 65535), restart, "The port to listen on; 0 takes any free one."),
  field<&S::listen, &listen_settings::shared>("listen.shared", flag(), restart, "Share the port with another process on purpose instead of refusing to start beside it."),
  field<&S::listen, &listen_settings::hosts>("listen.hosts", list(host_rule), applies, "Host names (without port) that requests may be addressed to; empty: loopback names and the listen address."),
  field<&S::listen, &listen_settings::origins>("listen.origins", list(origin_rule), applies, "Origins whose pages may connect beside the node's own; `*`: all."),

  field<&S::threads, &thread_settings::shards>("threads.shards", count(0, shards_max), restart, "I/O threads; 0: one per usable core."),
  field<&S::threads, &thread_settings::workers>("threads.workers", count(0, 256), restart, "Threads that run channels; 0: one per usable core."),

  field<&S::limits, &L::message_bytes>("limits.message_bytes", bytes(1_KiB, 64_MiB), restart, "One message of a client; past it the connection is closed with 1009, or the request gets `too_large`."),
  field<&S::limits, &L::message_depth>("limits.message_depth", count(1, 512), restart, "Levels of nesting in JSON and msgpack; past it: `bad_message`."),
  field<&S::limits, &L::channels_per_session>("limits.channels_per_session", count(1, 65536), restart, "Channels one session may be in; past it: `limit`."),
  field<&S::limits, &L::sse_channels>("limits.sse_channels", count(1, 256), restart, "Channels of one event stream; past it: 400."),
  field<&S::limits, &L::commands_per_connection>("limits.commands_per_connection", count(1, 4096), restart, "Commands under way per connection; past it the socket is not read."),
  field<&S::limits, &L::commands_per_second>("limits.commands_per_second", count(0, 1'000'000), restart, "What one session may say per second, commands of whatever kind and polls; past it: `limit`, with the pause after which there is room again. 0: any number."),
  field<&S::limits, &L::commands_burst>("limits.commands_burst", count(0, 1'000'000), restart, "Of these, how many at once after a pause; 0: as many as in a second."),
  field<&S::limits, &L::refusals_per_minute>("limits.refusals_per_minute", count(0, 1'000'000), restart, "What one session may be refused because it came too fast (also for a namespace's rate), all at once or in a minute; past it its connection is closed with 4008. 0: it is never closed for that."),
  field<&S::limits, &L::calls_per_session>("limits.calls_per_session", count(1, 65536), restart, "Calls of one session that wait for their answer; past it: `limit`."),
  field<&S::limits, &L::session_control_bytes>("limits.session_control_bytes", bytes(4_KiB, 256_MiB), restart, "Replies and pushes waiting for one session; past it its commands are not read, and pushes to a client that takes nothing, or four times as many, close it with 4002."),
  field<&S::limits, &L::session_params_bytes>("limits.session_params_bytes", bytes(1_KiB, 64_MiB), restart, "`params` of all subscriptions of one session together; past it: `limit`."),
  field<&S::limits, &L::outbox_bytes>("limits.outbox_bytes", bytes(4_KiB, 64_MiB), restart, "Bytes in flight to one client, plus one message."),
  field<&S::limits, &L::polls_per_user>("limits.polls_per_user", count(1, 1024), restart, "Polls that wait for one user at once; past it the oldest is answered, but once a second; else: 429."),
  field<&S::limits, &L::polls_per_session>("limits.polls_per_session", count(1, 1024), restart, "Polls that wait with the cursors of one session (tabs that share one); past it the same."),
  field<&S::limits, &L::identity_bytes>("limits.identity_bytes", bytes(1_KiB, 1_MiB), restart, "What `on_connect` says about one client; past it the client is refused: 500, or `error internal`."),
  field<&S::limits, &L::channel_commands>("limits.channel_commands", count(1, 1'000'000), restart, "Commands waiting per channel and shard; past it: `busy`."),
  field<&S::limits, &L::channel_command_bytes>("limits.channel_command_bytes", bytes(4_KiB, 1024_MiB), restart, "Bytes of commands waiting per channel and shard; past it: `busy`."),
  field<&S::limits, &L::link_batches>("limits.link_batches", count(1, 65536), restart, "Batches under way from a channel to a shard; past it the link falls back to its cursor."),
  field<&S::limits, &L::link_bytes>("limits.link_bytes", bytes(4_KiB, 1024_MiB), restart, "Bytes of batches under way from a channel to a shard; past it the link falls back to its cursor."),
  field<&S::limits, &L::log_entries>("limits.log_entries", count(1, 1'000'000), restart, "Publications of one channel that a shard keeps encoded; the overflow policy speaks to those behind."),
  field<&S::limits, &L::log_bytes>("limits.log_bytes", bytes(4_KiB, 1024_MiB), restart, "Bytes of one channel's log on a shard, all wire forms counted; the overflow policy speaks to those behind."),
  field<&S::limits, &L::page_bytes>("limits.page_bytes", bytes(4_KiB, 256_MiB), restart, "A page of history or presence; longer answers are paged."),
  field<&S::limits, &L::except_sessions>("limits.except_sessions", count(1, 64), restart, "Sessions that one broadcast may leave out."),
  field<&S::limits, &L::only_sessions>("limits.only_sessions", count(1, 1'000), restart, "Sessions that one broadcast may name as the only ones that get it."),
  field<&S::limits, &L::groups_per_channel>("limits.groups_per_channel", count(0, 65536), restart, "Groups of one channel's members that its class makes; a group is there while somebody is in it."),
  field<&S::limits, &L::groups_per_member>("limits.groups_per_member", count(1, 1'024), restart, "Groups that one member of a channel may be in."),
  field<&S::limits, &L::members_per_group>("limits.members_per_group", count(1, 100'000), restart, "Members of one group. What is said to a group keeps who was in it: 8 bytes each, counted with what is kept."),
  field<&S::limits, &L::timers_per_channel>("limits.timers_per_channel", count(0, 1'000'000), restart, "Timers that run in one channel."),
  field<&S::limits, &L::tasks_per_channel>("limits.tasks_per_channel", count(0, 1'000'000), restart, "Coroutines of one channel that wait; past it a call is told to come again."),
  field<&S::limits, &L::asks_per_channel>("limits.asks_per_channel", count(0, 65536), restart, "Questions of one channel to its members that wait for answers."),
  field<&S::limits, &L::members_per_ask>("limits.members_per_ask", count(1, 1'000'000), restart, "Members that one question of a channel may go to."),
  field<&S::limits, &L::snapshot_bytes>("limits.snapshot_bytes", bytes(0, 1024_MiB), restart, "A snapshot of a channel; a larger one is not kept, and the channel is told."),
  field<&S::limits, &L::keys_per_channel>("limits.keys_per_channel", count(1, 1'000'000), restart, "Idempotency keys that a channel knows; past it the oldest of the publisher that has most is forgotten."),
  field<&S::limits, &L::keys_per_publisher>("limits.keys_per_publisher", count(1, 1'000'000), restart, "Idempotency keys of one user (or session without one) that a channel knows; past it its oldest is forgotten."),
  field<&S::limits, &L::answer_bytes>("limits.answer_bytes", bytes(0, 64_MiB), restart, "An answer that is kept under its call's key; of a longer one only that it was given: who repeats the call is told `too_large`."),
  field<&S::limits, &L::answer_bytes_per_channel>("limits.answer_bytes_per_channel", bytes(0, 1024_MiB), restart, "Answers that a channel keeps under keys of calls; past it the oldest of the publisher that has most are forgotten."),
  field<&S::limits, &L::presence_bytes>("limits.presence_bytes", bytes(0, 1_MiB), restart, "What a channel's class tells of one member to those who read presence; a join with more fails."),
  field<&S::limits, &L::presence_members>("limits.presence_members", count(0, 1'000'000), restart, "Members of a channel who are named to those who read presence, also in not more than limits.page_bytes; past it these are told how many there are, and ask for pages, until it is half of it again."),
  field<&S::limits, &L::mount_inputs>("limits.mount_inputs", count(1, 1'000'000), restart, "Openings, messages and ends of a mount's clients that it has not handled, per mount and shard; past it: 503."),
  field<&S::limits, &L::channels>("limits.channels", count(1, 100'000'000), restart, "Live channels on the node; past it the longest idle one is retired, and if none is idle: `limit`."),
  field<&S::limits, &L::started_per_session>("limits.started_per_session", count(1, 100'000'000), restart, "Live channels that one session may have had started, by naming them first; past it: `limit`."),
  field<&S::limits, &L::started_per_address>("limits.started_per_address", count(0, 100'000'000), restart, "Live channels that one address (of an IPv6 address its /64) may have had started; past it: `limit`. 0: any number, for nodes behind a proxy, where all clients have its address."),
  field<&S::limits, &L::metric_series>("limits.metric_series", count(0, 100'000), restart, "Series of metrics of the application's own; making one more throws."),
  field<&S::limits, &L::route_requests>("limits.route_requests", count(1, 1'000'000), restart, "Requests for the application's own routes that wait for its answer; past it: 503."),
  field<&S::limits, &L::route_requests_per_address>("limits.route_requests_per_address", count(1, 1'000'000), restart, "Of these, those of one address (of an IPv6 address its /64); past it: 429."),
  field<&S::limits, &L::handshakes>("limits.handshakes", count(1, 10'000'000), restart, "Clients of whom `on_connect` was asked and has not said yet who they are, also those that have given up meanwhile: what the application has under way. Past it further ones wait to be asked about."),
  field<&S::limits, &L::handshakes_queued>("limits.handshakes_queued", count(0, 10'000'000), restart, "Clients who wait to be asked about, each for at most half of session.connect_timeout. Addresses take turns; past it the last of the address that has most is told 503, or `error busy`."),
  field<&S::limits, &L::sessions_detached_per_user>("limits.sessions_detached_per_user", count(1, 1'000'000), restart, "Sessions of one user on one shard without a connection; past it the one that has waited longest is forced out and told on return."),
  field<&S::limits, &L::journal_stretches>("limits.journal_stretches", count(1, 100'000), restart, "Runs of messages per session that are not known to have arrived: of them a session remembers where they began, to go on there. Past it the oldest is forgotten: who has not received even that goes on from the positions it brings, else hears of a gap."),
  field<&S::limits, &L::journal_bytes>("limits.journal_bytes", bytes(0, 64_MiB), restart, "What was said to one session alone and is not known to have arrived. Past it the oldest goes, and one message that is larger is not kept; who has not received that reads `private: lost` on return."),
  field<&S::limits, &L::sessions_detached>("limits.sessions_detached", count(0, 100'000'000), restart, "Sessions without a connection: their client is away, or between two polls. Past it the oldest of whoever has most is forced out and told on return."),
  field<&S::limits, &L::detached_bytes>("limits.detached_bytes", bytes(1_MiB, 1024 * 1024_MiB), restart, "Bytes held for sessions without a connection; past it the one that holds most, of the user or address that holds most, is forced out and told on return."),
  field<&S::limits, &L::connections>("limits.connections", count(0, 100'000'000), restart, "Open connections; past it: 503. 0: what the open-file limit allows."),
  field<&S::limits, &L::accepts_per_second>("limits.accepts_per_second", count(10, 10'000'000), restart, "Connections that one I/O thread accepts per second. What comes faster waits in the kernel's backlog (net.core.somaxconn), so that a storm of connections does not starve clients that are here. There is no share for each address."),
  field<&S::limits, &L::node_log_bytes>("limits.node_log_bytes", bytes(64_KiB, 1024 * 1024_MiB), restart, "Bytes of all logs on the node."),
  field<&S::limits, &L::node_pinned_bytes>("limits.node_pinned_bytes", bytes(64_KiB, 1024 * 1024_MiB), restart, "Bytes of logs that went on, which only the outboxes of slow clients hold. Past it those who hold most of it are closed with 4002, first of all those who take nothing."),
  field<&S::limits, &L::events_waiting>("limits.events_waiting", count(16, 10'000'000), restart, "What happened and waits to be told in the log and to the observer; past it events are only counted, by kind."),
  field<&S::limits, &L::node_history_bytes>("limits.node_history_bytes", bytes(64_KiB, 1024 * 1024_MiB), restart, "Bytes of all that is kept on the node, of live and of idle channels; past it names that say no more are forgotten, then the largest histories by fair shares lose their oldest."),
  field<&S::limits, &L::outlet_items>("limits.outlet_items", count(1, 100'000'000), restart, "What the application's code has handed to one outlet (`node::outlet`), or said as one actor that is a client, and no channel has taken yet; past it the outlet says `full`."),
  field<&S::limits, &L::outlet_bytes>("limits.outlet_bytes", bytes(4_KiB, 64 * 1024_MiB), restart, "Bytes of it; past it the outlet says `full`."),
  field<&S::limits, &L::request_timeout>("limits.request_timeout", duration(100ms, 10min), restart, "A whole request, headers and body, also if nothing is ever sent; past it: 408 or close."),
  field<&S::limits, &L::request_header_bytes>("limits.request_header_bytes", bytes(1_KiB, 1_MiB), restart, "The header of a request; past it: 431."),
  field<&S::limits, &L::request_body_bytes>("limits.request_body_bytes", bytes(1_KiB, 64_MiB), restart, "The body of a request; past it: 413 and close."),
  field<&S::limits, &L::keep_alive_timeout>("limits.keep_alive_timeout", duration(100ms, 24h), restart, "An HTTP connection idle between two requests; past it: close."),
  field<&S::limits, &L::response_rate>("limits.response_rate", bytes(0, 1024_MiB), restart, "Bytes per second that a client must take of a response; below it the connection is reset."),
  field<&S::limits, &L::response_window>("limits.response_window", duration(100ms, 1h), restart, "The span over which limits.response_rate is measured."),
  field<&S::limits, &L::closing_timeout>("limits.closing_timeout", duration(100ms, 10min), restart, "From the last thing said on a connection to its end; past it: reset."),
  field<&S::limits, &L::peer_timeout>("limits.peer_timeout", duration(1s, 24h), restart, "A connection whose peer's kernel acknowledges nothing for this long, neither data nor a probe, is lost."),
  field<&S::limits, &L::unsent_bytes>("limits.unsent_bytes", bytes(4_KiB, 64_MiB), restart, "Bytes that the kernel holds unsent for one connection; what is more waits in the log."),
  field<&S::limits, &L::transfer_bytes>("limits.transfer_bytes", bytes(64_KiB, 1024 * 1024_MiB), restart, "Bytes of requests, messages and responses under way on the node; past it the slowest connection is reset."),

  field<&S::heartbeat, &heartbeat_settings::interval>("heartbeat.interval", duration(100ms, 1h), restart, "Between two pings of a silent WebSocket, with jitter."),
  field<&S::heartbeat, &heartbeat_settings::timeout>("heartbeat.timeout", duration(50ms, 1h), restart, "From a ping that left to the verdict that the peer is dead."),
  field<&S::heartbeat, &heartbeat_settings::stalled>("heartbeat.stalled", duration(1s, 1h), restart, "A client that acknowledged nothing for so long, though something was there for it, is closed with 4002."),
  field<&S::heartbeat, &heartbeat_settings::sse_comment>("heartbeat.sse_comment", duration(100ms, 1h), restart, "Between two comments of a silent event stream."),

  field<&S::session, &session_settings::connect_timeout>("session.connect_timeout", duration(1s, 10min), restart, "For `on_connect` to decide, from when it is asked, where it answers later; then: 503, or `error unavailable`. Who has to wait to be asked about does so for at most half as long."),
  field<&S::session, &session_settings::resume_window>("session.resume_window", duration(0ms, 24h), restart, "How long a session outlives its connection: its client may resume it, and channels hear of its leave when that is over. 0: sessions end with their connections. Sessions that poll: session.poll_lease."),
  field<&S::session, &session_settings::poll_lease>("session.poll_lease", duration(1s, 24h), restart, "A poll session lives this long without a poll."),
  field<&S::session, &session_settings::poll_hold>("session.poll_hold", duration(0ms, 1h), restart, "A poll that has nothing to tell is held this long; 0: answered at once."),
  field<&S::session, &session_settings::sse_retry>("session.sse_retry", duration(0ms, 1h), restart, "What an event stream tells browsers to wait before they reconnect."),

  field<&S::channels, &channel_settings::idle>("channels.idle", duration(0ms, 168h), restart, "A channel without members and commands is retired after this."),
  field<&S::channels, &channel_settings::join_timeout>("channels.join_timeout", duration(10ms, 1h), restart, "For a channel to decide about a join."),
  field<&S::channels, &channel_settings::call_timeout>("channels.call_timeout", duration(10ms, 1h), restart, "For a channel to answer a call that names no timeout."),
  field<&S::channels, &channel_settings::slow_handler>("channels.slow_handler", duration(10ms, 1h), restart, "A handler that runs longer than this is slow: the log says so while it runs, lists and the observer show it, metrics count it."),
  field<&S::channels, &channel_settings::restart_intensity>("channels.restart_intensity", count(0, 10'000), restart, "Restarts of a channel's object within the period; one more and the channel gives up."),
  field<&S::channels, &channel_settings::restart_period>("channels.restart_period", duration(100ms, 24h), restart, "The period in which restarts are counted."),
  field<&S::channels, &channel_settings::snapshot_interval>("channels.snapshot_interval", duration(0ms, 1h), restart, "A channel is asked for a snapshot at most this often."),
  field<&S::channels, &channel_settings::presence_interval>("channels.presence_interval", duration(0ms, 1min), restart, "Changes of presence are told together, once per interval: who comes and goes within it is not mentioned. 0: with the turn that brings them."),
  field<&S::channels, &channel_settings::key_ttl>("channels.key_ttl", duration(1s, 24h), restart, "An idempotency key of a publisher is known this long."),
  field<&S::channels, &channel_settings::epoch_ttl>("channels.epoch_ttl", duration(0ms, 168h), restart, "An idle channel's epoch is known this long after the last of its history has expired: who comes back and has missed nothing is told so."),
  field<&S::channels, &channel_settings::snapshot_ttl>("channels.snapshot_ttl", duration(0ms, 8760h), restart, "The same for an idle channel that left a snapshot, which is then forgotten, too."),

  field<&S::disk, &disk_settings::dir>("disk.dir", text(path_rule), restart, "A directory of its own for what namespaces keep on disk; empty: `disk-` and the node's name in the state directory."),
  field<&S::disk, &disk_settings::bytes>("disk.bytes", bytes(64_MiB, 64ull * 1024 * 1024_MiB), restart, "Bytes of the disk store's files. Half of it is for what is kept: past that names that say no more are forgotten, then the largest histories by fair shares lose their oldest. At it nothing more is taken: `unavailable`."),
  field<&S::disk, &disk_settings::queue_bytes>("disk.queue_bytes", bytes(1_MiB, 64 * 1024_MiB), restart, "Bytes that wait for the disk; past it: `busy`."),
  field<&S::disk, &disk_settings::reserve_bytes>("disk.reserve_bytes", bytes(0, 64ull * 1024 * 1024_MiB), restart, "Bytes of the file system that are left free; below it nothing more is taken: `unavailable`."),
  field<&S::disk, &disk_settings::channels>("disk.channels", count(1, 100'000'000), restart, "Channels that the disk store knows; past it those are forgotten that keep nothing, and if none is: `unavailable`."),
  field<&S::disk, &disk_settings::forget_after>("disk.forget_after", duration(1min, 87600h), restart, "A channel whose history has expired is forgotten, its snapshot with it, when nobody used it for this long."),
  field<&S::disk, &disk_settings::salvage>("disk.salvage", flag(), restart, "Open a damaged disk store with what can still be read, all channels under new epochs, instead of refusing to serve from it."),

  field<&S::drain, &drain_settings::delay>("drain.delay", duration(0ms, 1h), applies, "From SIGTERM to the drain: meanwhile /readyz says 503, and everybody is served, so that load balancers look elsewhere first. A reload that shortens it is taken over at once."),
  field<&S::drain, &drain_settings::deadline>("drain.deadline", duration(100ms, 1h), applies, "From the end of drain.delay to the exit."),
  field<&S::drain, &drain_settings::retry_after>("drain.retry_after", duration(0ms, 1h), applies, "Clients of a draining or failing node are told to return spread evenly over this, or over longer if drain.return_rate needs it. A request that a draining node refuses is told a random moment within it."),
  field<&S::drain, &drain_settings::return_rate>("drain.return_rate", count(0, 10'000'000), applies, "Clients per second that a draining or failing node tells to return; 0: any number."),
  field<&S::drain, &drain_settings::pace>("drain.pace", count(0, 10'000'000), applies, "Clients told per second that the node drains; 0: all at once."),

  field<&S::api, &api_settings::key>("api.key", text(api_key_rule), restart, "The key of the HTTP API, tree, kill and the observer; better in TROUPE_API_KEY or key_file than here.", secret),
  field<&S::api, &api_settings::key_file>("api.key_file", text(path_rule), restart, "A file that only its owner can read and that holds the key; empty: one is made at first start in the state directory."),
  field<&S::api, &api_settings::observer>("api.observer", flag(), restart, "Serve the live supervision tree at /observer."),
  field<&S::api, &api_settings::observer_link>("api.observer_link", duration(1s, 168h), restart, "How long a link works that opens the observer once."),

  field<&S::log, &log_settings::level>("log.level", one_of("trace|debug|info|warn|error|off"), applies, "The least important lines to write."),
  field<&S::log, &log_settings::format>("log.format", one_of("text|json"), restart, "How a log line looks."),
  field<&S::log, &log_settings::queue_bytes>("log.queue_bytes", bytes(4_KiB, 1024_MiB), restart, "Lines that wait for whoever reads stderr; past it they are dropped, counted and told later."),

  field<&S::pages, &page_settings::dir>("static.dir", text(path_rule), restart, "A directory of files served at `/`; empty: none."),
});

using N = name_space;
constexpr auto namespace_registry = std::to_array<namespace_key>({
  field<&N::pattern>("pattern", text(pattern_rule), restart, "A channel name, or a prefix that ends in `*`; the longest match wins, a name beats a prefix."),
  field<&N::kind>("kind", one_of("open|application"), restart, "The built-in open channel, or a class registered under the pattern in C++."),
  field<&N::subscribe>("subscribe", one_of("anyone|nobody"), applies, "Who may subscribe."),
  field<&N::publish>("publish", one_of("anyone|members|nobody"), applies, "Who may publish; an application's class can allow more."),
  field<&N::call>("call", one_of("anyone|members|nobody"), applies, "Who may call the channel's events."),
  field<&N::send>("send", one_of("anyone|nobody"), applies, "Who may send to and poll for a userId (channels user:…) without a token."),
  field<&N::history>("history", one_of("anyone|members|nobody"), applies, "Who may ask for history."),
  field<&N::presence>("presence", flag(), applies, "Members may read who is there."),
  field<&N::cross_origin>("cross_origin", flag(), applies, "Pages of any origin may read over SSE (`Access-Control-Allow-Origin: *`)."),
  field<&N::history_store>("history_store", one_of("memory|disk"), restart, "Where publications, snapshots and positions are kept; `disk` outlives the process."),
  field<&N::history_size>("history_size", count(0, 1'000'000), applies, "Publications kept; 0: none."),
  field<&N::history_ttl>("history_ttl", duration(0ms, 8760h), applies, "Publications are kept this long."),
  field<&N::history_bytes>("history_bytes", bytes(0, 1024_MiB), applies, "Bytes of publications kept."),
  field<&N::overflow>("overflow", one_of("gap|latest|disconnect"), applies, "What happens to clients that fall behind the log: skip and be told, get the last of each event, or close with 4002."),
  field<&N::commands_per_second>("commands_per_second", count(0, 1'000'000), applies, "What one session may publish and call per second in channels of this namespace; past it: `limit`, with the pause after which there is room again. 0: only limits.commands_per_second holds."),
  field<&N::commands_burst>("commands_burst", count(0, 1'000'000), applies, "Of these, how many at once after a pause; 0: as many as in a second."),
});
// clang-format on

struct group_line {
  std::string_view name, doc;
};
constexpr auto groups = std::to_array<group_line>({
    {"node", "This process."},
    {"listen", "Where clients come in, and whose pages may bring them."},
    {"threads", "How many of this machine's cores work here."},
    {"limits", "Everything a client can make grow; each has a counter."},
    {"heartbeat", "How silence is told from death."},
    {"session", "How long a client is remembered without a connection."},
    {"channels", "How channels live, restart and retire."},
    {"disk", "How namespaces with `history_store = \"disk\"` keep what is said in them."},
    {"drain", "How the node says goodbye."},
    {"api", "Who may look inside and command."},
    {"log", "What the node says."},
    {"static", "The pages the node serves."},
});

template <class Keys>
auto find_in(const Keys& all, std::string_view name) noexcept -> decltype(all.data()) {
  const auto found = std::find_if(all.begin(), all.end(), [name](const auto& k) { return k.name == name; });
  return found == all.end() ? nullptr : &*found;
}

} // namespace

std::span<const key> keys() noexcept { return registry; }

std::span<const namespace_key> namespace_keys() noexcept { return namespace_registry; }

std::string_view group_doc(std::string_view group) noexcept {
  const auto* found = find_in(groups, group);
  return found ? found->doc : std::string_view{};
}

std::string_view group_of(std::string_view name) noexcept {
  const auto dot = name.find('.');
  return dot == std::string_view::npos ? std::string_view{} : name.substr(0, dot);
}

const key* find_key(std::string_view name) noexcept { return find_in(registry, name); }

const namespace_key* find_namespace_key(std::string_view name) noexcept { return find_in(namespace_registry, name); }

std::string environment_name(std::string_view name) {
  std::string result = "TROUPE_";
  for (const char c : name)
    result += c == '.' ? '_' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
  return result;
}

} // namespace troupe::config
