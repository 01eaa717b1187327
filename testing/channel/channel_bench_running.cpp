// What happens by itself: the channel's effects reach its clients, time passes, and nobody needs it any more.

#include "testing/channel/channel_bench.hpp"
#include "testing/channel/heard_of.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

namespace troupe::testing {

using std::chrono::milliseconds;

namespace {

constexpr int rounds_max = 100'000; // past it something goes in circles

} // namespace

// -- effects ------------------------------------------------------------------

/// Until nothing more happens by itself.
void channel_bench::run() {
  for (int round = 0;; ++round) {
    if (round == rounds_max)
      throw std::logic_error(channel_.parts->name + " goes in circles: it always has more to do at once");
    channel_.settle();
    if (on_disk_ && !held_ && channel_.keep->waiting() > 0) {
      channel_.keep->answer_all();
      continue;
    }
    const bool told = take_effects();
    if (channel_.actor_ended()) { // what it said before is heard
      failures_.push_back("actor: it ended, by what a callback without `guarded` threw, or as it was told");
      kill_actor();
      continue;
    }
    if (!told)
      break;
  }
  for (const auto& p : std::exchange(kept_, {}))
    note(p); // nobody was there
  note_events();
  end_if_over();
  look_at_need();
}

/// Whether there were any.
bool channel_bench::take_effects() {
  auto& far = channel_.at(0);
  const bool told = far.told != far.taken || !far.effects.empty();
  for (auto& one : std::exchange(far.effects, {}))
    take(one);
  far.batches.clear();
  far.completed.clear();
  if (told && channel_.runtime)
    channel_.send({}); // acknowledges
  return told;
}

void channel_bench::take(actors::effect& one) {
  const auto to = [this](session_id id, auto& what) {
    if (const auto found = clients_.find(id); found != clients_.end())
      return found->second.take(what);
    if constexpr (std::same_as<std::remove_cvref_t<decltype(what)>, actors::said>) { // the API
      if (const auto* r = std::get_if<protocol::reply>(&what.what))
        settle(r->id, r->data);
      else if (const auto* e = std::get_if<protocol::error>(&what.what))
        settle(e->id, e->why);
    }
  };
  actors::visit_effect(
      [&]<class E>(E& what) {
        if constexpr (std::same_as<E, actors::said>)
          return to(what.to, what);
        else if constexpr (requires { what.who; })
          return to(what.who, what);
        else if constexpr (std::same_as<E, actors::published>)
          note(*what.what);
        if constexpr (!std::same_as<E, actors::said> && !requires { what.who; })
          for (auto& [id, client] : clients_)
            client.take(what);
      },
      one);
}

void channel_bench::note(const publication& what) {
  if (what.offset != 0 && what.offset <= said_up_to_)
    return;
  if (what.offset != 0)
    said_up_to_ = what.offset;
  said_.push_back(heard_of(what));
}

void channel_bench::note_events() {
  const auto& seen = channel_.events_.seen;
  for (; events_read_ < seen.size(); ++events_read_)
    if (const auto* f = std::get_if<actors::events::handler_failed>(&seen[events_read_]))
      failures_.push_back(f->event + ": " + f->reason);
    else if (const auto* l = std::get_if<actors::events::limit_passed>(&seen[events_read_]))
      limits_.push_back(l->limit);
}

// -- time ---------------------------------------------------------------------

void channel_bench::pass(milliseconds time) {
  run();
  for (const auto until = channel_.steady + time; channel_.steady < until;) {
    channel_.advance(std::chrono::duration_cast<milliseconds>(next_moment(until) - channel_.steady));
    run();
    lose_who_stayed_away();
    if (idle_since_ && channel_.steady - *idle_since_ >= channel_.settings.channels.idle) {
      if (!channel_.runtime->retire())
        idle_since_ = channel_.steady;
      run();
    }
  }
}

channel_bench::time_point channel_bench::next_moment(time_point end) const {
  auto next = channel_.next_moment(end);
  if (idle_since_)
    next = std::min(next, *idle_since_ + channel_.settings.channels.idle);
  for (const auto& [id, one] : clients_)
    if (one.away_since())
      next = std::min(next, lost_at(one));
  return std::clamp(next, std::min(end, channel_.steady + milliseconds{1}), end);
}

/// As sessions end: those of polls by their lease.
channel_bench::time_point channel_bench::lost_at(const listener& one) const {
  const auto& s = channel_.settings.session;
  return *one.away_since() + (one.who().transport == transport_kind::poll ? s.poll_lease : s.resume_window);
}

void channel_bench::lose_who_stayed_away() {
  for (auto& [id, one] : clients_)
    if (one.away_since() && channel_.steady >= lost_at(one))
      lose(id);
}

bool channel_bench::needed() const {
  return !open_.empty() || std::any_of(clients_.begin(), clients_.end(), [](const auto& one) {
    return one.second.now() != listener::phase::out;
  });
}

void channel_bench::look_at_need() {
  if (!channel_.runtime || needed())
    idle_since_.reset();
  else if (!idle_since_)
    idle_since_ = channel_.steady;
}

// -- the store ----------------------------------------------------------------

void channel_bench::hold_store() {
  held_ = true;
  channel_.keep->prompt = false;
}

void channel_bench::answer_store(std::size_t count) {
  channel_.keep->answer(count);
  run();
}

void channel_bench::let_store_go() {
  held_ = false;
  channel_.keep->prompt = !on_disk_;
  answer_store(channel_.keep->waiting());
  while (channel_.keep->waiting() > 0)
    answer_store(channel_.keep->waiting());
}

/// With what is kept, which answers at once; also of a channel that does not live.
template <class F>
void channel_bench::with_partition(F&& what) {
  if (auto* open = channel_.keep->open_one())
    return what(*open);
  channel_.keep->open(channel_.parts->name, actors::retention_of(channel_.rights, channel_.settings), {},
                      [](auto then) { then(); },
                      [&](tl::expected<std::unique_ptr<actors::partition>, failure> got) {
                        if (got)
                          what(*channel_.keep->open_one());
                      });
}

void channel_bench::keep_snapshot(payload state) {
  with_partition([&](actors::partition& p) { p.save_snapshot(std::move(state), [](const auto&) {}); });
}

std::vector<publication_ptr> channel_bench::history() {
  std::vector<publication_ptr> all;
  constexpr auto most = std::numeric_limits<std::size_t>::max();
  with_partition([&](actors::partition& p) {
    p.read_back(0, most, most, [&](tl::expected<actors::history_page, failure> page) {
      if (page)
        all = std::move(page->items);
    });
  });
  return all;
}

std::optional<payload> channel_bench::snapshot() {
  std::optional<payload> last;
  with_partition([&](actors::partition& p) { last = p.snapshot(); });
  return last;
}

// -- knowing ------------------------------------------------------------------

bool channel_bench::lives() const {
  return channel_.runtime && channel_.runtime->now_in() == actors::channel_runtime::phase::live;
}

channel& channel_bench::object() const {
  if (!lives() || !object_)
    throw unmet(channel_.parts->name + " does not live: there is no object");
  return *object_;
}

std::vector<member> channel_bench::members() {
  return channel_.runtime ? channel_.runtime->members() : std::vector<member>{};
}

const std::vector<std::string>& channel_bench::failures() {
  note_events();
  return failures_;
}

const std::vector<std::string>& channel_bench::limits_passed() {
  note_events();
  return limits_;
}

} // namespace troupe::testing
