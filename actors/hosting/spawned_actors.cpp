#include "actors/hosting/spawned_actors.hpp"

#include <caf/actor_cast.hpp>
#include <caf/local_actor.hpp>
#include <caf/scheduled_actor.hpp>

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

bool has_ended(const caf::strong_actor_ptr& who) {
  const auto* of = caf::actor_cast<caf::abstract_actor*>(who);
  return of->getf(caf::abstract_actor::is_terminated_flag | caf::abstract_actor::is_cleaned_up_flag);
}

} // namespace

// -- the list -----------------------------------------------------------------

void spawned_actors::add(std::string_view by, caf::actor_addr who) {
  const std::lock_guard guard{mutex_};
  if (all_.size() >= look_at_) {
    std::erase_if(all_, [](const one& o) {
      const auto alive = caf::actor_cast<caf::strong_actor_ptr>(o.who);
      return !alive || has_ended(alive);
    });
    look_at_ = std::max<std::size_t>(64, 2 * all_.size());
  }
  all_.push_back({std::string{by}, std::move(who)});
}

std::vector<spawned_actors::one> spawned_actors::alive() const {
  std::vector<one> out;
  const std::lock_guard guard{mutex_};
  for (const auto& o : all_)
    if (const auto alive = caf::actor_cast<caf::strong_actor_ptr>(o.who); alive && !has_ended(alive))
      out.push_back(o);
  return out;
}

std::string name_of(const spawned_actors::one& who) {
  const auto alive = caf::actor_cast<caf::strong_actor_ptr>(who.who);
  const auto* local = dynamic_cast<const caf::local_actor*>(alive ? caf::actor_cast<caf::abstract_actor*>(alive) : nullptr);
  return "actor " + (local ? std::string{local->name()} : "?") + ", spawned by " + who.by;
}

// -- the watch ----------------------------------------------------------------

caf::execution_unit* spawn_watch::between(caf::execution_unit* unit) noexcept {
  if (!to_ || !unit)
    return unit;
  unit_ = unit;
  system_ = &unit->system();
  proxies_ = unit->proxy_registry_ptr();
  return this;
}

void spawn_watch::exec_later(caf::resumable* job) {
  if (job->subtype() == caf::resumable::scheduled_actor) {
    auto* who = static_cast<caf::scheduled_actor*>(job);
    if (!who->getf(caf::abstract_actor::is_initialized_flag))
      to_->add(name_, who->address());
  }
  unit_->exec_later(job);
}

} // namespace troupe::actors
