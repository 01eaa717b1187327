#include "testing/channel/listener.hpp"

#include "testing/channel/heard_of.hpp"

#include <utility>

namespace troupe::testing {

// -- order --------------------------------------------------------------------

void listener::in_order(std::function<void()> what) {
  if (replaying_)
    behind_replay_.push_back(std::move(what));
  else
    what();
}

void listener::deliver(std::function<void()> what) {
  if (away_since_)
    behind_loss_.push_back(std::move(what));
  else
    what();
}

void listener::come_back() {
  away_since_.reset();
  for (auto& what : std::exchange(behind_loss_, {}))
    what();
}

void listener::forget() {
  away_since_.reset();
  behind_loss_.clear();
  behind_replay_.clear();
  replaying_ = false;
  phase_ = phase::out;
}

// -- publications -------------------------------------------------------------

void listener::hear(const publication& what) {
  if (what.offset != 0 && what.offset <= at_.offset)
    return; // of its replay
  if (what.offset != 0)
    at_.offset = what.offset;
  if (what.is_for(id_))
    deliver([this, one = heard_of(what)] { hear(one); });
}

void listener::take(const actors::published& what) {
  if (phase_ == phase::in)
    in_order([this, what = what.what] { hear(*what); });
}

void listener::take(const actors::epoch_changed& what) {
  if (phase_ != phase::in)
    return;
  in_order([this, at = what.at] {
    at_ = at;
    deliver([this] { hear(heard_of(protocol::gap{{}, {}, std::nullopt})); });
  });
}

// -- what is said to it alone -------------------------------------------------

void listener::tell(const protocol::server_message& what) {
  deliver([this, what] {
    hear(heard_of(what));
    if (const auto* r = std::get_if<protocol::reply>(&what))
      host_.settle(r->id, r->data);
    else if (const auto* e = std::get_if<protocol::error>(&what))
      host_.settle(e->id, e->why);
    else if (const auto* s = std::get_if<protocol::subscribed>(&what))
      host_.settle(s->id, s->data);
    else if (const auto* u = std::get_if<protocol::unsubscribed>(&what))
      host_.settle(u->id, payload{});
  });
}

void listener::take(actors::said& what) {
  in_order([this, message = std::move(what.what)] { tell(message); });
}

void listener::take(actors::presence_changed& what) {
  if (phase_ == phase::in && who_.presence)
    in_order([this, message = protocol::server_message{std::move(what.what)}] { tell(message); });
}

// -- coming in ----------------------------------------------------------------

actors::join listener::join_with(payload params, std::optional<position> since) {
  if (phase_ == phase::out)
    phase_ = phase::joining;
  params_ = params;
  actors::join how;
  how.who = {id_, who_.user, who_.transport, away_since_.has_value(), who_.data};
  how.params = std::move(params);
  how.since = std::move(since);
  how.presence = who_.presence;
  return how;
}

actors::join listener::join_again() const {
  actors::join how;
  how.who = {id_, who_.user, who_.transport, away_since_.has_value(), who_.data};
  how.params = params_;
  how.presence = who_.presence;
  how.again = phase_ == phase::in;
  if (how.again)
    how.since = at_;
  return how;
}

void listener::take(actors::joined& what) {
  phase_ = phase::in;
  if (!what.again) {
    at_ = what.what.at;
    tell(what.what);
  } else if (what.what.recovered == false) {
    at_ = what.what.at;
    tell(protocol::gap{{}, at_, std::nullopt});
  }
  if (what.there)
    tell(*what.there);
  replay(what.replay);
}

void listener::replay(actors::page& pages) {
  replaying_ = false;
  if (pages.missed)
    tell(*pages.missed);
  for (const auto& p : pages.items)
    hear(*p);
  replaying_ = !pages.last;
  if (replaying_)
    return host_.read_on(id_, at_.offset);
  for (auto& what : std::exchange(behind_replay_, {}))
    what();
}

void listener::take(actors::read_page& what) {
  if (replaying_)
    replay(what.replay);
}

void listener::take(actors::join_refused& what) {
  if (std::exchange(phase_, phase::out) == phase::in) // the actor was started anew, and does not take it
    return tell(protocol::unsubscribed{{}, {}, what.what.why.message});
  tell(what.what);
}

void listener::take(actors::left& what) {
  in_order([this, last = std::move(what.what)] { tell(last); });
  phase_ = phase::out;
}

// -- knowing ------------------------------------------------------------------

std::string listener::news() {
  std::string text;
  for (; read_ < heard_.size(); ++read_)
    text += (text.empty() ? "" : "\n") + to_string(heard_[read_]);
  return text;
}

std::optional<std::uint64_t> listener::next_ask() {
  while (asks_looked_at_ < heard_.size())
    if (const auto& one = heard_[asks_looked_at_++]; one.type == "ask")
      return one.ask;
  return std::nullopt;
}

} // namespace troupe::testing
