#pragma once
// Every message between the actors of a node, and the typed interfaces that take them, grouped by who receives them: one
// line each says who sends it and what follows. Batches travel as shared pointers: the sender never touches them again.
// Nothing here crosses nodes yet: all types are marked local.

#include "actors/messages/by_transport.hpp"
#include "actors/messages/channel_figures.hpp"
#include "actors/messages/events.hpp"
#include "actors/messages/lists.hpp"
#include "actors/messages/starter.hpp"
#include "config/settings.hpp"
#include "protocol/messages.hpp"

#include <troupe/handshake.hpp>
#include <troupe/publication.hpp>
#include <troupe/supervisor.hpp>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>
#include <caf/unit.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace troupe::actors {

// What travels over a link is in link_batches.hpp.
struct command_batch;
struct effect_batch;
using command_batch_ptr = std::shared_ptr<command_batch>;
using effect_batch_ptr = std::shared_ptr<effect_batch>;

// -- to a channel -------------------------------------------------------------

/// The drain: snapshot, `unsubscribed` to all, exit.
struct stop_channel {
  leave_reason why = leave_reason::left;
  std::string reason;
};

/// The broker, when nobody needs the channel any more: it ends as `stop_channel` has it, unless its object is busy.
struct retire_channel {};
/// To the broker.
struct retire_answer {
  bool busy = false; ///< it lives on; ask again later
};

/// `troupe kill`, the observer: fail the application's object; a new one takes its place.
struct crash_channel {
  std::string reason;
};
/// The answer: done.
struct channel_crashed {
  bool lives = true; ///< false: that was one restart too many
};

/// The channel to itself: timers, join and call deadlines, idle work.
struct channel_tick {
  std::uint64_t generation = 0;
};

/// The broker, when a shard is gone for good (drain).
struct link_closed {
  std::uint32_t shard = 0;
};

/// The broker, for the API.
struct describe_channel {};

/// The answer: the channel as it is now.
struct channel_description {
  std::string name;
  std::string state; ///< "live", "starting", "restarting", "stopping", "failed"; "stuck", "silent": it did not answer
  std::string epoch;
  offset_t head = 0;
  std::uint64_t members = 0;
  std::uint64_t publications = 0; ///< since the actor started
  std::uint64_t restarts = 0;     ///< of the application's object
  std::uint64_t history_bytes = 0;
  std::uint64_t waiting = 0; ///< messages in its mailbox
  double rate = 0;           ///< publications per second
  std::string last_error;
  std::shared_ptr<const channel_figures> figures{}; ///< for a broker that took the channel over
  std::string running;                  ///< the handler that has kept it from answering for long, if that is known
  std::chrono::milliseconds running_for{0};
  /// Whether it answered: else what it alone knows is not known.
  [[nodiscard]] bool answered() const noexcept { return state != "stuck" && state != "silent"; }
};

// -- to a shard ---------------------------------------------------------------

/// The broker's answer to `find_channel`, and its word that a restarted channel lives again.
struct channel_found;

/// The broker: the channel's actor died and will be started again; commands wait.
struct channel_lost {
  std::string name;
  bool on_next_use = false; ///< it stopped of its own accord: started again for the next who asks
};

/// The broker: no such channel, too many channels, or given up after too many failures.
struct channel_refused {
  std::string name;
  failure why;
  bool failed = false; ///< it lived before: members get `unsubscribed` "channel failed"
};

/// The actor clock, every 100 ms: moves the timer wheel.
struct shard_tick {};

/// The node: drain. Answers when every session is gone.
struct drain_shard {
  std::string reason;
  std::chrono::milliseconds pace{0};
};
/// The answer: nobody is left.
struct shard_drained {};

/// The API and the metrics.
struct describe_shard {};

/// The API: take a client out of a channel, or end it, or fail it on purpose.
struct end_session {
  session_id who;
  std::string channel; ///< empty: all of it
  std::string reason;
  bool crash = false;
};
/// The answer: whether there was such a client.
struct session_ended {
  bool found = false;
  bool was_in = false; ///< in the channel, if one was named
  std::string user{};  ///< whose it is; empty: anonymous
};

/// Telemetry, while somebody observes: publish these on `$node:events`, in order.
struct node_events {
  struct one {
    std::string name;
    payload data;
    bool kept = true; ///< false: for whoever looks now
  };
  std::vector<one> events;
};

/// Telemetry, while somebody observes.
struct describe_rates {};
/// The answer.
struct shard_rates {
  bool observed = false; ///< somebody reads `$node:events` here
};

/// The answer to `describe_shard`: the shard as it is now.
struct shard_description {
  std::uint32_t index = 0;
  by_transport<std::uint64_t> sessions;
  std::uint64_t raw = 0, detached = 0;
  std::uint64_t channels = 0, log_bytes = 0;
};

// -- raw mounts ---------------------------------------------------------------

