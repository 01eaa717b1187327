#include "actors/node/node_actors.hpp"

#include "actors/channels/broker.hpp"
#include "actors/hosting/exit_reason.hpp"
#include "actors/sessions/shard_actor.hpp"
#include "actors/stores/memory_store.hpp"
#include "actors/stores/store_choice.hpp"
#include "actors/telemetry/telemetry_actor.hpp"
#include "config/namespaces.hpp"
#include "config/state_directory.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t channels_stopped_at_once = 256;
constexpr auto application_name = "application";

std::chrono::system_clock::time_point system_time(const node_clock& clock) {
  return std::chrono::system_clock::time_point{std::chrono::milliseconds{clock.wall()}};
}

bool is_on_disk(const config::name_space& n) { return n.history_store == config::history_place::disk; }

std::string disk_directory(const config::settings& settings) {
  if (!settings.disk.dir.empty())
    return settings.disk.dir;
  const auto state = config::state_directory();
  return state ? state->string() + "/disk-" + settings.node.name : std::string{};
}

std::vector<std::string> paths_of(const node_plan& plan) {
  std::vector<std::string> all;
  for (const auto& [path, make] : plan.mounts)
    all.push_back(path);
  return all;
}

} // namespace

// -- constructors -------------------------------------------------------------

node_actors::node_actors(caf::actor_system& system, node_parts parts)
    : system_(system), parts_(std::move(parts)), settings_(with_plan(parts_.settings, parts_.plan)),
      at_start_(std::make_shared<const config::settings>(settings_)), now_(at_start_),
      bus_(parts_.log, settings_.limits.events_waiting), running_(parts_.clock.steady), children_(parts_.plan.children),
      disk_(make_disk_store()), store_(make_store()),
      endpoints_{settings_, registry_, bus_, *store_, running_, {parts_.clock.wall}, static_files{settings_.pages.dir}, paths_of(parts_.plan), {}, parts_.clock.wall(), {}} {
  endpoints_.own = parts_.plan.metrics;
  endpoints_.routes = parts_.plan.routes;
  bus_.watch(running_, settings_.channels.slow_handler);
  const auto incarnation = static_cast<std::uint64_t>(parts_.clock.wall());
  const auto seed = parts_.seed != 0 ? parts_.seed : std::random_device{}();
  for (std::uint32_t i = 0; i < parts_.shards; ++i) {
    endpoints_.shards.push_back(std::make_unique<shard_state>(i, parts_.shards, incarnation, seed));
    endpoints_.shards.back()->on_connect = parts_.plan.on_connect;
    endpoints_.shards.back()->running = &running_;
    routers_.push_back(std::make_unique<request_router>(endpoints_, *endpoints_.shards.back(), [wake = parts_.wake, i] { wake(i); }));
  }
}

std::shared_ptr<disk_store> node_actors::make_disk_store() {
  const auto& all = settings_.namespaces;
  if (std::none_of(all.begin(), all.end(), is_on_disk))
    return nullptr;
  const auto& s = settings_.disk;
  const disk_settings how{disk_directory(settings_), s.bytes, s.queue_bytes, s.reserve_bytes, s.channels, s.forget_after, s.salvage, nullptr};
  return std::make_shared<disk_store>(how, [clock = parts_.clock] { return system_time(clock); }, bus_, parts_.seed, parts_.disk);
}

std::shared_ptr<store> node_actors::make_store() {
  auto memory = std::make_shared<memory_store>([clock = parts_.clock] { return system_time(clock); },
                                               memory_limits{settings_.limits.node_history_bytes,
                                                             settings_.channels.epoch_ttl, settings_.channels.snapshot_ttl},
                                               parts_.seed);
  if (!disk_)
    return memory;
  return std::make_shared<store_choice>(std::move(memory), disk_, [this](const std::string& channel) {
    const auto* rules = config::find_namespace(settings_.namespaces, channel);
    return rules && is_on_disk(*rules);
  });
}

node_actors::~node_actors() {
  parts_.outlets->close();
  parts_.outlets->end();
  bus_.report_to({});
  registry_.clear();
}

std::vector<std::string> node_actors::busy() const {
  std::vector<std::string> all;
  for (auto& one : running_.running())
    all.push_back(one.who + " (its handler of `" + one.event + "` does not return)");
  return all;
}

// -- starting -----------------------------------------------------------------

