// The broker's channels when nobody needs them.

#include "actors/channels/broker.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t retired_at_once = 128; // thousands would hold up whoever else needs a worker
constexpr auto retiring_pause = std::chrono::milliseconds{20};

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

} // namespace troupe::actors
