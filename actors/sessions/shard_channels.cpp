// What channels say to the shard, and the broker of them.

#include "actors/sessions/shard.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t unwritten_max = 4096; // batches whose way to the sockets is timed at once

} // namespace

// -- effects ------------------------------------------------------------------

void shard::take(effect_batch& batch) {
  auto* s = find_slot(batch.to.slot);
  if (!s)
    return;
  switch (s->link.arrive(batch)) {
  case shard_end::arrival::known:
    return;
  case shard_end::arrival::hole:
    announce(events::note{"a link with " + s->name() + " missed something: named anew", true});
    return begin_anew(*s, {error_code::unavailable, "the link with " + s->name() + " was interrupted: try again"});
  case shard_end::arrival::fresh:
    break;
  }
  appended_ = false;
  for (auto& e : batch.effects)
    apply(*s, e);
  if (appended_ && batch.caused != decltype(batch.caused){} && unwritten_.size() < unwritten_max)
    unwritten_.push_back(batch.caused);
  for (const auto& done : s->link.complete(batch.completed))
    complete(*s, done);
  if (!s->short_of_room.empty() && !batch.completed.empty())
    tell_room(*s);
  if (s->live && s->link.owes_word())
    flush(*s); // whatever commands wait go along
}

void shard::apply(channel_entry& s, effect& e) {
  const auto with = [&](session_id id, auto&& work) {
    if (auto* who = find_session(id))
      guard(*who, [&] { work(*who); });
  };
  visit_effect(
      [&](auto& what) {
        using type = std::decay_t<decltype(what)>;
        if constexpr (std::same_as<type, published>)
          publish(s, std::move(what.what));
        else if constexpr (std::same_as<type, said>)
          say(s, what);
        else if constexpr (std::same_as<type, joined>)
          come_in(s, what);
        else if constexpr (std::same_as<type, join_refused>)
          with(what.who, [&](session& who) { who.on_join_refused(s, std::move(what.what)); });
        else if constexpr (std::same_as<type, read_page>)
          with(what.who, [&](session& who) { who.on_page(s, std::move(what.replay)); });
        else if constexpr (std::same_as<type, left>)
          with(what.who, [&](session& who) { who.on_left(s, std::move(what)); });
        else if constexpr (std::same_as<type, presence_changed>) {
          if (!s.readers.empty())
            s.log.append(std::move(what.what));
        } else if constexpr (std::same_as<type, skipped>) {
          s.log.skip(what.at);
          s.head_known = true;
        } else { // epoch_changed
          s.log.restart(what.at);
          s.head_known = true;
        }
        if constexpr (std::same_as<type, published> || std::same_as<type, presence_changed> ||
                      std::same_as<type, epoch_changed> || std::same_as<type, skipped>)
          if (!std::exchange(s.dirty, true))
            dirty_slots_.push_back(&s);
      },
      e);
}

void shard::publish(channel_entry& s, publication_ptr what) {
  ++counters().publications;
  if (s.readers.empty())
    return drop_log(s);
  s.head_known = s.head_known || what->offset != 0;
  s.log.append(std::move(what));
  appended_ = true;
}

/// Nobody reads here: what is not appended now must not look as if it had been.
void shard::drop_log(channel_entry& s) {
  if (s.head_known || s.log.head() != s.log.tail())
    s.log.restart({s.log.epoch(), 0});
  s.head_known = false;
}

void shard::say(channel_entry& s, said& what) {
  if (what.answers != 0 && !s.link.answer(what.answers))
    return; // too late: who asked was told so
  if (auto* who = find_session(what.to))
    guard(*who, [&] { who->on_said(s, std::move(what.what)); });
  else
    answer_caller(what.to, what.what);
}

/// A log that was dropped since the channel last said where it is begins at the place of the newcomer.
void shard::come_in(channel_entry& s, joined& what) {
  auto* who = find_session(what.who);
  if (!who)
    return;
  const auto& epoch = what.what.at.epoch;
  if (s.log.epoch() != epoch || !s.head_known)
    s.log.restart({epoch, what.head});
  s.head_known = true;
  guard(*who, [&] { who->on_joined(s, std::move(what)); });
}

// -- the broker's word --------------------------------------------------------

