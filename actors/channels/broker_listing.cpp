// What runs, for those who ask: a page of the channels, one of them, and killing one.

#include "actors/channels/broker.hpp"

#include <caf/actor_system.hpp>

#include <cmath>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t looked_at_once = 2'000; // channels; then others have their turn
constexpr auto listing_patience = std::chrono::seconds{1}; // looked at each second; who asked waits for three

std::int64_t value_of(const channel_figures* f, channel_figure by, channel_figures::time_point now) {
  if (!f)
    return 0;
  switch (by) {
  case channel_figure::name: return 0;
  case channel_figure::members: return static_cast<std::int64_t>(f->members());
  case channel_figure::rate: return std::llround(f->rate(now) * 1'000);
  case channel_figure::publications: return static_cast<std::int64_t>(f->publications());
  case channel_figure::offset: return static_cast<std::int64_t>(f->offset());
  case channel_figure::restarts: return static_cast<std::int64_t>(f->restarts());
  }
  return 0;
}

} // namespace

// -- the API ------------------------------------------------------------------

/// Who asks again while one that is stuck has not come to it asks for the same: several would be too many for its object.
caf::result<channel_killed> broker_actor::kill(const kill_channel& what) {
  const auto* there = known(what.name);
  if (!there || there->second.now != phase::live)
    return channel_killed{false};
  auto promise = make_response_promise<channel_killed>();
  auto& asked = killing_[what.name];
  asked.push_back(promise);
  if (asked.size() > 1)
    return promise;
  request(there->second.handle, caf::infinite, crash_channel{what.reason})
      .then([this, name = what.name](const channel_crashed& now_is) { killed(name, {true, now_is.lives}); },
            [this, name = what.name](const caf::error&) { killed(name, {true, false}); });
  return promise;
}

void broker_actor::killed(const std::string& name, channel_killed how) {
  if (auto asked = killing_.extract(name))
    for (auto& who : asked.mapped())
      who.deliver(how);
}

/// One walk over the names, which pauses.
struct broker_actor::search {
  explicit search(channel_query q)
      : what(std::move(q)), page(what.most, {what.descending, what.descending && what.by == channel_figure::name}, what.after) {}

  const channel_query what;
  page_picker<std::string> page;
  std::string up_to; // all up to this name have been looked at
};

/// A page of them. Figures say which are on it, in slices; those alone are asked what they are, which with all of a
/// hundred thousand would stop everything else for a while.
caf::result<channel_list> broker_actor::list(const list_channels& what) {
  auto promise = make_response_promise<channel_list>();
  const auto look = std::make_shared<search>(what.what);
  const bool others_wait = searches_.size() > 0;
  const bool taken = searches_.add([this, look, promise] {
    if (!search_on(*look))
      return false;
    answer(*look, promise);
    return true;
  });
  if (!taken)
    promise.deliver(caf::make_error(caf::sec::runtime_error, "too many lists wait"));
  else if (!others_wait)
    list_on();
  return promise;
}

void broker_actor::list_on() {
  if (searches_.run())
    send(this, actors::list_on{});
}

/// True: that was all.
bool broker_actor::search_on(search& of) {
  auto at = by_name_.upper_bound(of.up_to);
  const auto now_is = parts_.clock.steady();
  for (std::size_t n = 0; at != by_name_.end() && n < looked_at_once; ++at, ++n)
    if (has_part(at->first, of.what.part))
      of.page.offer(value_of(at->second->second.figures.get(), of.what.by, now_is), at->first);
  if (at == by_name_.end())
    return true;
  of.up_to = std::prev(at)->first;
  return false;
}

void broker_actor::answer(search& of, caf::typed_response_promise<channel_list> to) {
  const auto listing = std::make_shared<channel_listing>(std::move(to), now() + listing_patience);
  auto page = of.page.take();
  listing->is_page_of(of.page.offered(), of.page.behind() - page.size(), page);
  const auto stuck = slow_channels();
  for (const auto& place : page)
    if (const auto* there = known(place.key))
      describe(*there, stuck, listing);
  listing->begin();
  listings_.push_back(listing);
}

caf::result<channel_list> broker_actor::describe_one(const std::string& name) {
  auto promise = make_response_promise<channel_list>();
  const auto listing = std::make_shared<channel_listing>(promise, now() + listing_patience);
  if (const auto* there = known(name)) {
    listing->is_page_of(1, 0, {{0, name}});
    describe(*there, slow_channels(), listing);
  }
  listing->begin();
  listings_.push_back(listing);
  return promise;
}

/// By what the watch calls them.
broker_actor::runs broker_actor::slow_channels() const {
  runs all;
  if (parts_.running)
    for (auto& one : parts_.running->running(parts_.settings.channels.slow_handler))
      all.emplace(one.who, one);
  return all;
}

/// One that is stuck would not answer in time.
void broker_actor::describe(const known_channel& of, const runs& stuck, const std::shared_ptr<channel_listing>& into) {
  const auto& [name, e] = of;
  if (e.now == phase::live) {
    if (const auto found = stuck.find("channel " + name); found != stuck.end())
      return into->add(unanswered_channel(name, &found->second));
    into->expect(name);
    request(e.handle, caf::infinite, describe_channel{})
        .then([into](const channel_description& d) { into->add(d), into->answered(d.name); },
              [into, name = name](const caf::error&) { into->answered(name); });
    return;
  }
  channel_description d;
  d.name = name;
  d.state = e.now == phase::restarting ? "restarting"
            : e.now == phase::starting ? "starting"
            : e.now == phase::given_up ? "failed"
                                       : "stopping";
  d.last_error = e.last_error;
  into->add(std::move(d));
}

} // namespace troupe::actors
