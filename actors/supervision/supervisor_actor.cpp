#include "actors/supervision/supervisor_actor.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/system_messages.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <stdexcept>

namespace troupe::actors {

namespace {

std::uint64_t drawn_unless_given(std::uint64_t seed) { return seed != 0 ? seed : std::random_device{}(); }

void check_names(const std::vector<child_spec>& children) {
  std::set<std::string_view> names;
  for (const auto& c : children)
    if (!names.insert(c.name).second)
      throw std::invalid_argument("two children are named " + c.name);
}

} // namespace

// -- constructors and ending --------------------------------------------------

supervisor_actor::supervisor_actor(caf::actor_config& cfg, supervisor_settings settings,
                                   std::vector<child_spec> children)
    : supervisor_interface::base(cfg), settings_(std::move(settings)), children_(settings_.ended_listed_max),
      intensity_(settings_.limit), first_children_(std::move(children)) {
  check_names(first_children_);
  settings_.seed = drawn_unless_given(settings_.seed);
  dice_.seed(settings_.seed);
  set_default_handler(caf::drop);
  set_error_handler([](caf::error&) {});
  set_exception_handler([](std::exception_ptr&) -> caf::error { return caf::sec::runtime_error; });
  set_down_handler([this](caf::down_msg& down) { ended(down); });
  set_exit_handler([this](caf::exit_msg& exit) {
    if (exit.reason)
      begin_shutdown(exit.reason);
  });
}

supervisor_actor::behavior_type supervisor_actor::make_behavior() {
  self_.reset(ctrl());
  start_all();
  return {[this](start_child& request) { return add(request); },
          [this](const stop_child& request) { return remove(request); },
          [this](const crash_child& request) { return crash(request); },
          [this](const find_child& request) { return find(request); },
          [this](const list_children&) { return list(); },
          [this](const listen_to_children& request) { listen(request); },
          [this](const supervision_timer& timer) { due(timer); }};
}

void supervisor_actor::on_exit() {
  // Children are left only if this supervisor was killed or crashed.
  for (auto& c : children_.in_order()) {
    if (c.actor)
      send_exit_first(c, caf::exit_reason::kill);
    for (auto& waiter : c.stop_waiters)
      waiter.deliver(make_error(supervision_error::stopping));
    if (c.start_waiter)
      c.start_waiter->deliver(make_error(supervision_error::stopping));
  }
  children_.clear();
  settings_.on_event = nullptr;
  self_ = nullptr;
}

// -- requests -----------------------------------------------------------------

caf::result<child_handle> supervisor_actor::add(start_child& request) {
  if (ending_)
    return make_error(supervision_error::stopping);
  if (children_.find(request.spec.name))
    return make_error(supervision_error::duplicate_name);
  auto& c = children_.add(std::move(request.spec), settings_.limit);
  enter(c, child_state::backing_off);
  if (group_ != group_phase::idle) {
    c.in_group = true;
    return c.start_waiter.emplace(make_response_promise<child_handle>());
  }
  if (start(c))
    return child_handle{c.spec.name, c.actor};
  auto why = c.reason;
  announce(child_failed{c.spec.name, why});
  retire(c, child_state::failed);
  return why;
}

caf::result<child_stopped> supervisor_actor::remove(const stop_child& request) {
  auto* c = children_.find(request.name);
  if (!c)
    return make_error(supervision_error::unknown_child);
  auto promise = make_response_promise<child_stopped>();
  c->stop_waiters.push_back(promise);
  if (c->state == child_state::running)
    begin_stop(*c);
  else if (!c->actor)
    stopped(*c);
  return promise;
}

caf::result<void> supervisor_actor::crash(const crash_child& request) {
  auto* c = children_.find(request.name);
  if (!c)
    return make_error(supervision_error::unknown_child);
  if (c->state != child_state::running)
    return make_error(supervision_error::not_running);
  send_exit_first(*c, caf::exit_reason::kill);
  return caf::unit;
}

caf::result<caf::strong_actor_ptr> supervisor_actor::find(const find_child& request) {
  auto* c = children_.find(request.name);
  if (!c)
    return make_error(supervision_error::unknown_child);
  if (c->state != child_state::running)
    return make_error(supervision_error::not_running);
  return c->actor;
}

child_list supervisor_actor::list() {
  child_list result{{}, settings_.strategy, settings_.seed};
  for (const auto& c : children_.in_order())
    result.children.push_back(c.info());
  result.children.insert(result.children.end(), children_.ended().begin(), children_.ended().end());
  return result;
}

void supervisor_actor::listen(const listen_to_children& request) {
  if (request.listener && listeners_.insert(caf::actor_cast<caf::actor_addr>(request.listener)).second)
    monitor(request.listener);
}

// -- starting -----------------------------------------------------------------

caf::strong_actor_ptr supervisor_actor::make(child& c) {
  const auto refuse = [&](std::string why) {
    c.reason = make_error(supervision_error::start_failed, std::move(why));
    return nullptr;
  };
  try {
    auto actor = c.spec.start(*this);
    if (!actor)
      return refuse("the factory returned no actor");
    if (children_.find(caf::actor_cast<caf::actor_addr>(actor)))
      return refuse("the factory returned the actor of another child");
    return actor;
  } catch (const std::exception& e) {
    return refuse(e.what());
  } catch (...) {
    return refuse("the factory threw something that is no std::exception");
  }
}

bool supervisor_actor::start(child& c) {
  if (std::exchange(c.started_once, true))
    ++c.restarts;
  auto actor = make(c);
  if (!actor)
    return false;
  children_.set_actor(c, std::move(actor));
  enter(c, child_state::running);
  monitor<caf::message_priority::high>(c.actor);
  announce(child_started{c.spec.name, c.actor});
  return true;
}

// -- stopping -----------------------------------------------------------------

void supervisor_actor::begin_stop(child& c) {
  enter(c, child_state::stopping);
  if (c.spec.shutdown_deadline <= std::chrono::milliseconds::zero())
    return kill(c);
  send_exit_first(c, caf::exit_reason::user_shutdown);
  arm(c, supervision_deadline::kill_child, c.spec.shutdown_deadline);
}

void supervisor_actor::kill(child& c) {
  send_exit_first(c, caf::exit_reason::kill);
  arm(c, supervision_deadline::leave_child, settings_.kill_grace);
}

void supervisor_actor::leave_behind(child& c) {
  demonitor(caf::actor_cast<caf::actor_addr>(c.actor));
  c.reason = make_error(supervision_error::stuck);
  children_.set_actor(c, nullptr);
  announce(child_failed{c.spec.name, c.reason});
  stopped(c);
}

void supervisor_actor::stopped(child& c) {
  if (ending_ || !c.stop_waiters.empty() || c.spec.restart == restart_policy::temporary)
    retire(c, child_state::stopped);
  else
    enter(c, child_state::backing_off);
  if (ending_)
    advance_shutdown();
  else
    advance_group();
}

void supervisor_actor::retire(child& c, child_state state) {
  enter(c, state);
  for (auto& waiter : c.stop_waiters)
    waiter.deliver(child_stopped{c.spec.name, c.reason});
  if (c.start_waiter)
    c.start_waiter->deliver(c.reason ? c.reason : make_error(supervision_error::stopping));
  children_.retire(c);
}

void supervisor_actor::begin_shutdown(caf::error reason) {
  if (std::exchange(ending_, true))
    return;
  end_reason_ = std::move(reason);
  group_ = group_phase::idle;
  advance_shutdown();
}

void supervisor_actor::advance_shutdown() {
  std::size_t under_way = 0;
  auto& order = children_.in_order();
  for (auto end = order.end(); end != order.begin();) {
    auto& c = *std::prev(end);
    if (!c.actor) {
      retire(c, child_state::stopped);
      continue;
    }
    if (c.state != child_state::stopping)
      begin_stop(c);
    if (++under_way >= settings_.stops_at_once)
      return;
    --end;
  }
  if (under_way == 0)
    quit(end_reason_);
}

// -- small things -------------------------------------------------------------

void supervisor_actor::enter(child& c, child_state state) {
  c.state = state;
  c.since = clock().now();
  c.timer = 0;
}

void supervisor_actor::arm(child& c, supervision_deadline what, std::chrono::milliseconds delay) {
  c.timer = ++last_timer_;
  delayed_send(this, delay, supervision_timer{what, c.spec.name, c.timer});
}

void supervisor_actor::send_exit_first(const child& c, caf::exit_reason reason) {
  // An ordinary exit message would wait behind everything that is in the child's mailbox.
  caf::anon_send<caf::message_priority::high>(caf::actor_cast<caf::actor>(c.actor), caf::exit_msg{address(), reason});
}

void supervisor_actor::announce(const supervision_event& event) {
  if (settings_.on_event)
    settings_.on_event(event);
  for (const auto& address : listeners_) {
    auto listener = caf::actor_cast<caf::actor>(caf::actor_cast<caf::strong_actor_ptr>(address));
    if (listener)
      std::visit([&](const auto& e) { caf::anon_send(listener, e); }, event);
  }
}

} // namespace troupe::actors
