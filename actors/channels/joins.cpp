#include "actors/channels/joins.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace troupe::actors {

namespace {

/// While it lives, `what` is there.
struct presence_mark {
  presence_mark(pending_join*& where, pending_join& what) : now(where) { now = &what; }
  ~presence_mark() { now = nullptr; }
  presence_mark(const presence_mark&) = delete;
  presence_mark& operator=(const presence_mark&) = delete;
  pending_join*& now;
};

} // namespace

// -- coming in ----------------------------------------------------------------

/// The answer's slot is where `on_join` began: what the hook says comes after it. A hook that answers later gives the
/// slot up, so that nobody waits for it; what it pushed comes after the answer.
void joins::begin(const asker& who, join& what) {
  const auto j = std::make_shared<pending_join>();
  j->who = who;
  j->what = std::move(what);
  j->was_away = j->what.who.away;
  j->where = stream_.now();
  const auto said_before = who.via->queue().end();
  j->slot = who.via->reserve();
  open_.emplace(who.from, j);
  ask_object(j);
  if (!j->admitted)
    j->early = who.via->queue().retract(said_before, who.from);
  if (!j->decided)
    put_off(j);
}

void joins::ask_object(const pending_ptr& j) {
  answers_.ask(
      j->who.from, {"join", parts_.settings.channels.join_timeout},
      [&](troupe::channel& object) {
        const link_table::entrance reads{links_, *j->who.via};
        const presence_mark enters{entering_, *j};
        object.begin_state(j->who.from);
        auto verdict = object.on_join(j->what.who, j->what.params);
        j->about = about(verdict);
        return j->sent_away ? outcome{*j->sent_away} : std::move(verdict);
      },
      [&](answers::result verdict) { decide(j, std::move(verdict)); },
      [&] { return [this, j](answers::result verdict) { decide(j, std::move(verdict)); }; });
}

/// Within the object's code: what is too long is a failure of that.
payload joins::about(const outcome& verdict) const {
  const auto most = parts_.settings.limits.presence_bytes;
  if (verdict.presence().size() > most)
    throw std::length_error("what is told of a member has at most " + std::to_string(most) + " bytes (limits.presence_bytes)");
  return verdict.presence();
}

void joins::put_off(const pending_ptr& j) {
  j->slot->settle();
  j->slot = nullptr;
}

void joins::decide(const pending_ptr& j, answers::result verdict) {
  j->decided = true;
  open_.erase(j->who.from);
  if (auto* why = std::get_if<failure>(&verdict))
    return refuse(j, std::move(*why));
  if (!j->slot) {
    j->where = stream_.now();
    j->slot = j->who.via->reserve();
  }
  admit(j, std::get<payload>(std::move(verdict)));
}

void joins::refuse(const pending_ptr& j, failure why) {
  host_.turned_away(j->who.from);
  auto item = j->who.join_refused(std::move(why), parts_.name);
  if (j->slot)
    j->slot->settle(std::move(item));
  else
    j->who.via->say(std::move(item));
}

void joins::admit(const pending_ptr& j, payload data) {
  j->admitted = true;
  j->skip = j->who.via->take_passed_over();
  j->there = host_.admit(j->who, j->what, std::move(j->about), j->what.who.away != j->was_away);
  stream_.at(j->where, [this, j, data = std::move(data)](offset_t head) { find_start(j, head, data); });
  for (auto& item : std::exchange(j->early, {}))
    j->who.via->say(std::move(item));
}

// -- where the stream starts --------------------------------------------------

/// At the head, where it was before, or where its inbox was read to.
void joins::find_start(const pending_ptr& j, offset_t head, payload data) {
  const auto& since = j->what.since;
  protocol::subscribed what{j->who.id, parts_.name, {stream_.epoch(), head}, std::nullopt, std::move(data)};
  if (!since && !j->what.kept_position)
    return place_in(j, head, std::move(what), {});
  if (since && (since->epoch != stream_.epoch() || since->offset > head)) {
    what.recovered = false;
    return place_in(j, head, std::move(what), {});
  }
  recover(j, head, std::move(what));
}

void joins::recover(const pending_ptr& j, offset_t head, protocol::subscribed what) {
  const auto& since = j->what.since;
  const auto start = since ? since->offset : std::min(partition_.kept_position(), head);
  const auto found = [this, j, head, start, what = std::move(what)](visible_page got) mutable {
    const bool to_recover = j->what.since.has_value();
    if (to_recover)
      what.recovered = !got.lost_up_to;
    if (to_recover && got.lost_up_to)
      return place_in(j, head, std::move(what), {});
    what.at.offset = start == 0 ? got.lost_up_to.value_or(0) : start;
    if (start == 0)
      got.lost_up_to.reset(); // the beginning is where history begins
    place_in(j, head, std::move(what), replay_of(std::move(got), start, parts_.name, stream_.epoch()));
  };
  pages_.read(start, head, j->who.from, parts_.settings.limits.log_entries, found);
}

void joins::place_in(const pending_ptr& j, offset_t head, protocol::subscribed what, page replay) {
  if (j->skip)
    j->slot->items.push_back({skipped{{what.at.epoch, head}}, {}, 0});
  j->slot->settle({joined{j->who.from, std::move(what), std::move(replay), j->what.again, head, std::move(j->there)},
                   j->who.from, j->who.number});
}

// -- meanwhile ----------------------------------------------------------------

bool joins::push(session_id to, outbound_item& item) {
  if (entering_ && entering_->who.from == to) {
    entering_->who.via->say(std::move(item)); // in its order; taken back if it does not come in at once
    return true;
  }
  const auto found = open_.find(to);
  if (found == open_.end())
    return false;
  found->second->early.push_back(std::move(item));
  return true;
}

void joins::turn(session_id who, bool away) {
  if (const auto found = open_.find(who); found != open_.end())
    found->second->what.who.away = away;
}

bool joins::send_away(session_id who, failure why) {
  if (!open_.contains(who))
    return false;
  if (entering_ && entering_->who.from == who)
    entering_->sent_away = why;
  answers_.end_all_of(who, why);
  return true;
}

std::vector<session_id> joins::reached_over(const channel_end& via) const {
  std::vector<session_id> list;
  for (const auto& [who, j] : open_)
    if (j->who.via.get() == &via)
      list.push_back(who);
  return list;
}

page replay_of(visible_page found, offset_t since, const std::string& channel, const std::string& epoch) {
  page replay;
  replay.items = std::move(found.items);
  replay.last = found.last;
  if (found.lost_up_to)
    replay.missed = protocol::gap{channel, {epoch, *found.lost_up_to}, *found.lost_up_to - since};
  return replay;
}

} // namespace troupe::actors