void node_actors::start() {
  auto how = supervision("node");
  how.strategy = troupe::supervision_strategy::rest_for_one;
  root_ = troupe::spawn_supervisor(system_, std::move(how),
                                   {telemetry_spec(), mounts_spec(), channels_spec(), broker_spec(), shards_spec(),
                                    application_spec()});
  registry_.put("node", caf::actor_cast<caf::strong_actor_ptr>(root_));
  outlet_hub::desks desks;
  for (const auto& shard : endpoints_.shards)
    desks.push_back(&shard->outlets);
  const auto& l = settings_.limits;
  parts_.outlets->open(std::move(desks), {l.outlet_items, l.outlet_bytes}, parts_.wake, bus_);
}

/// A supervisor that announces what becomes of its children.
troupe::supervisor_settings node_actors::supervision(std::string of) {
  troupe::supervisor_settings s;
  s.seed = parts_.seed;
  const auto reasons = std::make_shared<std::map<std::string, std::pair<std::string, std::uint64_t>>>();
  s.on_event = [this, of = std::move(of), reasons](const troupe::supervision_event& what) {
    if (of == "mounts")
      std::visit([&](const auto& e) { tell_shards_of(e.name, what); }, what);
    if (const auto* down = std::get_if<troupe::child_down>(&what))
      (*reasons)[down->name].first = text_of(down->reason);
    else if (const auto* again = std::get_if<troupe::child_restarting>(&what))
      bus_.announce(events::actor_restarted{again->name, (*reasons)[again->name].first, ++(*reasons)[again->name].second});
    else if (const auto* failed = std::get_if<troupe::child_failed>(&what))
      bus_.announce(events::actor_failed{failed->name, text_of(failed->reason)});
    else if (const auto* started = std::get_if<troupe::child_started>(&what))
      bus_.announce(events::actor_started{started->name});
  };
  return s;
}

/// Puts a handle into the actor_registry on its way to the supervisor.
template <class Handle>
Handle node_actors::known(std::string name, Handle who) {
  registry_.put(std::move(name), caf::actor_cast<caf::strong_actor_ptr>(who));
  return who;
}

troupe::child_spec node_actors::telemetry_spec() {
  return troupe::child("telemetry", [this](caf::local_actor& parent) {
    auto who = parent.spawn<telemetry_actor>(telemetry_parts{bus_, registry_, parts_.shards, parts_.log, [this] { return totals(); }});
    bus_.report_to(who);
    return known("telemetry", std::move(who));
  });
}

/// What the node has done so far, and what is there now: counters that any thread may read.
load_sample node_actors::totals() const {
  load_sample all;
  all.at = parts_.clock.wall();
  all.published = bus_.publications();
  all.restarts = bus_.restarts();
  all.channels = bus_.channels();
  for (const auto& here : endpoints_.shards) {
    const auto& c = here->counters;
    all.delivered += c.messages_sent;
    all.received += c.messages_received;
    all.errors += c.errors;
    all.bytes_out += c.bytes_out;
    for (const auto kind : session_transports)
      all.sessions += c.sessions[kind];
  }
  return all;
}

// -- channels -----------------------------------------------------------------

troupe::child_spec node_actors::channels_spec() {
  return troupe::child(
      "channels",
      [this](caf::local_actor& parent) {
        troupe::supervisor_settings s;
        s.seed = parts_.seed;
        s.limit = {settings_.channels.restart_intensity, settings_.channels.restart_period};
        s.beyond_limit = troupe::restart_verdict::give_up;
        s.stops_at_once = channels_stopped_at_once;
        return known("channels", troupe::spawn_supervisor(parent, s));
      },
      troupe::restart_policy::permanent, settings_.drain.deadline);
}

troupe::child_spec node_actors::broker_spec() {
  return troupe::child("broker", [this](caf::local_actor& parent) {
    const auto& clock = parts_.clock; // outlives every channel: a copy in each would cost more than its name
    const auto rules = settings_now();
    return known("broker",
                 parent.spawn<broker_actor>(broker_parts{
                     settings_, parts_.plan.classes, store_, bus_,
                     channel_clock{clock.steady, [&clock] { return system_time(clock); }},
                     registry_.find<troupe::supervisor>("channels"), &running_, &spawned_, rules == at_start_ ? nullptr : rules}));
  });
}

// -- mounts -------------------------------------------------------------------

