#pragma once
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
/// channels that live.
/// Bounded: `limits.channels` live channels.

#include "actors/channels/channel_parts.hpp"
#include "actors/channels/start_backoff.hpp"
#include "actors/messages/catalogue.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe::actors {

/// Which class serves which channels: the patterns that an application registered.
class channel_registry {
 public:
  void add(std::string pattern, channel_factory make);
  /// Null: no class is registered for exactly this pattern.
  [[nodiscard]] const channel_factory* find(std::string_view pattern) const;
  [[nodiscard]] const std::vector<std::pair<std::string, channel_factory>>& all() const noexcept { return classes_; }

 private:
  std::vector<std::pair<std::string, channel_factory>> classes_;
};

struct broker_parts {
  const config::settings& settings;
  const channel_registry& classes;
  std::shared_ptr<store> keep;
  announcer& events;
  channel_clock clock;
  troupe::supervisor channels;
  running_handlers* running = nullptr;
};

class broker_actor final : public broker_handle::base {
 public:
  broker_actor(caf::actor_config& cfg, broker_parts parts);

  [[nodiscard]] const char* name() const override { return "broker"; }
  behavior_type make_behavior() override;
  void on_exit() override { shards_.clear(), channels_.clear(); } // shards know us, too

 private:
  enum class phase : std::uint8_t { starting, live, restarting, stopping, given_up };
  struct entry {
    phase now = phase::starting;
    channel_handle handle;
    config::name_space settings;
    std::set<std::uint32_t> shards; // that need it
    caf::actor_clock::time_point idle_since{};
    std::string last_error;
  };

  void meet(const meet_shard& who);
  void adopt(const troupe::child_list& alive);
  void find(const find_channel& what);
  void release(const release_channel& what);
  void start(const std::string& name, entry& e);
  void refuse(std::uint32_t shard, const std::string& name, failure why, bool failed = false);
  void tell_found(std::uint32_t shard, const std::string& name, const entry& e);
  void tell_lost(std::uint32_t shard, channel_lost what);
  void on_started(const troupe::child_started& what);
  void on_down(const troupe::child_down& what);
  void on_failed(const troupe::child_failed& what);
  void on_given_up(const std::string& name, entry& e, const caf::error& why);
  void ended(const std::string& name);
  caf::result<channel_killed> kill(const kill_channel& what);
  caf::result<channel_list> list();
  caf::result<channels_stopped> stop_all();
  void tick();
  void retire(const std::string& name, entry& e);
  void check_stopped();
  [[nodiscard]] caf::actor_clock::time_point now();

  broker_parts parts_;
  std::vector<shard_handle> shards_;
  std::unordered_map<std::string, entry> channels_;
  start_backoff failing_;
  std::vector<caf::typed_response_promise<channels_stopped>> stopping_;
};

} // namespace troupe::actors
