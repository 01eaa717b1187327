#include "actors/sessions/session_search.hpp"

#include "actors/sessions/shard.hpp"

#include <iterator>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t channels_of_row = 8; // that a list names; who asks for one session hears all

} // namespace

session_search::session_search(session_query what)
    : what_(std::move(what)), page_(what_.most, {what_.descending, what_.descending}, what_.after) {}

bool session_search::go_on(const shard& in) {
  const auto& all = in.by_age();
  auto at = all.upper_bound(up_to_);
  for (std::size_t n = 0; at != all.end() && n < looked_at_once; ++at, ++n)
    if (at->second->matches(what_))
      page_.offer(at->second->figure(what_.by), at->first);
  if (at == all.end())
    return true;
  up_to_ = std::prev(at)->first;
  return false;
}

session_list session_search::page_of(shard& in) {
  session_list page{in.index(), {}, page_.offered(), page_.behind()};
  for (const auto& place : page_.take())
    if (const auto* s = in.find_session(place.key)) {
      page.rows.push_back(s->describe(channels_of_row));
      page.rows.back().rank = place.value;
    }
  return page;
}

} // namespace troupe::actors
