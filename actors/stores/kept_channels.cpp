#include "actors/stores/kept_channels.hpp"

#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t swept_at_once = 256; // while others wait for the mutex
constexpr std::size_t slack = 64;          // room is made for a 64th more than is needed, not for each append anew

std::uint64_t drawn() {
  std::random_device source;
  return (std::uint64_t{source()} << 32) | source();
}

} // namespace

kept_channels::kept_channels(store::clock now, memory_limits limits, std::uint64_t seed)
    : now_(std::move(now)), limits_(limits), random_(seed != 0 ? seed : drawn()) {}

kept_channels::~kept_channels() {
  for (auto& [name, which] : all_)
    shares_.leave(which->share);
}

// -- owners come and go -------------------------------------------------------

kept_channel* kept_channels::take(const std::string& channel, const retention& keep, const starter& by) {
  const std::lock_guard guard{mutex_};
  if (const auto found = all_.find(channel); found != all_.end()) {
    auto& there = *found->second;
    if (there.owned)
      return nullptr;
    there.owned = true;
    there.keep = keep;
    there.bare_since.reset();
    stand_in(nullptr, there);
    ++owned_;
    look_at(there); // it was due as an idle one, and under another retention
    return &there;
  }
  auto made = std::make_unique<kept_channel>(channel, new_epoch());
  auto* what = made.get();
  what->keep = keep;
  what->share = shares_.enter(by, what, place_bytes(*what));
  all_.emplace(what->name, std::move(made));
  ++owned_;
  bytes_ += place_bytes(*what);
  if (over_limit())
    make_room();
  return what;
}

void kept_channels::give_back(kept_channel& what) {
  const std::lock_guard guard{mutex_};
  what.owned = false;
  --owned_;
  look_at(what);
  if (over_limit())
    make_room();
}

std::string kept_channels::new_epoch() {
  static constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string epoch(6, '0');
  for (auto& c : epoch)
    c = digits[random_() % digits.size()];
  return epoch;
}

// -- what it costs ------------------------------------------------------------

/// A channel that keeps nothing: itself, its entries in the tables here, its name and its epoch.
std::size_t kept_channels::place_bytes(const kept_channel& of) noexcept {
  constexpr std::size_t tables = 320;
  return sizeof(kept_channel) + of.name.size() + tables;
}

/// By so much that it matters who is largest.
bool kept_channels::is_off(std::size_t weighed, std::size_t weight) noexcept {
  constexpr std::size_t little = 256;
  return (weighed == 0) != (weight == 0) || weight > weighed + weighed / 4 + little ||
         weighed > weight + weight / 4 + little;
}

/// Something of it expires before anybody looks: what it has said first, or the first key beside what is kept longer.
bool kept_channels::expires_unseen(const kept_channel& which) {
  return !which.history.empty() && which.history.first_expiry(which.keep) < which.next_look.load(std::memory_order_relaxed);
}

void kept_channels::weigh_and_make_room(kept_channel& grown) {
  const std::lock_guard guard{mutex_};
  bool unseen = false;
  change(grown, [&](memory_history&) { unseen = expires_unseen(grown); });
  if (unseen)
    look_at(grown);
  if (over_limit())
    make_room();
}

template <class F>
void kept_channels::change(kept_channel& which, F work) {
  const std::lock_guard alone{which.guard};
  const auto before = which.history.bytes();
  work(which.history);
  bytes_ += which.history.bytes() - before;
  history_bytes_ -= which.weighed;
  which.weighed = which.history.history_bytes();
  history_bytes_ += which.weighed;
  shares_.weigh(which.share, which.weighed);
}

// -- expiry -------------------------------------------------------------------

void kept_channels::sweep() {
  for (bool more = true; more;) {
    const std::lock_guard guard{mutex_};
    const auto now = now_();
    for (std::size_t n = 0; n < swept_at_once; ++n) {
      more = !agenda_.empty() && agenda_.begin()->first <= now;
      if (!more)
        return;
      look_at(*agenda_.begin()->second);
    }
  }
}

/// Drops what has expired, and forgets the channel once it is idle and has been bare for long enough.
void kept_channels::look_at(kept_channel& which) {
  const auto now = now_();
  std::optional<memory_history::time_point> next;
  bool has_snapshot = false;
  change(which, [&](memory_history& history) {
    history.trim(which.keep, now);
    if (!history.empty())
      next = history.first_expiry(which.keep);
    has_snapshot = history.snapshot.has_value();
  });
  if (next)
    return schedule(which, *next);
  if (which.owned)
    return cancel(which);
  if (!which.bare_since) {
    which.bare_since = now;
    stand_in(has_snapshot ? &with_snapshot_ : &bare_, which);
  }
  const auto end = *which.bare_since + (has_snapshot ? limits_.snapshot_ttl : limits_.epoch_ttl);
  if (end <= now)
    forget(which);
  else
    schedule(which, end);
}

void kept_channels::schedule(kept_channel& which, memory_history::time_point due) {
  cancel(which);
  which.due = agenda_.emplace(due, &which);
  which.scheduled = true;
  which.next_look = due;
}

void kept_channels::cancel(kept_channel& which) {
  if (std::exchange(which.scheduled, false))
    agenda_.erase(which.due);
  which.next_look = memory_history::time_point::max();
}

void kept_channels::stand_in(kept_channel::row* where, kept_channel& which) {
  if (which.stands_in)
    which.stands_in->erase(which.place);
  which.stands_in = where;
  if (where)
    which.place = where->insert(where->end(), &which);
}

void kept_channels::forget(kept_channel& which) {
  stand_in(nullptr, which);
  cancel(which);
  shares_.leave(which.share);
  history_bytes_ -= which.weighed;
  bytes_ -= which.history.bytes() + place_bytes(which);
  const auto gone = all_.extract(which.name); // its key is a view of what goes
}

// -- room ---------------------------------------------------------------------

void kept_channels::make_room() {
  const auto enough = limits_.node_bytes - limits_.node_bytes / slack;
  const auto histories_min = limits_.node_bytes / 4; // snapshots, which weigh in nobody's share, never cost all of them
  while (bytes_ > enough) {
    if (!bare_.empty()) {
      forget(*bare_.front());
    } else if (auto* largest = history_bytes_ > histories_min ? static_cast<kept_channel*>(shares_.heaviest()) : nullptr) {
      change(*largest, [](memory_history& history) { history.shrink(history.history_bytes() * 3 / 4); });
      if (!largest->owned)
        look_at(*largest);
    } else if (!with_snapshot_.empty()) {
      forget(*with_snapshot_.front());
    } else {
      return; // all that is left are live channels and their snapshots, which have limits of their own
    }
  }
}

std::size_t kept_channels::idle() const {
  const std::lock_guard guard{mutex_};
  return all_.size() - owned_;
}

} // namespace troupe::actors
