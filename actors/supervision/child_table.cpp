#include "actors/supervision/child_table.hpp"

#include <algorithm>
#include <iterator>

namespace troupe::actors {

// -- the living ---------------------------------------------------------------

supervised_child& child_table::add(child_spec spec, restart_limit limit) {
  std::erase_if(ended_, [&](const child_info& e) { return e.name == spec.name; });
  order_.emplace_back(std::move(spec), limit);
  by_name_.emplace(order_.back().spec.name, std::prev(order_.end()));
  return order_.back();
}

supervised_child* child_table::find(const std::string& name) {
  const auto i = by_name_.find(name);
  return i == by_name_.end() ? nullptr : &*i->second;
}

supervised_child* child_table::find(const caf::actor_addr& actor) {
  const auto i = by_actor_.find(actor);
  return i == by_actor_.end() ? nullptr : i->second;
}

std::size_t child_table::position(const supervised_child& c) const {
  const auto i = std::find_if(order_.begin(), order_.end(), [&](const supervised_child& x) { return &x == &c; });
  return static_cast<std::size_t>(std::distance(order_.begin(), i));
}

void child_table::set_actor(supervised_child& c, caf::strong_actor_ptr actor) {
  if (c.actor)
    by_actor_.erase(caf::actor_cast<caf::actor_addr>(c.actor));
  c.actor = std::move(actor);
  if (c.actor)
    by_actor_[caf::actor_cast<caf::actor_addr>(c.actor)] = &c;
}

// -- the ended ----------------------------------------------------------------

void child_table::retire(supervised_child& c) {
  set_actor(c, nullptr);
  ended_.push_back(c.info());
  if (ended_.size() > ended_max_)
    ended_.pop_front();
  const auto i = by_name_.find(c.spec.name);
  const auto place = i->second;
  by_name_.erase(i);
  order_.erase(place);
}

void child_table::clear() {
  by_actor_.clear();
  by_name_.clear();
  order_.clear();
  ended_.clear();
}

} // namespace troupe::actors
