#include "actors/channels/channel_timers.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

channel_timers::timer_id channel_timers::add(time_point due, std::optional<std::chrono::milliseconds> period,
                                             action what) {
  const auto id = timer_id{++last_};
  if (period)
    period = std::max(*period, std::chrono::milliseconds{1});
  timers_.emplace(id, timer{std::make_shared<const action>(std::move(what)), period, agenda_.emplace(due, id)});
  return id;
}

void channel_timers::cancel(timer_id id) {
  const auto found = timers_.find(id);
  if (found == timers_.end())
    return;
  agenda_.erase(found->second.due);
  timers_.erase(found);
}

void channel_timers::clear() {
  agenda_.clear();
  timers_.clear();
}

std::shared_ptr<const channel_timers::action> channel_timers::next_due(time_point now) {
  if (agenda_.empty() || agenda_.begin()->first > now)
    return nullptr;
  const auto [due, id] = *agenda_.begin();
  agenda_.erase(agenda_.begin());
  const auto found = timers_.find(id);
  auto what = found->second.what;
  if (const auto period = found->second.period)
    found->second.due = agenda_.emplace(std::max(due + *period, now + std::chrono::milliseconds{1}), id);
  else
    timers_.erase(found);
  return what;
}

std::optional<channel_timers::time_point> channel_timers::next_deadline() const {
  return agenda_.empty() ? std::nullopt : std::optional{agenda_.begin()->first};
}

} // namespace troupe::actors
