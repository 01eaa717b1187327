// The broker's channels when nobody needs them, and what runs for those who ask.

#include "actors/channels/broker.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t retired_at_once = 128; // thousands would hold up whoever else needs a worker
constexpr auto retiring_pause = std::chrono::milliseconds{20};
constexpr auto listing_patience = std::chrono::seconds{1}; // looked at each second; who asked waits for three

} // namespace

// -- retiring -----------------------------------------------------------------

void broker_actor::release(const release_channel& what) {
  auto* there = known(what.name);
  if (there && std::erase(there->second.shards, what.shard) != 0)
    look_whether_idle(*there);
}

void broker_actor::look_whether_idle(known_channel& of) {
  auto& e = of.second;
  if (e.now != phase::live || !e.shards.empty() || e.idle_in)
    return;
  e.idle_since = now();
  e.idle_in = e.rules->kind == config::channel_kind::open ? &idle_open_ : &idle_application_;
  e.idle_place = e.idle_in->insert(e.idle_in->end(), &of);
}

void broker_actor::no_longer_idle(known_channel& of) {
  if (auto* where = std::exchange(of.second.idle_in, nullptr))
    where->erase(of.second.idle_place);
}

void broker_actor::next_tick() { delayed_send(this, std::chrono::seconds{1}, broker_tick{}); }

/// Each second, and sooner while more is to be retired than at once.
void broker_actor::tick() {
  if (now() >= next_sweep_) {
    next_sweep_ = now() + std::chrono::seconds{1};
    next_tick();
    parts_.keep->sweep();
    if (parts_.running)
      parts_.running->worker_ran();
    parts_.events.look_around();
    failing_.sweep(now());
    std::erase_if(listings_, [at = now()](const auto& one) { return one->over(at); });
  }
  retire_idle();
}

void broker_actor::retire_idle() {
  if (now() < next_slice_)
    return; // its tick is on its way
  std::size_t retired = 0;
  for (auto* longest_first : {&idle_open_, &idle_application_})
    while (!longest_first->empty() && now() - longest_first->front()->second.idle_since >= parts_.settings.channels.idle) {
      if (++retired > retired_at_once) {
        next_slice_ = now() + retiring_pause;
        return delayed_send(this, retiring_pause, broker_tick{});
      }
      retire(*longest_first->front());
    }
}

/// No shard holds the handle, so no command can be on its way. Whoever asks for it meanwhile waits for what it answers: a
/// busy one lives on, and is asked again when it has been idle for as long again.
void broker_actor::retire(known_channel& of) {
  enter(of, phase::stopping);
  const auto handle = of.second.handle;
  if (!stopping_.empty())
    return send(handle, stop_channel{leave_reason::drained, "drain"});
  request(handle, caf::infinite, retire_channel{})
      .then(
          [this, name = of.first, handle](const retire_answer& answer) {
            auto* there = known(name);
            if (answer.busy && there && there->second.now == phase::stopping && there->second.handle == handle)
              lives(*there, handle);
          },
          [](const caf::error&) { /* its end tells */ });
}

caf::result<channels_stopped> broker_actor::stop_all() {
  auto promise = make_response_promise<channels_stopped>();
  stopping_.push_back(promise);
  for (auto& of : channels_)
    if (of.second.now == phase::live)
      retire(of);
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
  const auto* there = known(what.name);
  if (!there || there->second.now != phase::live)
    return channel_killed{false};
  auto promise = make_response_promise<channel_killed>();
  request(there->second.handle, caf::infinite, crash_channel{what.reason})
      .then([promise](const channel_crashed& now_is) mutable { promise.deliver(channel_killed{true, now_is.lives}); },
            [promise](const caf::error&) mutable { promise.deliver(channel_killed{true, false}); });
  return promise;
}

/// A page of them in the order of their names: each is asked, which with all of a hundred thousand would stop everything
/// else for a while. Those that are stuck would not answer in time.
caf::result<channel_list> broker_actor::list(const list_channels& what) {
  std::vector<const known_channel*> page;
  for (const auto& of : channels_)
    if (of.first > what.after)
      page.push_back(&of);
  const auto most = std::min(what.most, page.size());
  const auto by_name = [](const auto* a, const auto* b) { return a->first < b->first; };
  std::partial_sort(page.begin(), page.begin() + static_cast<std::ptrdiff_t>(most), page.end(), by_name);
  auto promise = make_response_promise<channel_list>();
  const auto listing = std::make_shared<channel_listing>(promise, now() + listing_patience);
  listing->leave_out(page.size() - most);
  std::map<std::string, running_handlers::run> stuck;
  if (parts_.running)
    for (auto& one : parts_.running->running(parts_.settings.channels.slow_handler))
      stuck.emplace(one.who, one);
  for (std::size_t i = 0; i < most; ++i) {
    const auto found = stuck.find("channel " + page[i]->first);
    if (page[i]->second.now == phase::live && found != stuck.end())
      listing->add(unanswered_channel(page[i]->first, &found->second));
    else
      describe(*page[i], listing);
  }
  listing->begin();
  listings_.push_back(listing);
  return promise;
}

void broker_actor::describe(const known_channel& of, const std::shared_ptr<channel_listing>& into) {
  const auto& [name, e] = of;
  if (e.now == phase::live) {
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
