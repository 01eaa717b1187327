#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace troupe::config {

using std::chrono::milliseconds;

inline namespace units {
constexpr std::size_t operator""_KiB(unsigned long long n) { return static_cast<std::size_t>(n) * 1024; }
constexpr std::size_t operator""_MiB(unsigned long long n) { return static_cast<std::size_t>(n) * 1024 * 1024; }
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;
} // namespace units

// -- the node -----------------------------------------------------------------

/// `[node]`: this process.
struct node_settings {
  std::string name = "n1"; // letters, digits, `-`, `_`, `.`
};

/// `[listen]`: where clients come in, and whose pages may bring them.
struct listen_settings {
  std::string address = "127.0.0.1";  // an IP address; loopback unless you say otherwise
  std::uint16_t port = 8080;          // 0: any free one
  bool shared = false;                // share the port with another process on purpose (SO_REUSEPORT)
  std::vector<std::string> hosts{};   // allowed Host names, no port; empty: loopback names and the listen address
  std::vector<std::string> origins{}; // allowed Origins beside the same origin (`https://example.org`); `*`: all
};

/// `[threads]`: how many of the machine's cores work here.
struct thread_settings {
  std::size_t shards = 0;  // I/O threads; 0: one per usable core
  std::size_t workers = 0; // CAF workers; 0: one per usable core
};

// -- limits -------------------------------------------------------------------

/// `[limits]`: everything a client can make grow, with what happens past it; each has a counter.
struct limit_settings {
  // One message
  std::size_t message_bytes = 64_KiB; // bytes; past it: close 1009, `error too_large`
  std::size_t message_depth = 32;     // levels of JSON or msgpack; past it: `error bad_message`

  // One session
  std::size_t channels_per_session = 128;      // past it: `error limit`
  std::size_t sse_channels = 16;               // per event stream; past it: 400
  std::size_t commands_per_connection = 16;    // in flight; past it the socket is not read
  std::size_t commands_per_second = 1000;      // 0: any number; past it: `error limit`
  std::size_t commands_burst = 2000;           // at once, after a pause; 0: as many as in a second
  std::size_t refusals_per_minute = 1000;      // for either rate; past it: close 4008; 0: never
  std::size_t calls_per_session = 16;          // waiting for an answer; past it: `error limit`
  std::size_t session_control_bytes = 256_KiB; // bytes of private items waiting; past it no commands are read
  std::size_t session_params_bytes = 64_KiB;   // bytes of `params` of all its subscriptions; past it: `error limit`
  std::size_t outbox_bytes = 64_KiB;           // bytes in flight to one client, plus one message
  std::size_t polls_per_user = 4;              // waiting; past it the oldest is answered, once a second; else 429
  std::size_t polls_per_session = 4;           // waiting, of a session that is no inbox; past it the same
  std::size_t identity_bytes = 4_KiB;          // bytes that on_connect says about one client; past it: 500, `error internal`

  std::size_t metric_series = 1000;            // of the application's own; past it making one throws

  std::size_t route_requests = 1024;           // of the application's routes, that wait for an answer; past it: 503
  std::size_t route_requests_per_address = 64; // of these, of one address; past it: 429

  // One channel
  std::size_t channel_commands = 1024;       // waiting, per channel and shard; past it: `error busy`
  std::size_t channel_command_bytes = 4_MiB; // bytes of them; past it: `error busy`
  std::size_t link_batches = 256;            // under way per link; past it the link falls back to its cursor
  std::size_t link_bytes = 4_MiB;            // bytes of them
  std::size_t log_entries = 1024;            // kept encoded, per channel and shard; past it: the overflow policy
  std::size_t log_bytes = 1_MiB;             // bytes of them, all wire forms counted
  std::size_t page_bytes = 128_KiB;          // bytes of a page of history or presence
  std::size_t except_sessions = 8;           // in one `except`; past it the broadcast is refused
  std::size_t only_sessions = 64;            // in one `only`; past it the broadcast is refused
  std::size_t groups_per_channel = 256;      // that somebody is in; past it adding to another is refused
  std::size_t groups_per_member = 16;        // that one member is in; past it adding it to another is refused
  std::size_t members_per_group = 1000;      // past it adding another is refused
  std::size_t timers_per_channel = 1000;     // running; past it the timer is refused
  std::size_t tasks_per_channel = 1000;      // coroutines that wait; past it a call is told busy
  std::size_t asks_per_channel = 64;         // questions under way; past it the ask is refused
  std::size_t members_per_ask = 1000;        // members one question goes to; past it the ask is refused
  std::size_t snapshot_bytes = 1_MiB;        // bytes; a larger snapshot is not kept
  std::size_t keys_per_channel = 1024;       // idempotency keys known; past it the oldest of whoever has most goes
  std::size_t keys_per_publisher = 256;      // of them, of one user or session; past it its oldest goes
  std::size_t answer_bytes = 64_KiB;         // bytes of an answer kept under its call's key; past it only that it was given
  std::size_t answer_bytes_per_channel = 1_MiB; // bytes of all of them; past it the oldest of whoever has most go
  std::size_t presence_bytes = 1_KiB;        // bytes of what a channel tells of one member; past it `on_join` fails
  std::size_t presence_members = 1000;       // named to those who read presence; past it they are told how many

