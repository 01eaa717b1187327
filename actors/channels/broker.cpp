#include "actors/channels/broker.hpp"

#include "actors/channels/channel_actor.hpp"
#include "actors/hosting/exit_reason.hpp"
#include "config/namespaces.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {


bool is_normal(const caf::error& reason) {
  return !reason || reason == caf::exit_reason::normal || reason == caf::exit_reason::user_shutdown;
}

} // namespace

broker_actor::broker_actor(caf::actor_config& cfg, broker_parts parts)
    : broker_handle::base(cfg), parts_(std::move(parts)) {
  set_default_handler(caf::drop);
  set_exception_handler(reason_of_exception);
}

broker_actor::behavior_type broker_actor::make_behavior() {
  send(parts_.channels, troupe::listen_to_children{caf::strong_actor_ptr{ctrl()}});
  request(parts_.channels, caf::infinite, troupe::list_children{})
      .then([this](const troupe::child_list& alive) { adopt(alive); }, [](const caf::error&) {});
  next_tick();
  return {
      [this](const find_channel& what) { find(what); },
      [this](const release_channel& what) { release(what); },
      [this](const meet_shard& who) { meet(who); },
      [this](const kill_channel& what) { return kill(what); },
      [this](const list_channels& what) { return list(what); },
      [this](const describe_known& what) { return describe_one(what.name); },
      [this](const actors::list_on&) { list_on(); },
      [this](const stop_channels&) { return stop_all(); },
      [this](const broker_tick&) { tick(); },
      [this](const settings_changed& what) { reload(what); },
      [this](const troupe::child_started& what) { on_started(what); },
      [this](const troupe::child_down& what) { on_down(what); },
      [](const troupe::child_restarting&) {},
      [this](const troupe::child_failed& what) { on_failed(what); },
  };
}

/// Shards know us, too.
void broker_actor::on_exit() {
  shards_.clear();
  searches_.clear();
  killing_.clear();
  by_name_.clear();
  channels_.clear();
}

caf::actor_clock::time_point broker_actor::now() { return system().clock().now(); }

broker_actor::known_channel* broker_actor::known(const std::string& name) {
  const auto found = channels_.find(name);
  return found == channels_.end() ? nullptr : &*found;
}

void broker_actor::enter(known_channel& of, phase next) {
  no_longer_idle(of);
  stopping_count_ -= of.second.now == phase::stopping ? 1 : 0;
  stopping_count_ += next == phase::stopping ? 1 : 0;
  of.second.now = next;
}

// -- taking over --------------------------------------------------------------

/// The channels of a broker before this one. Somebody may have asked for one already.
void broker_actor::adopt(const troupe::child_list& alive) {
  for (const auto& child : alive.children)
    if (child.state != troupe::child_state::stopped && child.state != troupe::child_state::failed)
      adopt(child);
  parts_.events.count_channels(channels_.size());
}

void broker_actor::adopt(const troupe::child_info& child) {
  const auto* rules = rules_of(child.name);
  if (!rules)
    return;
  auto& of = make_known(child.name);
  auto& e = of.second;
  if (e.now != phase::starting) // its events came before
    return;
  e.rules = rules;
  if (child.state == troupe::child_state::backing_off)
    return restarts(of, child.reason);
  if (child.state == troupe::child_state::stopping) { // had given up
    enter(of, phase::given_up);
    return have_it_stopped(child.name);
  }
  const auto handle = caf::actor_cast<channel_handle>(child.actor);
  for (std::uint32_t shard = 0; shard < shards_.size(); ++shard) // those of today have not spoken to it yet
    send(handle, link_closed{shard});
  request(handle, caf::infinite, describe_channel{})
      .then(
          [this](const channel_description& d) {
            if (auto* there = known(d.name))
              there->second.figures = d.figures;
          },
          [](const caf::error&) { /* its end tells */ });
  lives(of, handle);
}

/// A shard before this one has taken its clients along.
void broker_actor::meet(const meet_shard& who) {
  if (shards_.size() <= who.index)
    shards_.resize(who.index + 1);
  shards_[who.index] = who.handle;
  for (auto& of : channels_) {
    if (of.second.now == phase::live)
      send(of.second.handle, link_closed{who.index});
    if (std::erase(of.second.shards, who.index) != 0)
      look_whether_idle(of);
  }
}

// -- rules --------------------------------------------------------------------

/// Every channel has a namespace still: a reload takes none away.
void broker_actor::reload(const settings_changed& what) {
  parts_.reloaded = what.now;
  for (auto& [name, e] : channels_) {
    if (const auto* rules = rules_of(name))
      e.rules = rules;
    if (e.now == phase::live)
      send(e.handle, what);
  }
}