void shard::found(channel_found what) {
  const auto at = slots_.find(what.name);
  if (at == slots_.end())
    return gateway_.release_channel(what.name);
  auto& s = *at->second;
  s.live = true;
  s.finding = false;
  s.handle = std::move(what.handle);
  s.overflow = what.overflow;
  flush(s);
}

/// The channel's actor died: what was under way to it is lost and answered so; members join the next one from where
/// they stand, before anything that waits. If it stopped of its own accord, the next one lives when somebody asks.
void shard::lost(const std::string& channel, bool on_next_use) {
  const auto at = slots_.find(channel);
  if (at == slots_.end())
    return;
  auto& s = *at->second;
  s.live = false;
  s.finding = !on_next_use; // else the broker will say when it lives again
  s.handle = nullptr;
  begin_anew(s, {error_code::unavailable, channel + " was started anew: try again"});
}

std::vector<command_under_way> shard::renew(channel_entry& s) {
  numbers_.erase(s.link.id().slot);
  auto lost = s.link.renew(next_link(), s.live);
  counters().commands_waiting -= lost.size();
  s.of_nobody = 0;
  numbers_.emplace(s.link.id().slot, &s);
  for (auto& c : lost)
    if (const auto* who = find_session(c.from); who && who->answers(s, c.id))
      c.answered = true; // by the session itself, which asks again or tells why not
  return lost;
}

/// What was under way over the link is answered so, and its members come in again over a new one.
void shard::begin_anew(channel_entry& s, const failure& why) {
  auto lost = renew(s);
  join_after_loss(s); // before anything else goes over the new link
  fail_commands(s, std::move(lost), why);
  cut_replays(s);
  list_commands(s);
}

/// Of those who are out: nobody has the rest for them any more.
void shard::cut_replays(channel_entry& s) {
  std::vector<subscription*> cut;
  for (auto* reader : s.readers)
    if (reader->has_last_word() && reader->now() == subscription::phase::replay)
      cut.push_back(reader);
  for (auto* reader : cut) {
    reader->cut_replay();
    reader->owner().mark(*reader);
  }
}

/// Joins that were under way are repeated as they were; members are in no more, without anybody of the channel to hear
/// it, and come again. Those who were leaving are out; what they asked for after that comes last.
void shard::join_after_loss(channel_entry& s) {
  std::vector<session*> gone;
  std::vector<channel_command> joins;
  for (auto* reader : s.readers) {
    auto& who = reader->owner();
    if (reader->now() == subscription::phase::ended || reader->has_last_word())
      continue;
    const bool was_in = reader->now() != subscription::phase::joining;
    if (reader->leaving()) {
      gone.push_back(&who);
      continue;
    }
    joins.push_back({who.id(), false, was_in ? protocol::request_id{} : reader->join_id(), reader->join_again()});
    if (was_in)
      reader->pause();
  }
  for (auto& j : joins) {
    if (auto* who = find_session(j.from))
      who->command_sent();
    send(s, std::move(j), true);
  }
  for (auto* who : gone)
    guard(*who, [&] { who->on_lost_leaving(s); });
}

void shard::refused(const std::string& channel, const failure& why, bool failed) {
  const auto at = slots_.find(channel);
  if (at == slots_.end())
    return;
  auto& s = *at->second;
  // First the channel, then its members: asked for again by one of them, it is looked for again, and the broker decides
  // whether it may live.
  s.live = false;
  s.finding = false;
  s.handle = nullptr;
  s.idle_since = {};
  look_whether_idle(s);
  std::vector<session*> members;
  for (auto* reader : s.readers)
    members.push_back(&reader->owner());
  fail_commands(s, renew(s), why); // but joins and leaves, which their sessions answer
  for (auto* who : members)
    guard(*who, [&] { who->on_channel_gone(s, why, failed); });
  cut_replays(s);
  if (s.readers.empty() && s.link.idle()) // a flood of names that are refused leaves nothing behind
    forget(s);
}

void shard::forget(channel_entry& s) {
  if (s.has_commands)
    std::erase(with_commands_, &s);
  if (s.dirty)
    std::erase(dirty_slots_, &s);
  numbers_.erase(s.link.id().slot);
  slots_.erase(slots_.find(s.name()));
}

} // namespace troupe::actors