  // One mount
  std::size_t mount_inputs = 1024; // not yet handled, per mount and shard; past it: 503

  // The node
  std::size_t channels = 100'000;           // live; past it the longest idle one is retired, else `error limit`
  std::size_t started_per_session = 1000;   // live ones that one session has had started; past it: `error limit`
  std::size_t started_per_address = 50'000; // the same of one address; 0: any number (behind a proxy); past it: `error limit`
  std::size_t sessions_detached = 20'000;   // past it the oldest is forced out and told on return
  std::size_t sessions_detached_per_user = 100;
  std::size_t detached_bytes = 256_MiB;     // held for them: 13 KiB each, ten times what an idle one needs; whoever holds most goes
  std::size_t journal_stretches = 256;      // of a session: runs of messages that are not known to have arrived
  std::size_t journal_bytes = 64 * 1024;    // of a session: what was said to it alone, likewise
  std::size_t handshakes = 10'000;          // asked of on_connect and not answered; past it they wait their turn
  std::size_t handshakes_queued = 10'000;   // that wait for it; past it: 503, `error busy`
  std::size_t connections = 0;              // open; 0: what the open-file limit allows; past it: 503
  std::size_t accepts_per_second = 10'000;  // of one I/O thread; what comes faster waits in the kernel's backlog
  std::size_t node_log_bytes = 256_MiB;     // bytes of all logs; past it: the overflow policy of the largest
  std::size_t events_waiting = 20'000;      // on their way to log and observer; past it they are counted, not told
  std::size_t node_pinned_bytes = 256_MiB;  // that only slow clients' outboxes hold of logs; past it: close 4002, slowest first
  std::size_t node_history_bytes = 256_MiB; // bytes of all histories; past it the largest by fair shares give way

  std::size_t outlet_items = 65'536;        // of one outlet of the application, not taken by channels; past it: `full`
  std::size_t outlet_bytes = 16_MiB;        // bytes of them

  // HTTP
  milliseconds request_timeout = 10s;       // a whole request, also if nothing is ever sent; past it: 408 or close
  std::size_t request_header_bytes = 16_KiB; // bytes; past it: 431
  std::size_t request_body_bytes = 64_KiB;  // bytes; past it: 413 and close
  milliseconds keep_alive_timeout = 75s;    // idle between two requests; past it: close
  std::size_t response_rate = 1_KiB;        // bytes per second a client takes of a response; below it: reset
  milliseconds response_window = 10s;       // over which that is measured

  // Any connection
  milliseconds closing_timeout = 5s;      // from the last thing said to the end of the connection; past it: reset
  milliseconds peer_timeout = 45s;        // nothing acknowledged by the peer's kernel; past it: lost
  std::size_t unsent_bytes = 64_KiB;      // bytes that the kernel holds unsent for one connection
  std::size_t transfer_bytes = 128_MiB;   // bytes of requests, messages and responses under way; the slowest goes
};

// -- time ---------------------------------------------------------------------

/// `[heartbeat]`: how silence is told from death.
struct heartbeat_settings {
  milliseconds interval = 25s;    // between two pings, with jitter
  milliseconds timeout = 10s;     // from a ping that left to the verdict
  milliseconds stalled = 20s;     // a client that took nothing for so long, though something is there for it: close 4002
  milliseconds sse_comment = 15s; // between two comments of a silent event stream
};

/// `[session]`: how long a client is remembered without a connection.
struct session_settings {
  milliseconds connect_timeout = 10s; // for on_connect to decide
  milliseconds resume_window = 60s; // a session outlives its connection so long; 0: it does not
  milliseconds poll_lease = 60s;    // a poll session lives this long without a poll
  milliseconds poll_hold = 30s;     // an empty poll is held this long
  milliseconds sse_retry = 10s;     // `retry:` of an event stream
};

/// `[channels]`: how channels live, restart and retire.
struct channel_settings {
  milliseconds idle = 60s;             // without members or commands, then retired
  milliseconds join_timeout = 10s;     // for on_join to decide
  milliseconds call_timeout = 10s;     // for a call that names no timeout
  milliseconds slow_handler = 1s;      // a handler that runs longer is told in the log, in lists and metrics
  std::size_t restart_intensity = 5;   // restarts within the period, then the channel gives up
  milliseconds restart_period = 10s;   // in which restarts are counted
  milliseconds snapshot_interval = 1s; // at most one snapshot per interval
  milliseconds presence_interval = 100ms; // changes of presence are told together, once per interval
  milliseconds key_ttl = 5min;         // an idempotency key is known this long
  milliseconds epoch_ttl = 1min;       // of an idle channel, once its history has expired
  milliseconds snapshot_ttl = 1h;      // the same, of one with a snapshot
};