const config::name_space* broker_actor::rules_of(const std::string& name) const {
  return config::find_namespace((parts_.reloaded ? *parts_.reloaded : parts_.settings).namespaces, name);
}

// -- finding ------------------------------------------------------------------

void broker_actor::find(const find_channel& what) {
  if (!stopping_.empty())
    return refuse(what.shard, what.name, {error_code::unavailable, "the node is stopping"});
  if (const auto wait = failing_.wait(what.name, now()))
    return refuse(what.shard, what.name, {error_code::unavailable, what.name + " failed: try again later", *wait});
  auto* there = known(what.name);
  if (!there)
    return start_new(what);
  auto& shards = there->second.shards;
  if (std::find(shards.begin(), shards.end(), what.shard) == shards.end())
    shards.push_back(what.shard);
  no_longer_idle(*there);
  if (there->second.now == phase::live)
    tell_found(what.shard, *there);
  // starting, restarting, stopping: its next life tells
}

void broker_actor::start_new(const find_channel& what) {
  const auto* rules = rules_of(what.name);
  auto no = no_class_for(what.name, rules);
  if (!no)
    no = no_more_of(what.by);
  if (!no && !make_place())
    no = failure{error_code::limit, "too many channels"};
  if (no)
    return refuse(what.shard, what.name, *std::move(no));
  auto& of = make_known(what.name);
  of.second.rules = rules;
  of.second.by = what.by;
  of.second.shards.push_back(what.shard);
  started_.started(what.by);
  parts_.events.count_channels(channels_.size());
  start(of);
}

broker_actor::known_channel& broker_actor::make_known(const std::string& name) {
  auto& of = *channels_.try_emplace(name).first;
  by_name_.emplace(of.first, &of);
  return of;
}

std::optional<failure> broker_actor::no_class_for(const std::string& name, const config::name_space* rules) const {
  if (!rules)
    return failure{error_code::bad_channel, "no namespace has " + name};
  if (rules->kind == config::channel_kind::application && !parts_.classes.find(rules->pattern))
    return failure{error_code::bad_channel, "no class serves " + rules->pattern};
  return std::nullopt;
}

std::optional<failure> broker_actor::no_more_of(const starter& by) {
  const auto& l = parts_.settings.limits;
  switch (started_.may_start(by, {l.started_per_session, l.started_per_address})) {
  case started_counts::verdict::over_session:
    parts_.events.announce(events::limit_passed{"limits.started_per_session", to_string(session_id{by.session})});
    return failure{error_code::limit, "a session may have started at most " + std::to_string(l.started_per_session) +
                                          " channels that still live"};
  case started_counts::verdict::over_address:
    parts_.events.announce(events::limit_passed{"limits.started_per_address", to_string(session_id{by.session})});
    return failure{error_code::limit, "too many channels of one address"};
  case started_counts::verdict::may:
    break;
  }
  return std::nullopt;
}

/// At the limit the longest idle one makes way, as long as those that do so keep up.
bool broker_actor::make_place() {
  const auto most = parts_.settings.limits.channels;
  if (channels_.size() - stopping_count_ < most)
    return true;
  parts_.events.announce(events::limit_passed{"limits.channels", {}});
  auto& idle = idle_open_.empty() ? idle_application_ : idle_open_;
  // One that was asked to make way may say that it is busy: then it is back, and one too many lives.
  if (idle.empty() || stopping_count_ > most / 10 || channels_.size() > most + most / 10)
    return false;
  retire(*idle.front());
  return true;
}

void broker_actor::start(known_channel& of) {
  enter(of, phase::starting);
  const auto figures = std::make_shared<channel_figures>();
  of.second.figures = figures;
  const auto& [name, e] = of;
  const auto* make = parts_.classes.find(e.rules->pattern);
  const bool built_in = e.rules->kind == config::channel_kind::open;
  const auto parts = std::make_shared<const channel_parts>(
      channel_parts{name, built_in || !make ? channel_factory{} : *make, *e.rules, parts_.settings, *parts_.keep,
                    parts_.events, parts_.clock, parts_.running, e.by, parts_.spawned, figures});
  auto spec = troupe::child(
      name, [parts](caf::local_actor& parent) { return spawn_channel(parent, parts); }, troupe::restart_policy::transient);
  request(parts_.channels, caf::infinite, troupe::start_child{std::move(spec)})
      .then([](const troupe::child_handle&) { /* child_started tells */ },
            [this, name = name](const caf::error& why) { start_failed(name, why); });
}

