#include "actors/channels/started_counts.hpp"

namespace troupe::actors {

namespace {

using table = std::unordered_map<std::uint64_t, std::size_t>;

bool is_full(const table& all, std::uint64_t who, std::size_t most) {
  const auto found = who != 0 && most != 0 ? all.find(who) : all.end();
  return found != all.end() && found->second >= most;
}

void one_less(table& all, std::uint64_t who) {
  const auto found = all.find(who);
  if (found != all.end() && --found->second == 0)
    all.erase(found);
}

} // namespace

started_counts::verdict started_counts::may_start(const starter& by, const limits& most) const {
  if (is_full(sessions_, by.session, most.per_session))
    return verdict::over_session;
  if (is_full(addresses_, by.address, most.per_address))
    return verdict::over_address;
  return verdict::may;
}

void started_counts::started(const starter& by) {
  if (by.session != 0)
    ++sessions_[by.session];
  if (by.address != 0)
    ++addresses_[by.address];
}

void started_counts::ended(const starter& by) {
  one_less(sessions_, by.session);
  one_less(addresses_, by.address);
}

} // namespace troupe::actors