/// `[disk]`: how namespaces with `history_store = "disk"` keep what is said in them.
struct disk_settings {
  std::string dir{};                   // of its own; empty: `disk-` and the node's name in the state directory
  std::size_t bytes = 4096_MiB;        // of its files; past half of it histories give way, at it nothing is taken
  std::size_t queue_bytes = 64_MiB;    // of what waits for the disk; past it: `error busy`
  std::size_t reserve_bytes = 256_MiB; // of free space that are left to others; below it nothing is taken
  std::size_t channels = 200'000;      // known; past it those go that keep nothing, else `error unavailable`
  milliseconds forget_after = 720h;    // a channel that keeps at most a snapshot, unused for so long
  bool salvage = false;                // open what is damaged, under new epochs, instead of refusing
};

/// `[drain]`: how the node says goodbye.
struct drain_settings {
  milliseconds delay = 0s;       // from SIGTERM to the drain: not ready, but everybody is served
  milliseconds deadline = 30s;   // from there to the exit
  milliseconds retry_after = 2s; // over which clients are told to come back, unless the rate needs longer
  std::size_t return_rate = 2000; // clients told to come back per second; 0: any number
  std::size_t pace = 5000;       // clients told per second; 0: all at once
};

// -- who may, what is said ----------------------------------------------------

/// `[api]`: who may look inside and command.
struct api_settings {
  std::string key{};      // secret; of the HTTP API, tree, kill, the observer
  std::string key_file{}; // a 0600 file that holds it; empty: made at first start in the state directory
  bool observer = true;   // serve /observer
  milliseconds observer_link = 15min; // how long a link that opens the observer once works
};

/// `[log]`: what the node says.
struct log_settings {
  std::string level = "info";  // trace, debug, info, warn, error, off
  std::string format = "text"; // text, json
  std::size_t queue_bytes = 1_MiB; // of lines that wait for who reads stderr; past it they are dropped and counted
};

/// `[static]`: the pages the node serves.
struct page_settings {
  std::string dir{}; // files served at `/`; empty: none
};

// -- namespaces ---------------------------------------------------------------

/// Whose code a channel runs.
enum class channel_kind : std::uint8_t { open, application }; // built in; a class registered under the pattern in C++
/// Who may do something in a namespace.
enum class permission : std::uint8_t { anyone, members, nobody };
/// What becomes of those who fall behind a channel's log.
enum class overflow_policy : std::uint8_t { gap, latest, disconnect };

/// Where what is said in a namespace is kept.
enum class history_place : std::uint8_t { memory, disk };

/// What holds for all channels whose name matches `pattern`.
struct name_space {
  std::string pattern{};                         // a name, or a prefix that ends in `*`
  channel_kind kind = channel_kind::application; // open, application
  permission subscribe = permission::anyone;     // anyone, nobody
  permission publish = permission::nobody;       // anyone, members, nobody
  permission call = permission::members;         // anyone, members, nobody
  permission send = permission::nobody;          // POST /send {userId} and polls for a userId: anyone, nobody
  permission history = permission::members;      // who may ask for history: anyone, members, nobody
  bool presence = true;                          // members may read who is there
  bool cross_origin = false;         // pages of any origin may read over SSE (`Access-Control-Allow-Origin: *`)
  history_place history_store = history_place::memory; // memory; disk: it outlives the process
  std::size_t history_size = 100;    // publications kept; 0: none
  milliseconds history_ttl = 5min;   // kept this long
  std::size_t history_bytes = 1_MiB; // bytes kept
  overflow_policy overflow = overflow_policy::gap; // for those behind the log: gap, latest, disconnect
  std::size_t commands_per_second = 0; // publishes and calls of one session; 0: any number; past it: `error limit`
  std::size_t commands_burst = 0;      // of them at once, after a pause; 0: as many as in a second
};

/// What an operator may set: plain values with visible defaults. Read once at start; a reload makes a new one.
///
/// A key `group.name` is the field `settings.group.name`, except that the group `static` is the field `pages`
/// (a C++ keyword). Each key has one registration line in keys.cpp; docs, ranges and units are there.
/// Durations are milliseconds, sizes are bytes, everything else is a plain count. Thread: any; a value.
struct settings {
  node_settings node{};
  listen_settings listen{};
  thread_settings threads{};
  limit_settings limits{};
  heartbeat_settings heartbeat{};
  session_settings session{};
  channel_settings channels{};
  disk_settings disk{};
  drain_settings drain{};
  api_settings api{};
  log_settings log{};
  page_settings pages{};         // [static]
  std::string default_channel{}; // for connections without subprotocol and streams that name none; empty: none
  std::vector<name_space> namespaces{};
};

} // namespace troupe::config
