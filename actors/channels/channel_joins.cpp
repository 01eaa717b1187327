#include "actors/channels/channel_joins.hpp"

namespace troupe::actors {

// -- coming in ----------------------------------------------------------------

/// The answer's place is where `on_join` began: what the hook says comes after it. A hook that answers later gives the
/// place up, so that nobody waits for it.
void channel_runtime::handle(const asker& who, join& j) {
  if (members_.find(who.from) || joining_.contains(who.from))
    return refuse(who, {error_code::already_subscribed, "already subscribed to " + parts_.name});
  const auto a = std::make_shared<pending_join>();
  a->who = who;
  a->what = std::move(j);
  a->where = appends_.now();
  const auto begin = who.via->queue().end();
  a->slot = who.via->reserve();
  joining_.emplace(who.from, a);
  entering_ = a;
  answer(who,
         {"join", parts_.settings.channels.join_timeout,
          [&a](troupe::channel& object) { return object.on_join(a->what.who, a->what.params); }},
         [this, a](call_table::result verdict) { decide(a, std::move(verdict)); });
  entering_ = nullptr;
  const bool is_in = members_.find(who.from);
  if (!is_in)
    a->early = who.via->queue().retract(begin, who.from);
  if (!a->decided)
    put_off(a);
}

void channel_runtime::put_off(const pending_join_ptr& a) {
  a->slot->settle();
  a->slot = nullptr;
}

void channel_runtime::decide(const pending_join_ptr& a, call_table::result verdict) {
  a->decided = true;
  joining_.erase(a->who.from);
  if (auto* why = std::get_if<failure>(&verdict))
    return refuse_join(a, std::move(*why));
  if (!a->slot) {
    a->where = appends_.now();
    a->slot = a->who.via->reserve();
  }
  admit(a, std::get<payload>(std::move(verdict)));
}

void channel_runtime::refuse_join(const pending_join_ptr& a, failure why) {
  auto item = join_refused_item(a->who, std::move(why));
  if (a->slot)
    a->slot->settle(std::move(item));
  else
    a->who.via->say(std::move(item));
}

outbound_item channel_runtime::join_refused_item(const asker& who, failure why) const {
  return {join_refused{who.from, {who.id, std::move(why), parts_.name}}, who.from, who.number};
}

void channel_runtime::admit(const pending_join_ptr& a, payload data) {
  const auto& via = a->who.via;
  a->what.presence = a->what.presence && parts_.name_space.presence;
  a->skip = via->take_passed_over();
  members_.add({a->what.who, via, a->what.presence});
  presence_.came(a->what.who);
  announce_leaves(); // before whoever left comes in again
  parts_.events.announce(events::member_joined{parts_.name, a->who.from});
  appends_.at(a->where, [this, a, data = std::move(data)](offset_t head) { find_start(a, head, data); });
  for (auto& item : std::exchange(a->early, {}))
    via->say(std::move(item));
}

/// Where the newcomer's stream starts: at the head, where it was before, or where its inbox was read to.
void channel_runtime::find_start(const pending_join_ptr& a, offset_t head, payload data) {
  const auto& since = a->what.since;
  protocol::subscribed what{a->who.id, parts_.name, {epoch_, head}, std::nullopt, std::move(data)};
  if (!since && !a->what.kept_position)
    return place_in(a, head, std::move(what), {});
  if (since && (since->epoch != epoch_ || since->offset > head)) {
    what.recovered = false;
    return place_in(a, head, std::move(what), {});
  }
  const auto start = since ? since->offset : std::min(partition_->kept_position(), head);
  const bool to_recover = since.has_value();
  const auto found = [this, a, head, start, to_recover, what = std::move(what)](visible_page got) mutable {
    if (to_recover)
      what.recovered = !got.lost_up_to;
    if (to_recover && got.lost_up_to)
      return place_in(a, head, std::move(what), {});
    what.at.offset = start == 0 ? got.lost_up_to.value_or(0) : start;
    if (start == 0)
      got.lost_up_to.reset(); // the beginning is where history begins
    place_in(a, head, std::move(what), replay_of(std::move(got), start));
  };
  read_visible(start, head, a->who.from, limits_.log_entries, found);
}

void channel_runtime::place_in(const pending_join_ptr& a, offset_t head, protocol::subscribed what, page replay) {
  if (a->skip)
    a->slot->items.push_back({skipped{{what.at.epoch, head}}, {}, 0});
  a->slot->settle({joined{a->who.from, std::move(what), std::move(replay), a->what.presence, a->what.again, head},
                    a->who.from, a->who.number});
}

// -- going --------------------------------------------------------------------

void channel_runtime::handle(const asker& who, leave& l) {
  if (joining_.contains(who.from))
    calls_->settle_all(who.from, failure{error_code::refused, "left before the answer"});
  if (!members_.find(who.from))
    return say_goodbye(who, l);
  std::optional<protocol::unsubscribed> last;
  if (l.why == leave_reason::left || l.why == leave_reason::kicked)
    last = last_word(std::string{to_string(l.why)}, who.id);
  remove_member(who.from, l.why, std::move(last), who.number);
}

/// To one that is no member any more: an answer, and no `left`, which would end what it may have begun since.
void channel_runtime::say_goodbye(const asker& who, const leave& l) {
  if (l.why != leave_reason::left || !protocol::has_id(who.id))
    return done(who);
  who.via->say({said{who.from, last_word(std::string{to_string(l.why)}, who.id), who.number}, who.from, who.number});
}

void channel_runtime::remove_member(session_id who, leave_reason why, std::optional<protocol::unsubscribed> last,
                               command_number done) {
  const auto gone = members_.remove(who);
  if (!gone)
    return;
  calls_->settle_all(who, failure{error_code::not_joined, "left before the answer"});
  run_questions(asks_.gone(who));
  if (last)
    gone->via->say({left{who, *std::move(last), why}, who, done});
  else if (done != 0)
    gone->via->say({std::nullopt, who, done});
  presence_.went(gone->who);
  hear_leave(gone->who, why);
}

void channel_runtime::hear_leave(const member& who, leave_reason why) {
  leaves_.push_back({who, why});
  defer([this] { hear_next_leave(); });
}

void channel_runtime::hear_next_leave() {
  const auto [who, why] = leaves_.front(); // leaves the queue once it was told: an actor that dies here tells telemetry
  const bool heard = object_.alive();
  if (heard)
    run_object("leave", [&](troupe::channel& object) { object.on_leave(who, why); });
  leaves_.pop_front();
  note_leave(who.id, why, heard);
}

/// Those of one turn go together: however many leave at once, it is a handful of events.
void channel_runtime::note_leave(session_id who, leave_reason why, bool heard) {
  if (left_.empty() || left_.back().why != why || left_.back().heard != heard)
    left_.push_back({why, heard, {}});
  left_.back().sessions.push_back(who);
}

void channel_runtime::announce_leaves() {
  for (auto& [why, heard, sessions] : std::exchange(left_, {})) {
    if (sessions.size() == 1)
      parts_.events.announce(events::member_left{parts_.name, sessions.front(), why, heard});
    else
      parts_.events.announce(events::members_left{parts_.name, std::move(sessions), why, heard});
  }
}

void channel_runtime::abandon() {
  while (!leaves_.empty()) {
    note_leave(leaves_.front().first.id, leaves_.front().second, false);
    leaves_.pop_front();
  }
  for (const auto who : members_.sessions())
    note_leave(who, leave_reason::channel_failed, false);
  announce_leaves();
}

protocol::unsubscribed channel_runtime::last_word(std::string reason, protocol::request_id id) const {
  return {std::move(id), parts_.name, std::move(reason)};
}

/// Those whose private messages a link without credit could not hold.
bool channel_runtime::remove_overflowed() {
  bool any = false;
  for (const auto& [shard, l] : links_)
    for (const auto who : l->take_overflowed()) {
      any = true;
      parts_.events.announce(events::limit_passed{"limits.link_bytes", to_string(who)});
      remove_member(who, leave_reason::lost, last_word("overflow"));
    }
  return any;
}

// -- links --------------------------------------------------------------------

/// A shard that names its link anew has forgotten the old one: nobody is reached over it any more.
channel_end_ptr channel_runtime::link_of(const command_batch& batch) {
  const auto found = links_.find(batch.from.end);
  const auto held = found == links_.end() ? nullptr : found->second;
  if (held && held->id() == batch.from)
    return held;
  if (held && held->id().same_end(batch.from) && batch.from.slot < held->id().slot)
    return nullptr;
  auto outlet = host_.outlet();
  if (batch.first != 1) {
    outlet->send(broken_link(batch.from));
    return nullptr;
  }
  const auto made = std::make_shared<channel_end>(batch.from, std::move(outlet),
                                           channel_end::limits{limits_.link_batches, limits_.link_bytes});
  links_[batch.from.end] = made;
  if (held)
    drop_link(held);
  return made;
}

void channel_runtime::drop_link(const channel_end_ptr& gone) {
  gone->close();
  std::vector<session_id> waiting;
  for (const auto& [who, a] : joining_)
    if (a->who.via == gone)
      waiting.push_back(who);
  for (const auto who : waiting)
    calls_->settle_all(who, failure{error_code::unavailable, "the shard is gone"});
  for (const auto who : members_.reached_over(*gone))
    remove_member(who, leave_reason::lost, std::nullopt);
}

} // namespace troupe::actors