void broker_actor::start_failed(const std::string& name, const caf::error& why) {
  auto* there = known(name);
  if (!there || there->second.now != phase::starting) // taken over meanwhile
    return;
  for (const auto shard : there->second.shards)
    refuse(shard, name, {error_code::unavailable, name + " could not be started"});
  failing_.failed(name, now());
  parts_.events.announce(events::note{"channel " + name + " could not be started, and is tried again when it is asked for: " + text_of(why), true});
  forget(*there);
}

// -- telling shards -----------------------------------------------------------

void broker_actor::refuse(std::uint32_t shard, const std::string& name, failure why, bool failed) {
  if (shard < shards_.size() && shards_[shard])
    send(shards_[shard], channel_refused{name, std::move(why), failed});
}

void broker_actor::tell_found(std::uint32_t shard, const known_channel& of) {
  if (shard < shards_.size() && shards_[shard])
    send(shards_[shard], channel_found{of.first, of.second.handle, of.second.rules->overflow});
}

void broker_actor::tell_lost(std::uint32_t shard, channel_lost what) {
  if (shard < shards_.size() && shards_[shard])
    send(shards_[shard], std::move(what));
}

// -- lives of channels --------------------------------------------------------

void broker_actor::on_started(const troupe::child_started& what) {
  auto* there = known(what.name);
  if (!there || there->second.now == phase::given_up)
    return;
  const bool again = there->second.now == phase::restarting;
  if (again)
    parts_.events.announce(events::actor_restarted{"channel " + what.name, there->second.last_error, 1});
  else
    parts_.events.announce(events::actor_started{"channel " + what.name});
  lives(*there, caf::actor_cast<channel_handle>(what.actor));
}

void broker_actor::lives(known_channel& of, channel_handle handle) {
  of.second.handle = std::move(handle);
  enter(of, phase::live);
  if (parts_.reloaded) // it may have been made before
    send(of.second.handle, settings_changed{parts_.reloaded});
  if (!stopping_.empty())
    return retire(of);
  for (const auto shard : of.second.shards)
    tell_found(shard, of);
  look_whether_idle(of);
}

void broker_actor::on_down(const troupe::child_down& what) {
  auto* there = known(what.name);
  if (!there || there->second.now == phase::given_up)
    return;
  if (has_given_up(what.reason))
    return give_up(*there, what.reason);
  if (!is_normal(what.reason))
    return restarts(*there, what.reason);
  if (there->second.now != phase::stopping) // of its own accord: whoever still needs it asks again
    for (const auto shard : std::exchange(there->second.shards, {}))
      tell_lost(shard, {what.name, true});
  ended(*there);
}

/// child_started or child_failed follows.
void broker_actor::restarts(known_channel& of, const caf::error& why) {
  enter(of, phase::restarting);
  of.second.handle = nullptr;
  of.second.last_error = text_of(why);
  for (const auto shard : of.second.shards)
    tell_lost(shard, {of.first, false});
}

/// It is gone. Who asked meanwhile gets a new one.
void broker_actor::ended(known_channel& of) {
  if (!of.second.shards.empty() && stopping_.empty())
    return start(of);
  forget(of);
}

void broker_actor::forget(known_channel& of) {
  no_longer_idle(of);
  stopping_count_ -= of.second.now == phase::stopping ? 1 : 0;
  started_.ended(of.second.by);
  by_name_.erase(of.first);
  channels_.extract(of.first); // its key is in there
  parts_.events.count_channels(channels_.size());
  check_stopped();
}

/// The channel has told its members, and another start would fail in the same way: the supervisor is kept from trying.
/// The next who asks for it decides that, after a pause.
void broker_actor::give_up(known_channel& of, const caf::error& why) {
  const auto& name = of.first;
  enter(of, phase::given_up);
  failing_.failed(name, now());
  for (const auto shard : std::exchange(of.second.shards, {}))
    refuse(shard, name, {error_code::unavailable, name + " failed"});
  parts_.events.announce(events::actor_failed{"channel " + name, text_of(why)});
  have_it_stopped(name);
}

void broker_actor::have_it_stopped(const std::string& name) {
  const auto over = [this, name] {
    if (auto* there = known(name); there && there->second.now == phase::given_up)
      ended(*there);
  };
  request(parts_.channels, caf::infinite, troupe::stop_child{name})
      .then([over](const troupe::child_stopped&) { over(); }, [over](const caf::error&) { over(); });
}

void broker_actor::on_failed(const troupe::child_failed& what) {
  auto* there = known(what.name);
  if (!there || there->second.now == phase::given_up)
    return;
  for (const auto shard : there->second.shards)
    refuse(shard, what.name, {error_code::unavailable, what.name + " failed"}, true);
  failing_.failed(what.name, now());
  parts_.events.announce(events::actor_failed{"channel " + what.name, text_of(what.reason)});
  forget(*there);
}

} // namespace troupe::actors