/// A shard, of one client of a mount.
struct mount_input {
  enum class kind : std::uint8_t { opened, message, closed };
  kind what = kind::message;
  session_id client;
  std::uint32_t shard = 0;
  std::string bytes;
  bool text = false;
};

/// A mount, to one shard: what it said in one handler, in order, and how many inputs of that shard it has handled by it.
struct mount_effects {
  struct said { ///< one message to one client
    session_id to;
    std::string bytes;
    bool text = false;
  };
  struct closed { ///< a client is closed
    session_id who;
    std::uint16_t code = 1000;
    std::string reason;
  };
  struct handled { ///< the client's next message may be read
    session_id who;
  };
  std::string mount; ///< its path
  std::size_t inputs = 0;
  std::vector<std::variant<said, closed, handled>> all;
};
using mount_effects_ptr = std::shared_ptr<mount_effects>;

/// A raw mount: hears its clients.
using mount_handle = caf::typed_actor<caf::reacts_to<mount_input>>;

/// The node, to every shard: who serves the path now; nobody while its actor is being started anew.
struct mount_lives {
  std::string path;
  mount_handle handle;
};
/// The node, to every shard: its actor died.
struct mount_lost {
  std::string path;
};

// -- the typed interfaces -----------------------------------------------------

/// The node, after a reload, to shards and the broker, and on to live channels. Shared and never changed again.
struct settings_changed {
  std::shared_ptr<const config::settings> now;
};

/// A live channel.
using channel_handle = caf::typed_actor<
    caf::reacts_to<command_batch_ptr>, caf::reacts_to<stop_channel>,
    caf::replies_to<crash_channel>::with<channel_crashed>,
    caf::reacts_to<channel_tick>, caf::reacts_to<link_closed>, caf::reacts_to<settings_changed>,
    caf::replies_to<retire_channel>::with<retire_answer>,
    caf::replies_to<describe_channel>::with<channel_description>>;

/// The broker: `name` is served by `handle`; `overflow` of its namespace is for those behind.
struct channel_found {
  std::string name;
  channel_handle handle;
  config::overflow_policy overflow{};
};

/// A promise of `on_connect` is kept, on whatever thread.
struct handshake_settled {
  std::uint64_t number = 0;
  std::variant<identity, failure> answer;
};

/// A shard: its sessions hear through it.
using shard_handle = caf::typed_actor<
    caf::reacts_to<effect_batch_ptr>, caf::reacts_to<channel_found>, caf::reacts_to<channel_lost>,
    caf::reacts_to<channel_refused>, caf::reacts_to<shard_tick>,
    caf::reacts_to<node_events>, caf::reacts_to<settings_changed>, caf::reacts_to<mount_effects_ptr>,
    caf::reacts_to<mount_lives>, caf::reacts_to<mount_lost>, caf::reacts_to<handshake_settled>, caf::replies_to<end_session>::with<session_ended>,
    caf::replies_to<drain_shard>::with<shard_drained>,
    caf::replies_to<describe_shard>::with<shard_description>,
    caf::replies_to<list_sessions>::with<session_list>,
    caf::replies_to<describe_session>::with<session_list>, caf::reacts_to<list_on>,
    caf::replies_to<describe_rates>::with<shard_rates>>;

// -- to telemetry -------------------------------------------------------------

/// Whoever announces.
struct event_message {
  node_event what;
};

/// The actor clock: while somebody observes.
struct observe_tick {};
/// To itself: what is told while the observer looks goes out together.
struct flush_events {};

/// The actor clock: each ten seconds.
struct sample_tick {};
/// The actor clock: while lines of a topic are left out.
struct sum_up_lines {};

/// Where events become lines, counters and what the observer sees.
using telemetry_handle = caf::typed_actor<caf::reacts_to<event_message>, caf::reacts_to<observe_tick>,
                                      caf::reacts_to<flush_events>, caf::reacts_to<sum_up_lines>,
                                      caf::reacts_to<sample_tick>, caf::replies_to<tell_load>::with<load_told>>;

// -- to the broker ------------------------------------------------------------

/// A shard needs the channel: answered by channel_found or channel_refused, now and whenever that changes, until
/// it is released.
struct find_channel {
  std::string name;
  std::uint32_t shard = 0;
  starter by{}; ///< whose channel it is, if it has to be started
};
/// A shard needs the channel no longer.
struct release_channel {
  std::string name;
  std::uint32_t shard = 0;
};

/// A shard that has started, also again: channels let go of the one before.
struct meet_shard {
  std::uint32_t index = 0;
  shard_handle handle;
};

/// The API, `troupe kill`: answered once it is done, however long a handler keeps the channel from it.
struct kill_channel {
  std::string name;
  std::string reason;
};
/// The answer.
struct channel_killed {
  bool found = false; ///< one lived
  bool lives = false; ///< and does, with a new object
};