troupe::child_spec node_actors::mounts_spec() {
  std::vector<troupe::child_spec> mounts;
  for (const auto& [path, make] : parts_.plan.mounts)
    mounts.push_back(troupe::child(mount_name(path), [this, path = path, make = make](caf::local_actor& parent) {
      const auto find = [this](std::uint32_t shard) { return registry_.find<shard_handle>(shard_name(shard)); };
      return known(mount_name(path), mount_handle{parent.spawn<mount_actor>(mount_parts{path, make, find, bus_, &running_})});
    }));
  return troupe::child("mounts", [this, mounts = std::move(mounts)](caf::local_actor& parent) {
    return known("mounts", troupe::spawn_supervisor(parent, supervision("mounts"), mounts));
  });
}

/// Shards started later hear it from `shard_spec`.
void node_actors::tell_shards_of(const std::string& mount, const troupe::supervision_event& what) {
  const auto path = mount.substr(mount_name("").size());
  const auto* started = std::get_if<troupe::child_started>(&what);
  const bool down = std::holds_alternative<troupe::child_down>(what);
  for (std::uint32_t i = 0; i < parts_.shards && (started || down); ++i) {
    const auto shard = registry_.find<shard_handle>(shard_name(i));
    if (shard && started)
      caf::anon_send(shard, mount_lives{path, caf::actor_cast<mount_handle>(started->actor)});
    else if (shard)
      caf::anon_send(shard, mount_lost{path});
  }
}

// -- shards -------------------------------------------------------------------

troupe::child_spec node_actors::shards_spec() {
  std::vector<troupe::child_spec> shards;
  for (std::uint32_t i = 0; i < parts_.shards; ++i)
    shards.push_back(shard_spec(i));
  return troupe::child("shards", [this, shards = std::move(shards)](caf::local_actor& parent) {
    return known("shards", troupe::spawn_supervisor(parent, supervision("shards"), shards));
  });
}

troupe::child_spec node_actors::shard_spec(std::uint32_t index) {
  return troupe::child(shard_name(index), [this, index](caf::local_actor& parent) {
    auto& host = parts_.host(index);
    auto who = known(shard_name(index),
                     shard_handle{parent.spawn<shard_actor>(
                         host, shard_parts{*endpoints_.shards[index], settings_now(), bus_, parts_.clock,
                                           registry_.find<broker_handle>("broker"), &registry_})});
    for (const auto& [path, make] : parts_.plan.mounts)
      if (const auto mount = registry_.find<mount_handle>(mount_name(path)))
        caf::anon_send(who, mount_lives{path, mount});
    return who;
  });
}

// -- the application's own ----------------------------------------------------

/// One that fails too often is left `failed`: it does not take the node along.
troupe::child_spec node_actors::application_spec() {
  return troupe::child(
      application_name,
      [this](caf::local_actor& parent) {
        auto s = supervision(application_name);
        s.limit = {settings_.channels.restart_intensity, settings_.channels.restart_period};
        s.beyond_limit = troupe::restart_verdict::give_up;
        const std::lock_guard guard{children_mutex_};
        return known(application_name, troupe::spawn_supervisor(parent, std::move(s), children_));
      },
      troupe::restart_policy::permanent, settings_.drain.deadline);
}

void node_actors::supervise(const troupe::child_spec& child) {
  const auto fail = [&](const std::string& why) { throw std::runtime_error("`" + child.name + "` was not started: " + why); };
  {
    const std::lock_guard guard{children_mutex_};
    const auto same = [&](const auto& c) { return c.name == child.name; };
    if (std::any_of(children_.begin(), children_.end(), same))
      fail("there is one of that name");
    children_.push_back(child);
  }
  std::optional<std::string> wrong;
  caf::scoped_actor self{system_};
  self->request(registry_.find<troupe::supervisor>(application_name), settings_.drain.deadline, troupe::start_child{child})
      .receive([](const troupe::child_handle&) {}, [&](const caf::error& why) { wrong = text_of(why); });
  if (!wrong)
    return;
  const std::lock_guard guard{children_mutex_};
  std::erase_if(children_, [&](const auto& c) { return c.name == child.name; });
  fail(*wrong);
}

void node_actors::reload(const config::settings& changed) {
  const auto now = std::make_shared<const config::settings>(changed);
  all_.push_back(now);
  now_ = now;
  if (const auto broker = registry_.find<broker_handle>("broker"))
    caf::anon_send(broker, settings_changed{now});
  for (std::uint32_t i = 0; i < parts_.shards; ++i)
    if (const auto shard = registry_.find<shard_handle>(shard_name(i)))
      caf::anon_send(shard, settings_changed{now});
}

} // namespace troupe::actors
