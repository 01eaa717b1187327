#pragma once

#include "protocol/error_code.hpp"

#include <troupe/member.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::actors::events {

/// An actor of the node runs: a supervisor has started it, for the first time or again.
struct actor_started { std::string actor; };
/// It failed, or an application's object did, and is made anew.
struct actor_restarted { std::string actor, reason; std::uint64_t restarts = 0; };
/// It failed and stays so: for good, or until somebody asks for it.
struct actor_failed { std::string actor, reason; };
/// A channel's object threw, or what it wanted kept could not be; `event` is the hook or the call.
struct handler_failed { std::string channel, event, reason; };
/// A handler runs for longer than `channels.slow_handler`, or, `over`, has returned after that. `actor` as in lists:
/// `channel room:1`.
struct handler_slow { std::string actor, event; std::chrono::milliseconds ran{0}; bool over = false; };
/// A mount's object threw in `hook`.
struct mount_failed { std::string path, hook, reason; };
/// A client has come.
struct session_opened { session_id session; transport_kind transport; std::string peer; };
/// It has gone, or was sent; `reason` as its close frame says it.
struct session_closed { session_id session; transport_kind transport; protocol::close_code code; std::string reason; std::string peer{}; };
/// Its connection is lost, and it may come back.
struct session_away { session_id session; };
/// It is back, or has come over another connection before the one that it had was lost.
struct session_back { session_id session; transport_kind transport; bool replaced = false; };
/// A session is in a channel.
struct member_joined { std::string channel; session_id session; };
/// It is no more; `heard`: the object had its `on_leave`.
struct member_left { std::string channel; session_id session; leave_reason why; bool heard = true; };
/// The same of many at once: one event, so that none of them is dropped.
struct members_left { std::string channel; std::vector<session_id> sessions; leave_reason why; bool heard = true; };
/// `limit` is a key of the configuration; `who` ran into it: a session, a channel, or nobody in particular.
struct limit_passed { std::string limit, who; std::string peer{}; };
/// A client was told that it missed something of a channel.
struct gap_told { std::string channel; session_id session; std::optional<std::uint64_t> missed{}; std::string peer{}; }; // nothing: nobody knows how many
/// A client took too little of what was there for it, and its connection was ended.
struct client_slow { session_id session; transport_kind transport; std::string reason; std::string peer; };
/// What is kept in `dir` cannot be kept, or read, as it should.
struct store_failed { std::string dir, reason; };
struct store_recovered { std::string dir; };
/// Somebody with the key, or the observer's cookie, did something: `action` to `target`, who it was, and from where.
struct audit { std::string action, target, who, peer; };
/// Anything else that an operator should read.
struct note { std::string text; bool warning = false; };

} // namespace troupe::actors::events

namespace troupe::actors {

/// The node's own channel, for the observer. It reports nothing about itself.
inline constexpr std::string_view node_events_channel = "$node:events";

/// What happens in a node. Code announces; telemetry turns it into log lines, counters and what the observer shows.
/// Nothing on the path of a publication is an event. A value.
using node_event = std::variant<events::actor_started, events::actor_restarted, events::actor_failed, events::handler_failed,
                           events::handler_slow, events::mount_failed, events::session_opened, events::session_closed,
                           events::session_away, events::session_back, events::member_joined, events::member_left,
                           events::members_left, events::limit_passed, events::gap_told, events::client_slow,
                           events::store_failed, events::store_recovered, events::audit, events::note>;

/// The kinds of events, in the order of `node_event`.
inline constexpr std::array<std::string_view, std::variant_size_v<node_event>> kind_names{
    "actor_started",  "actor_restarted", "actor_failed", "handler_failed", "handler_slow",    "mount_failed", "session_opened",
    "session_closed", "session_away",    "session_back", "member_joined",  "member_left",     "members_left", "limit_passed",
    "gap_told",       "client_slow",     "store_failed", "store_recovered", "audit", "note"};
static_assert(!kind_names.back().empty(), "every kind has a name");

/// Where code announces. Thread: any. Lifetime: outlives every actor of the node.
class announcer {
 public:
  virtual void announce(node_event what) = 0;

  // Numbers, no events: these happen too often to be told one by one.

  /// A channel said something, kept or ephemeral, whether anybody reads it or not.
  virtual void count_publication() noexcept {}
  /// So many channels live now.
  virtual void count_channels(std::size_t) noexcept {}

  /// A thread has a moment to look after the others: shards some times a second, and the broker, on a worker.
  virtual void look_around() {}

 protected:
  ~announcer() = default;
};

} // namespace troupe::actors
