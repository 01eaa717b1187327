#include "actors/supervision/strategy.hpp"
#include "actors/supervision/supervisor_actor.hpp"

#include <caf/system_messages.hpp>

#include <iterator>

namespace troupe::actors {

// -- the first start ----------------------------------------------------------

void supervisor_actor::start_all() {
  std::vector<std::string> names;
  for (auto& spec : std::exchange(first_children_, {})) {
    names.push_back(spec.name);
    auto& c = children_.add(std::move(spec), settings_.limit);
    enter(c, child_state::backing_off);
    c.in_group = settings_.strategy != supervision_strategy::one_for_one;
  }
  if (settings_.strategy != supervision_strategy::one_for_one)
    return start_group();
  for (const auto& name : names) {
    auto* c = children_.find(name);
    if (c && !start(*c))
      start_failed(*c);
    if (ending_)
      return;
  }
}

// -- ends ---------------------------------------------------------------------

void supervisor_actor::ended(const caf::down_msg& down) {
  listeners_.erase(down.source);
  auto* c = children_.find(down.source);
  if (!c)
    return;
  c->reason = down.reason;
  children_.set_actor(*c, nullptr);
  announce(child_down{c->spec.name, c->reason});
  if (c->state == child_state::stopping || ending_ || c->in_group)
    stopped(*c);
  else
    ended_by_itself(*c);
}

void supervisor_actor::ended_by_itself(child& c) {
  if (clock().now() - c.since >= settings_.pause.calm)
    c.pauses.reset();
  failed(c);
}

void supervisor_actor::start_failed(child& c) {
  announce(child_down{c.spec.name, c.reason});
  failed(c);
}

void supervisor_actor::failed(child& c) {
  if (!wants_restart(c.spec.restart, c.reason)) {
    const bool normal = is_normal(c.reason);
    if (!normal)
      announce(child_failed{c.spec.name, c.reason});
    return retire(c, normal ? child_state::stopped : child_state::failed);
  }
  enter(c, child_state::backing_off);
  if (!restart_allowed(c))
    return;
  if (settings_.strategy != supervision_strategy::one_for_one)
    return begin_group(c);
  const auto pause = c.pauses.next(settings_.pause, dice_);
  announce(child_restarting{c.spec.name, pause});
  arm(c, supervision_deadline::restart_child, pause);
}

bool supervisor_actor::restart_allowed(child& c) {
  const bool alone = settings_.beyond_limit == restart_verdict::give_up
                     && settings_.strategy == supervision_strategy::one_for_one;
  auto& counted = alone ? c.intensity : intensity_;
  if (counted.allow(clock().now()))
    return true;
  announce(child_failed{c.spec.name, make_error(supervision_error::too_many_restarts)});
  if (alone)
    retire(c, child_state::failed);
  else
    begin_shutdown(make_error(supervision_error::too_many_restarts, c.spec.name));
  return false;
}

// -- groups -------------------------------------------------------------------

void supervisor_actor::begin_group(child& c) {
  const auto range = affected(settings_.strategy, children_.position(c), children_.size());
  std::size_t position = 0;
  for (auto& member : children_.in_order()) {
    member.in_group = member.in_group || (position >= range.first && position < range.last);
    ++position;
  }
  group_ = group_phase::stopping;
  group_pause_ = c.pauses.next(settings_.pause, dice_);
  announce(child_restarting{c.spec.name, group_pause_});
  advance_group();
}

void supervisor_actor::advance_group() {
  if (group_ != group_phase::stopping)
    return;
  auto& order = children_.in_order();
  for (auto c = order.rbegin(); c != order.rend(); ++c) {
    if (!c->in_group || !c->actor)
      continue;
    if (c->state != child_state::stopping)
      begin_stop(*c);
    return; // the next one when this one has ended
  }
  group_ = group_phase::pausing;
  group_timer_ = ++last_timer_;
  delayed_send(this, group_pause_, supervision_timer{supervision_deadline::restart_group, {}, group_timer_});
}

void supervisor_actor::start_group() {
  group_ = group_phase::idle;
  auto& order = children_.in_order();
  for (auto i = order.begin(); group_ == group_phase::idle && !ending_ && i != order.end();) {
    auto& c = *i++;
    if (!std::exchange(c.in_group, false))
      continue;
    const bool running = start(c);
    if (running && c.start_waiter) {
      c.start_waiter->deliver(child_handle{c.spec.name, c.actor});
      c.start_waiter.reset();
    } else if (!running && c.start_waiter) {
      announce(child_failed{c.spec.name, c.reason});
      retire(c, child_state::failed);
    } else if (!running) {
      start_failed(c);
    }
  }
}

// -- deadlines ----------------------------------------------------------------

void supervisor_actor::due(const supervision_timer& timer) {
  if (timer.what == supervision_deadline::restart_group) {
    if (group_ == group_phase::pausing && timer.number == group_timer_)
      start_group();
    return;
  }
  auto* c = children_.find(timer.name);
  if (!c || c->timer != timer.number)
    return;
  if (timer.what == supervision_deadline::kill_child)
    kill(*c);
  else if (timer.what == supervision_deadline::leave_child)
    leave_behind(*c);
  else if (!ending_ && !start(*c))
    start_failed(*c);
}

} // namespace troupe::actors
