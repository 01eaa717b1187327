#include "actors/channels/broker.hpp"

#include "actors/channels/channel_actor.hpp"
#include "actors/hosting/exit_reason.hpp"
#include "config/namespaces.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <utility>

namespace troupe::actors {

// -- channel_registry ---------------------------------------------------------

void channel_registry::add(std::string pattern, channel_factory make) {
  classes_.emplace_back(std::move(pattern), std::move(make));
}

const channel_factory* channel_registry::find(std::string_view pattern) const {
  for (const auto& [known, make] : classes_)
    if (known == pattern)
      return &make;
  return nullptr;
}

// -- broker_actor -------------------------------------------------------------

broker_actor::broker_actor(caf::actor_config& cfg, broker_parts parts)
    : broker_handle::base(cfg), parts_(std::move(parts)) {
  set_default_handler(caf::drop);
  set_exception_handler(reason_of_exception);
}

broker_actor::behavior_type broker_actor::make_behavior() {
  send(parts_.channels, troupe::listen_to_children{caf::strong_actor_ptr{ctrl()}});
  request(parts_.channels, caf::infinite, troupe::list_children{})
      .then([this](const troupe::child_list& alive) { adopt(alive); }, [](const caf::error&) {});
  delayed_send(this, std::chrono::seconds{1}, broker_tick{});
  return {
      [this](const find_channel& what) { find(what); },
      [this](const release_channel& what) { release(what); },
      [this](const meet_shard& who) { meet(who); },
      [this](const kill_channel& what) { return kill(what); },
      [this](const list_channels&) { return list(); },
      [this](const stop_channels&) { return stop_all(); },
      [this](const broker_tick&) { tick(); },
      [this](const troupe::child_started& what) { on_started(what); },
      [this](const troupe::child_down& what) { on_down(what); },
      [](const troupe::child_restarting&) {},
      [this](const troupe::child_failed& what) { on_failed(what); },
  };
}

caf::actor_clock::time_point broker_actor::now() { return system().clock().now(); }

/// The channels of a broker before this one.
void broker_actor::adopt(const troupe::child_list& alive) {
  for (const auto& child : alive.children) {
    const auto* rights = config::find_namespace(parts_.settings.namespaces, child.name);
    if (child.state != troupe::child_state::running || !rights || channels_.contains(child.name))
      continue;
    auto& e = channels_[child.name];
    e.now = phase::live;
    e.handle = caf::actor_cast<channel_handle>(child.actor);
    e.settings = *rights;
    e.idle_since = now();
  }
}

/// A shard before this one has taken its clients along.
void broker_actor::meet(const meet_shard& who) {
  if (shards_.size() <= who.index)
    shards_.resize(who.index + 1);
  shards_[who.index] = who.handle;
  for (auto& [name, e] : channels_) {
    if (e.now == phase::live)
      send(e.handle, link_closed{who.index});
    if (e.shards.erase(who.index) != 0 && e.shards.empty())
      e.idle_since = now();
  }
}

// -- finding ------------------------------------------------------------------

void broker_actor::find(const find_channel& what) {
  if (!stopping_.empty())
    return refuse(what.shard, what.name, {error_code::unavailable, "the node is stopping"});
  if (const auto wait = failing_.wait(what.name, now()))
    return refuse(what.shard, what.name, {error_code::unavailable, what.name + " failed: try again later", *wait});
  if (const auto found = channels_.find(what.name); found != channels_.end()) {
    found->second.shards.insert(what.shard);
    if (found->second.now == phase::live)
      tell_found(what.shard, what.name, found->second);
    return; // starting, restarting, stopping: its next life tells
  }
  const auto* rights = config::find_namespace(parts_.settings.namespaces, what.name);
  if (!rights)
    return refuse(what.shard, what.name, {error_code::bad_channel, "no namespace has " + what.name});
  if (rights->kind == config::channel_kind::application && !parts_.classes.find(rights->pattern))
    return refuse(what.shard, what.name, {error_code::bad_channel, "no class serves " + rights->pattern});
  if (channels_.size() >= parts_.settings.limits.channels) {
    parts_.events.announce(events::limit_passed{"limits.channels", what.name});
    return refuse(what.shard, what.name, {error_code::limit, "too many channels"});
  }
  auto& e = channels_[what.name];
  e.settings = *rights;
  e.shards.insert(what.shard);
  start(what.name, e);
}

void broker_actor::start(const std::string& name, entry& e) {
  e.now = phase::starting;
  const auto* make = parts_.classes.find(e.settings.pattern);
  const bool built_in = e.settings.kind == config::channel_kind::open;
  channel_parts p{name,     built_in || !make ? channel_factory{} : *make, e.settings, parts_.settings, *parts_.keep,
                  parts_.events, parts_.clock, parts_.running};
  auto spec = troupe::child(
      name, [p = std::move(p)](caf::local_actor& parent) { return spawn_channel(parent, p); },
      troupe::restart_policy::transient);
  request(parts_.channels, caf::infinite, troupe::start_child{std::move(spec)})
      .then([](const troupe::child_handle&) { /* child_started tells */ },
            [this, name](const caf::error& why) {
              const auto found = channels_.find(name);
              if (found == channels_.end())
                return;
              for (const auto shard : found->second.shards)
                refuse(shard, name, {error_code::unavailable, name + " could not be started"});
              failing_.failed(name, now());
              parts_.events.announce(events::actor_failed{"channel " + name, text_of(why)});
              channels_.erase(found);
              check_stopped();
            });
}

void broker_actor::refuse(std::uint32_t shard, const std::string& name, failure why, bool failed) {
  if (shard < shards_.size() && shards_[shard])
    send(shards_[shard], channel_refused{name, std::move(why), failed});
}

void broker_actor::tell_found(std::uint32_t shard, const std::string& name, const entry& e) {
  if (shard < shards_.size() && shards_[shard])
    send(shards_[shard], channel_found{name, e.handle, e.settings});
}

void broker_actor::tell_lost(std::uint32_t shard, channel_lost what) {
  if (shard < shards_.size() && shards_[shard])
    send(shards_[shard], std::move(what));
}

// -- lives of channels --------------------------------------------------------

void broker_actor::on_started(const troupe::child_started& what) {
  const auto found = channels_.find(what.name);
  if (found == channels_.end() || found->second.now == phase::given_up)
    return;
  auto& e = found->second;
  e.handle = caf::actor_cast<channel_handle>(what.actor);
  const bool again = std::exchange(e.now, phase::live) == phase::restarting;
  e.idle_since = now();
  if (again)
    parts_.events.announce(events::actor_restarted{"channel " + what.name, e.last_error, 1});
  else
    parts_.events.announce(events::actor_started{"channel " + what.name});
  if (!stopping_.empty())
    return retire(what.name, e);
  for (const auto shard : e.shards)
    tell_found(shard, what.name, e);
}

void broker_actor::on_down(const troupe::child_down& what) {
  const auto found = channels_.find(what.name);
  if (found == channels_.end() || found->second.now == phase::given_up)
    return;
  auto& e = found->second;
  const bool normal = !what.reason || what.reason == caf::exit_reason::normal ||
                      what.reason == caf::exit_reason::user_shutdown;
  if (has_given_up(what.reason))
    return on_given_up(what.name, e, what.reason);
  if (!normal) {
    e.now = phase::restarting; // child_started or child_failed follows
    e.last_error = text_of(what.reason);
    for (const auto shard : e.shards)
      tell_lost(shard, {what.name, false});
    return;
  }
  if (e.now != phase::stopping) // of its own accord: whoever still needs it asks again
    for (const auto shard : std::exchange(e.shards, {}))
      tell_lost(shard, {what.name, true});
  ended(what.name);
}

/// It is gone. Who asked meanwhile gets a new one.
void broker_actor::ended(const std::string& name) {
  const auto found = channels_.find(name);
  if (found == channels_.end())
    return;
  if (!found->second.shards.empty() && stopping_.empty())
    return start(name, found->second);
  channels_.erase(found);
  check_stopped();
}

/// The channel has told its members, and another start would fail in the same way: the supervisor is kept from trying.
/// The next who asks for it decides that, after a pause.
void broker_actor::on_given_up(const std::string& name, entry& e, const caf::error& why) {
  e.now = phase::given_up;
  failing_.failed(name, now());
  for (const auto shard : std::exchange(e.shards, {}))
    refuse(shard, name, {error_code::unavailable, name + " failed"});
  parts_.events.announce(events::actor_failed{"channel " + name, text_of(why)});
  request(parts_.channels, caf::infinite, troupe::stop_child{name})
      .then([this, name](const troupe::child_stopped&) { ended(name); }, [this, name](const caf::error&) { ended(name); });
}

void broker_actor::on_failed(const troupe::child_failed& what) {
  const auto found = channels_.find(what.name);
  if (found == channels_.end() || found->second.now == phase::given_up)
    return;
  for (const auto shard : found->second.shards)
    refuse(shard, what.name, {error_code::unavailable, what.name + " failed"}, true);
  failing_.failed(what.name, now());
  parts_.events.announce(events::actor_failed{"channel " + what.name, text_of(what.reason)});
  channels_.erase(found);
  check_stopped();
}

// -- retiring -----------------------------------------------------------------

void broker_actor::release(const release_channel& what) {
  const auto found = channels_.find(what.name);
  if (found == channels_.end())
    return;
  found->second.shards.erase(what.shard);
  if (found->second.shards.empty())
    found->second.idle_since = now();
}

void broker_actor::tick() {
  delayed_send(this, std::chrono::seconds{1}, broker_tick{});
  parts_.keep->sweep();
  failing_.sweep(now());
  for (auto& [name, e] : channels_)
    if (e.now == phase::live && e.shards.empty() && now() - e.idle_since >= parts_.settings.channels.idle)
      retire(name, e);
}

/// No shard holds the handle, so no command can be on its way.
void broker_actor::retire(const std::string& name, entry& e) {
  (void)name;
  e.now = phase::stopping;
  send(e.handle, stop_channel{leave_reason::drained, stopping_.empty() ? "idle" : "drain"});
}

caf::result<channels_stopped> broker_actor::stop_all() {
  auto promise = make_response_promise<channels_stopped>();
  stopping_.push_back(promise);
  for (auto& [name, e] : channels_)
    if (e.now == phase::live)
      retire(name, e);
  check_stopped();
  return promise;
}

void broker_actor::check_stopped() {
  if (!channels_.empty())
    return;
  for (auto& promise : std::exchange(stopping_, {}))
    promise.deliver(channels_stopped{});
}

// -- the API ------------------------------------------------------------------

caf::result<channel_killed> broker_actor::kill(const kill_channel& what) {
  const auto found = channels_.find(what.name);
  if (found == channels_.end() || found->second.now != phase::live)
    return channel_killed{false};
  send(found->second.handle, crash_channel{what.reason});
  return channel_killed{true};
}

caf::result<channel_list> broker_actor::list() {
  struct gathering {
    caf::typed_response_promise<channel_list> promise;
    channel_list all;
    std::size_t missing = 0;
  };
  auto promise = make_response_promise<channel_list>();
  auto state = std::make_shared<gathering>(gathering{promise, {}, 0});
  const auto one_less = [state] {
    if (--state->missing == 0)
      state->promise.deliver(std::move(state->all));
  };
  state->missing = 1;
  for (const auto& [name, e] : channels_) {
    if (e.now != phase::live) {
      channel_description d;
      d.name = name;
      d.state = e.now == phase::restarting ? "restarting"
                : e.now == phase::starting ? "starting"
                : e.now == phase::given_up ? "failed"
                                           : "stopping";
      d.last_error = e.last_error;
      state->all.channels.push_back(std::move(d));
      continue;
    }
    ++state->missing;
    request(e.handle, std::chrono::seconds{2}, describe_channel{})
        .then(
            [state, one_less](const channel_description& d) {
              state->all.channels.push_back(d);
              one_less();
            },
            [one_less](const caf::error&) { one_less(); });
  }
  one_less();
  return promise;
}

} // namespace troupe::actors