/// The answer to `list_channels` and `describe_known`.
struct channel_list {
  std::vector<channel_description> channels; ///< as they answered
  std::vector<page_picker<std::string>::place> order{}; ///< of the page, by name
  std::size_t matching = 0; ///< in all
  bool more = false;        ///< another page follows
  std::size_t left_out = 0; ///< that come after the page
};

/// The drain: every channel takes its snapshot and ends.
struct stop_channels {};
/// The answer: none lives any more.
struct channels_stopped {};

/// The actor clock, each second.
struct broker_tick {};

/// Who finds channels by name, and starts and retires them.
using broker_handle = caf::typed_actor<
    caf::reacts_to<find_channel>, caf::reacts_to<release_channel>, caf::reacts_to<meet_shard>,
    caf::replies_to<kill_channel>::with<channel_killed>, caf::replies_to<list_channels>::with<channel_list>,
    caf::replies_to<describe_known>::with<channel_list>, caf::reacts_to<list_on>,
    caf::replies_to<stop_channels>::with<channels_stopped>, caf::reacts_to<broker_tick>, caf::reacts_to<settings_changed>,
    caf::reacts_to<troupe::child_started>, caf::reacts_to<troupe::child_down>, caf::reacts_to<troupe::child_restarting>,
    caf::reacts_to<troupe::child_failed>>;

} // namespace troupe::actors

#define TROUPE_LOCAL_MESSAGE(T) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(T)

TROUPE_LOCAL_MESSAGE(troupe::actors::command_batch_ptr)
TROUPE_LOCAL_MESSAGE(troupe::actors::effect_batch_ptr)
TROUPE_LOCAL_MESSAGE(troupe::actors::stop_channel)
TROUPE_LOCAL_MESSAGE(troupe::actors::retire_channel)
TROUPE_LOCAL_MESSAGE(troupe::actors::retire_answer)
TROUPE_LOCAL_MESSAGE(troupe::actors::crash_channel)
TROUPE_LOCAL_MESSAGE(troupe::actors::channel_crashed)
TROUPE_LOCAL_MESSAGE(troupe::actors::channel_tick)
TROUPE_LOCAL_MESSAGE(troupe::actors::link_closed)
TROUPE_LOCAL_MESSAGE(troupe::actors::describe_channel)
TROUPE_LOCAL_MESSAGE(troupe::actors::channel_description)
TROUPE_LOCAL_MESSAGE(troupe::actors::channel_found)
TROUPE_LOCAL_MESSAGE(troupe::actors::channel_lost)
TROUPE_LOCAL_MESSAGE(troupe::actors::channel_refused)
TROUPE_LOCAL_MESSAGE(troupe::actors::shard_tick)
TROUPE_LOCAL_MESSAGE(troupe::actors::drain_shard)
TROUPE_LOCAL_MESSAGE(troupe::actors::shard_drained)
TROUPE_LOCAL_MESSAGE(troupe::actors::describe_shard)
TROUPE_LOCAL_MESSAGE(troupe::actors::shard_description)
TROUPE_LOCAL_MESSAGE(troupe::actors::node_events)
TROUPE_LOCAL_MESSAGE(troupe::actors::describe_rates)
TROUPE_LOCAL_MESSAGE(troupe::actors::shard_rates)
TROUPE_LOCAL_MESSAGE(troupe::actors::event_message)
TROUPE_LOCAL_MESSAGE(troupe::actors::observe_tick)
TROUPE_LOCAL_MESSAGE(troupe::actors::flush_events)
TROUPE_LOCAL_MESSAGE(troupe::actors::sum_up_lines)
TROUPE_LOCAL_MESSAGE(troupe::actors::sample_tick)
TROUPE_LOCAL_MESSAGE(troupe::actors::find_channel)
TROUPE_LOCAL_MESSAGE(troupe::actors::release_channel)
TROUPE_LOCAL_MESSAGE(troupe::actors::meet_shard)
TROUPE_LOCAL_MESSAGE(troupe::actors::end_session)
TROUPE_LOCAL_MESSAGE(troupe::actors::session_ended)
TROUPE_LOCAL_MESSAGE(troupe::actors::settings_changed)
TROUPE_LOCAL_MESSAGE(troupe::actors::mount_input)
TROUPE_LOCAL_MESSAGE(troupe::actors::mount_effects_ptr)
TROUPE_LOCAL_MESSAGE(troupe::actors::mount_lives)
TROUPE_LOCAL_MESSAGE(troupe::actors::mount_lost)
TROUPE_LOCAL_MESSAGE(troupe::actors::handshake_settled)
TROUPE_LOCAL_MESSAGE(troupe::actors::kill_channel)
TROUPE_LOCAL_MESSAGE(troupe::actors::channel_killed)
TROUPE_LOCAL_MESSAGE(troupe::actors::channel_list)
TROUPE_LOCAL_MESSAGE(troupe::actors::stop_channels)
TROUPE_LOCAL_MESSAGE(troupe::actors::channels_stopped)
TROUPE_LOCAL_MESSAGE(troupe::actors::broker_tick)
