#pragma once

#include "actors/channels/channel_listing.hpp"
#include "actors/channels/channel_parts.hpp"
#include "actors/channels/channel_registry.hpp"
#include "actors/channels/start_backoff.hpp"
#include "actors/channels/started_counts.hpp"
#include "actors/containers/slice_queue.hpp"
#include "actors/messages/catalogue.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe::actors {

/// What a broker is made from. What it refers to outlives it, and every channel.
struct broker_parts {
  const config::settings& settings;
  const channel_registry& classes;
  std::shared_ptr<store> keep;
  announcer& events;
  channel_clock clock;
  troupe::supervisor channels;
  running_handlers* running = nullptr;
  spawned_actors* spawned = nullptr;
  std::shared_ptr<const config::settings> reloaded{}; ///< whose namespaces hold; none: those of `settings`
};

/// Finds a channel by name, starts it on first use, retires it when no shard needs it, and tells the shards what
/// becomes of it. Owns the store.
///
///     (none) --find--> starting --child_started--> live --child_down--> restarting --child_started--> live
///                          |                         |                       |
///                          +--start failed--> (none) +--idle--> stopping     +--child_failed--> (none)
///                                                    +--gave up--> given_up --child_stopped--> (none)
///
/// A channel that stopped by itself is started again for the next who asks; one that failed for good, after a pause.
/// Owner: the node. Thread: CAF's workers. Channels are children of a supervisor of their own; callers reach
/// a restarted one through its name, never through an old handle. A broker that is itself started anew takes over the
/// channels that live, and those that wait for their restart.
/// Bounded: `limits.channels` that live (past it the longest idle one is retired), of those `limits.started_per_session` and
/// `limits.started_per_address` of one starter.
class broker_actor final : public broker_handle::base {
 public:
  broker_actor(caf::actor_config& cfg, broker_parts parts);

  [[nodiscard]] const char* name() const override { return "broker"; }
  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  enum class phase : std::uint8_t { starting, live, restarting, stopping, given_up };
  struct entry;
  using table = std::unordered_map<std::string, entry>;
  using known_channel = table::value_type;
  using row = std::list<known_channel*>;
  struct entry {
    phase now = phase::starting;
    channel_handle handle;
    const config::name_space* rules = nullptr;
    starter by;
    std::vector<std::uint32_t> shards; // that need it
    std::string last_error;
    std::shared_ptr<const channel_figures> figures; // null: of a channel that was taken over and has not said
    row* idle_in = nullptr; // live, and no shard needs it
    row::iterator idle_place{};
    caf::actor_clock::time_point idle_since{};
  };

  // -- finding ----------------------------------------------------------------

  void meet(const meet_shard& who);
  void adopt(const troupe::child_list& alive);
  void adopt(const troupe::child_info& child);
  void find(const find_channel& what);
  void start_new(const find_channel& what);
  known_channel& make_known(const std::string& name);
  [[nodiscard]] std::optional<failure> no_class_for(const std::string& name, const config::name_space* rules) const;
  [[nodiscard]] std::optional<failure> no_more_of(const starter& by);
  [[nodiscard]] bool make_place();
  void start(known_channel& of);
  void start_failed(const std::string& name, const caf::error& why);
  void release(const release_channel& what);

  // -- telling shards ---------------------------------------------------------

  void refuse(std::uint32_t shard, const std::string& name, failure why, bool failed = false);
  void tell_found(std::uint32_t shard, const known_channel& of);
  void tell_lost(std::uint32_t shard, channel_lost what);

  // -- lives ------------------------------------------------------------------

  void on_started(const troupe::child_started& what);
  void on_down(const troupe::child_down& what);
  void on_failed(const troupe::child_failed& what);
  void give_up(known_channel& of, const caf::error& why);
  void have_it_stopped(const std::string& name);
  void lives(known_channel& of, channel_handle handle);
  void restarts(known_channel& of, const caf::error& why);
  void ended(known_channel& of);
  void forget(known_channel& of);

  // -- retiring ---------------------------------------------------------------

  void next_tick();
  void tick();
  void look_whether_idle(known_channel& of);
  void no_longer_idle(known_channel& of);
  void retire_idle();
  void retire(known_channel& of);
  caf::result<channels_stopped> stop_all();
  void check_stopped();

  // -- the API ----------------------------------------------------------------

  caf::result<channel_killed> kill(const kill_channel& what);
  void killed(const std::string& name, channel_killed how);
  caf::result<channel_list> list(const list_channels& what);
  caf::result<channel_list> describe_one(const std::string& name);
  void list_on();
  struct search;
  [[nodiscard]] bool search_on(search& of);
  void answer(search& of, caf::typed_response_promise<channel_list> to);
  using runs = std::map<std::string, running_handlers::run>;
  [[nodiscard]] runs slow_channels() const;
  void describe(const known_channel& of, const runs& stuck, const std::shared_ptr<channel_listing>& into);

  // -- rules ------------------------------------------------------------------

  void reload(const settings_changed& what);
  [[nodiscard]] const config::name_space* rules_of(const std::string& name) const;

  void enter(known_channel& of, phase next);
  [[nodiscard]] known_channel* known(const std::string& name);
  [[nodiscard]] caf::actor_clock::time_point now();

  broker_parts parts_;
  std::vector<shard_handle> shards_;
  table channels_;
  started_counts started_;
  row idle_open_, idle_application_; // longest first; an application's object has a state to lose
  std::size_t stopping_count_ = 0;   // channels in that phase
  caf::actor_clock::time_point next_sweep_{}, next_slice_{}; // of the store; of channels to retire
  start_backoff failing_;
  std::map<std::string_view, known_channel*> by_name_; // all of them; in order, so that a walk may pause
  slice_queue searches_{lists_waiting_max};
  std::vector<std::shared_ptr<channel_listing>> listings_;
  std::vector<caf::typed_response_promise<channels_stopped>> stopping_;
  std::map<std::string, std::vector<caf::typed_response_promise<channel_killed>>> killing_; // who waits for that
};

} // namespace troupe::actors
