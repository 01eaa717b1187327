// Sessions end, or their connections do: at the end of the turn, whatever fails on the way.

#include "actors/sessions/shard.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace troupe::actors {

using protocol::close_code;

namespace {

constexpr std::size_t said_per_turn = 512; // sessions that end or are away, and what each says to its channels

} // namespace

void shard::close_later(session& s, leave_reason why, close_code code, std::string reason) {
  to_close_.push_back({ending::session, s.id(), s.came_, why, code, std::move(reason)});
}

void shard::close_unless_back(session& s, close_code code, std::string reason) {
  to_close_.push_back({ending::session_behind, s.id(), s.came_, leave_reason::lost, code, std::move(reason)});
}

void shard::end_connection_later(session& s, close_code code, std::string reason) {
  to_close_.push_back({ending::connection, s.id(), s.came_, leave_reason::lost, code, std::move(reason)});
}

void shard::close_if_away(session& s, std::string reason) {
  to_close_absent_.push_back({ending::absent_session, s.id(), s.detached_times_, leave_reason::lost, close_code::none, std::move(reason)});
}

/// A crowd that is lost, or over, is so in many turns: others are served between. Those whose clients are there go first.
/// True: more is left.
bool shard::end_some() {
  std::size_t said = 0;
  close_waiting(to_close_, said);
  tell_away(said);
  close_waiting(to_close_absent_, said);
  return !to_close_.empty() || !away_.empty() || !to_close_absent_.empty();
}

/// What is to be closed meanwhile is so in the next turn.
void shard::close_waiting(fifo<closing>& all, std::size_t& said) {
  for (auto n = all.size(); n > 0 && said < said_per_turn; --n) {
    const auto c = std::move(all.front());
    all.pop_front();
    auto* s = find_session(c.id);
    if (!s)
      continue;
    said += 1 + s->subscriptions().size();
    guard(*s, [&] { carry_out(c, *s); });
  }
}

void shard::tell_away_later(session& s) {
  away_.push_back(s.id());
  announce(events::session_away{s.id()});
}

/// Who is back by now was not away, as far as its channels know.
void shard::tell_away(std::size_t& said) {
  while (!away_.empty() && said < said_per_turn) {
    auto* s = find_session(away_.front());
    away_.pop_front();
    if (!s || !s->is_away_)
      continue;
    said += 1 + s->subscriptions().size();
    guard(*s, [s] { s->say_whereabouts(false); });
  }
}

/// What was found of a connection, or of an absence, is no verdict on the connection after it.
void shard::carry_out(const closing& what, session& s) {
  const bool of_absence = what.what == ending::absent_session;
  if (what.what != ending::session && what.came != (of_absence ? s.detached_times_ : s.came_))
    return;
  if (what.what == ending::connection && !s.is_away_)
    s.end_connection(what.code, what.reason);
  else if (what.what != ending::connection && (!of_absence || s.is_detached_))
    s.close(what.why, what.code, what.reason);
}

void shard::was_slow(const session& s, std::string_view reason) {
  ++counters().overflows;
  announce(events::client_slow{s.id(), s.transport(), std::string{reason}, s.peer()});
}

void shard::on_session_closed(session& s, leave_reason why, close_code code, std::string_view reason) {
  attached(s);
  if (s.marked_at_ != session::nowhere)
    marked_[s.marked_at_] = nullptr;
  by_age_.erase(s.id());
  ended_.push_back(std::move(sessions_.extract(s.id()).mapped()));
  forget_inbox(s);
  if (s.journal_) // else nobody could come back to it
    graves_.add(s.id(), s.secret_, {why, std::string{reason.empty() ? to_string(why) : reason}},
                clock_.steady() + std::max(settings_.session.resume_window, settings_.session.poll_lease),
                std::max<std::size_t>(settings_.limits.sessions_detached / state_.shards, 1));
  ++counters().sessions_closed;
  if (code == close_code::overflow)
    was_slow(s, reason);
  s.count_as(std::nullopt);
  announce(events::session_closed{s.id(), s.transport(), code, std::string{reason}, s.peer()});
}

void shard::end_all(close_code code, std::string_view reason) {
  open_return_slots();
  refuse_unknown("this part of the node is being started anew: try again");
  while (!sessions_.empty()) {
    auto& s = *sessions_.begin()->second;
    send_away(s, reason);
    guard(s, [&] { s.close(leave_reason::lost, code, reason); });
  }
  buried_.clear();
  if (guests_)
    guests_->close_all(code, reason);
  flush_commands();
}

void shard::guard(session& s, const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception& e) {
    ++counters().crashes;
    announce(events::actor_failed{"session " + to_string(s.id()), e.what()});
    close_later(s, leave_reason::lost, close_code::internal, "internal error");
  }
}

} // namespace troupe::actors
