// Who comes and goes, and over which links: channel_runtime's side of joins, leaves and presence.

#include "actors/channels/channel_runtime.hpp"

namespace troupe::actors {

// -- coming -------------------------------------------------------------------

void channel_runtime::handle(const asker& who, join& j) {
  if (members_.find(who.from) || joins_.contains(who.from))
    return refuse(who, {error_code::already_subscribed, "already subscribed to " + parts_.name});
  joins_.begin(who, j);
}

std::optional<protocol::presence_change> channel_runtime::admit(const asker& who, join& what, payload about, bool turned) {
  what.presence = what.presence && rules().presence;
  presence_.came(members_.add({what.who, who.via, what.presence, std::move(about)}));
  if (!what.who.user.empty() && members_.sessions_of(what.who.user) == 1)
    turns_.defer([this, user = what.who] { hear_first_join(user); });
  if (turned)
    turns_.defer([this, now = what.who] { hear_turn(now); });
  leaves_.announce(parts_.events, parts_.name); // before whoever left comes in again
  parts_.events.announce(events::member_joined{parts_.name, who.from});
  if (what.presence && what.again) // as all of its link do: they are told together
    presence_.tell_anew();
  return what.presence && !what.again ? std::optional{presence_.everybody()} : std::nullopt;
}

/// Soon: a promise may be broken within the object's own code, which may still look at what it keeps about `who`.
void channel_runtime::turned_away(session_id who) {
  groups_.forget(who);
  turns_.defer([this, who] {
    if (object_.alive() && !members_.find(who) && !joins_.contains(who))
      object_.object().end_state(who);
  });
}

/// Where its client is; said again, it changes nothing.
void channel_runtime::handle(const asker& who, const whereabouts& w) {
  joins_.turn(who.from, !w.there);
  if (auto* there = members_.find(who.from); there && there->who.away == w.there) {
    there->who.away = !w.there;
    presence_.turned(there->who);
    turns_.defer([this, now = there->who] { hear_turn(now); });
  }
  say(who, who.done());
}

// -- going --------------------------------------------------------------------

void channel_runtime::handle(const asker& who, leave& l) {
  if (joins_.contains(who.from))
    answers_.end_all_of(who.from, {error_code::refused, "left before the answer"});
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
    return say(who, who.done());
  say(who, who.said(last_word(std::string{to_string(l.why)}, who.id)));
}

void channel_runtime::remove_member(session_id who, leave_reason why, std::optional<protocol::unsubscribed> last,
                                    command_number done) {
  const auto gone = members_.remove(who);
  if (!gone)
    return;
  groups_.forget(who);
  answers_.end_all_of(who, {error_code::not_joined, "left before the answer"});
  run_questions(asks_.gone(who));
  if (last)
    gone->via->say({left{who, *std::move(last), why}, who, done});
  else if (done != 0)
    gone->via->say({std::nullopt, who, done});
  presence_.went(gone->who);
  const auto& user = gone->who.user;
  leaves_.add(gone->who, why, !user.empty() && members_.sessions_of(user) == 0);
  turns_.defer([this] { hear_next_leave(); });
}

void channel_runtime::remove_all(leave_reason why, const std::string& reason) {
  for (const auto who : members_.sessions())
    remove_member(who, why, last_word(reason));
}

/// Those whose private messages a link without credit could not hold.
bool channel_runtime::remove_overflowed() {
  bool any = false;
  for (const auto& [end, l] : links_.all())
    for (const auto who : l->take_overflowed()) {
      any = true;
      parts_.events.announce(events::limit_passed{"limits.link_bytes", to_string(who)});
      remove_member(who, leave_reason::lost, last_word("overflow"));
    }
  return any;
}

void channel_runtime::hear_first_join(const member& who) {
  if (object_.alive())
    run_object("first join", [&](troupe::channel& object) { object.on_first_join(who); });
}

/// Not behind its leave.
void channel_runtime::hear_turn(const member& who) {
  if (!object_.alive() || !members_.find(who.id))
    return;
  if (who.away)
    run_object("away", [&](troupe::channel& object) { object.on_away(who); });
  else
    run_object("back", [&](troupe::channel& object) { object.on_back(who); });
}

void channel_runtime::hear_next_leave() {
  const auto [who, why, last] = leaves_.next();
  const bool heard = object_.alive();
  if (heard)
    run_object("leave", [&](troupe::channel& object) {
      object.begin_state(who.id);
      object.on_leave(who, why);
    });
  leaves_.told(heard);
  if (last && object_.alive())
    run_object("last leave", [&](troupe::channel& object) {
      object.begin_state(who.id); // of an object that took over since
      object.on_last_leave(who, why);
    });
  if (object_.alive())
    object_.object().end_state(who.id);
}

void channel_runtime::abandon() {
  leaves_.abandon();
  for (const auto who : members_.sessions())
    leaves_.unheard(who, leave_reason::channel_failed);
  leaves_.announce(parts_.events, parts_.name);
}

protocol::unsubscribed channel_runtime::last_word(std::string reason, protocol::request_id id) const {
  return {std::move(id), parts_.name, std::move(reason)};
}

// -- knowing ------------------------------------------------------------------

/// It may tell others.
std::vector<member> channel_runtime::members() {
  presence_.listed();
  return members_.members();
}

const member* channel_runtime::find_member(session_id id) const {
  const auto* there = members_.find(id);
  return there ? &there->who : nullptr;
}

// -- links --------------------------------------------------------------------

void channel_runtime::drop_link(channel_end& gone) {
  gone.close();
  for (const auto who : joins_.reached_over(gone))
    answers_.end_all_of(who, {error_code::unavailable, "the shard is gone"});
  for (const auto who : members_.reached_over(gone))
    remove_member(who, leave_reason::lost, std::nullopt);
}

} // namespace troupe::actors
