// A session's connections: one is lost, another takes its place.

#include "actors/sessions/session.hpp"

#include "actors/link/effect_size.hpp"
#include "actors/sessions/absence.hpp"
#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/session_token.hpp"
#include "actors/sessions/shard.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

using protocol::close_code;

namespace {

/// Polls come and go: not each that is answered is a client that went away.
constexpr auto between_polls = std::chrono::seconds{5};

/// Whether who lost its connection like that may not even know it.
bool may_come_back(leave_reason why, close_code code) {
  return why == leave_reason::lost &&
         (code == close_code::none || code == close_code::heartbeat_lost || code == close_code::overflow ||
          code == close_code::too_fast);
}

} // namespace

void session::deliver_by(std::unique_ptr<delivery> how, bool resumable) {
  delivery_ = std::move(how);
  const auto& set = shard_.settings();
  if (resumable && set.session.resume_window.count() > 0)
    journal_ = std::make_unique<journal>(journal::bounds{static_cast<std::uint32_t>(set.limits.journal_stretches),
                                                         static_cast<std::uint32_t>(set.limits.journal_bytes)});
}

std::unique_ptr<delivery> session::give_up_delivery() {
  journal_.reset();
  return std::exchange(delivery_, std::make_unique<absence>(*this));
}

// -- away and back ------------------------------------------------------------

void session::lost_connection(leave_reason why, close_code code, std::string_view reason) {
  if (closed_)
    return;
  if (!journal_ || !may_come_back(why, code) || shard_.draining())
    return close(why, code, reason);
  shard_.bury(std::exchange(delivery_, std::make_unique<absence>(*this))); // it may be the one that calls
  count_as(std::nullopt);
  away();
}

void session::end_connection(close_code code, std::string_view reason) {
  if (closed_)
    return;
  if (!journal_ || transport_ == transport_kind::poll)
    return close(leave_reason::lost, code, reason);
  if (code == close_code::overflow)
    shard_.was_slow(*this, reason);
  delivery_->end(code, reason);
  lost_connection(leave_reason::lost, code, reason);
}

/// It counts among those without a connection at once, also between two polls: whoever polls and comes no more opens
/// sessions without bound else. The client of one that polls is away when the pause is over in which the next poll was to
/// come.
void session::away() {
  const bool polls = transport_ == transport_kind::poll;
  if (!polls)
    be_away();
  shard_.detached(*this);
  if (!window_)
    window_ = std::make_unique<timer>([this] { window_over(); });
  shard_.schedule(*window_, polls ? std::min<std::chrono::milliseconds>(window(), between_polls) : window());
}

void session::be_away() {
  is_away_ = true;
  for (const auto& s : subscriptions_)
    s->rest();
  shard_.tell_away_later(*this);
}

std::chrono::milliseconds session::window() const {
  const auto& set = shard_.settings().session;
  return transport_ == transport_kind::poll ? set.poll_lease : set.resume_window;
}

/// Of one that polls first the pause is over in which the next poll was to come, then the window.
void session::window_over() {
  if (!is_away_) {
    be_away();
    weight_changed();
    if (window() > between_polls)
      return shard_.schedule(*window_, window() - between_polls);
  }
  const auto why = transport_ == transport_kind::poll ? "the poll's lease is over" : "its client did not come back";
  shard_.close_if_away(*this, why);
}

void session::back() {
  window_.reset();
  if (std::exchange(is_away_, false))
    shard_.announce(events::session_back{id_, transport_});
  shard_.attached(*this);
  say_whereabouts(true); // before anything that its client says now
}

void session::count_as(std::optional<transport_kind> now) noexcept {
  if (counted_as_)
    shard_.counters().sessions[*counted_as_] -= 1;
  counted_as_ = now;
  if (counted_as_)
    ++shard_.counters().sessions[*counted_as_];
}

// -- what is kept meanwhile ---------------------------------------------------

/// What waits to be put off is under way.
std::size_t session::held_bytes() const {
  auto bytes = sizeof(session) + waiting_bytes() + params_bytes_ + subscriptions_.size() * sizeof(subscription) +
               delivery_->held_bytes();
  if (journal_)
    bytes += sizeof(journal) + journal_->held_bytes();
  if (identity_)
    bytes += size_of(*identity_);
  if (asks_)
    bytes += asks_->bytes();
  if (haste_)
    bytes += haste_->bytes();
  if (identifying_ && identifying_->next)
    bytes += identifying_->next->second.token.size();
  for (const auto& s : subscriptions_)
    bytes += under_way_ > 0 ? s->put_off_bytes() : 0;
  return bytes;
}

void session::weight_changed() {
  if (is_detached_)
    shard_.mark(*this);
}

// -- what has arrived ---------------------------------------------------------

void session::noted(const protocol::server_message& m) {
  if (!journal_ || std::holds_alternative<protocol::welcome>(m) || std::holds_alternative<protocol::resumed>(m))
    return;
  if (std::holds_alternative<protocol::closing>(m))
    return journal_->counted();
  private_item what;
  what.bytes = sizeof(private_item) + size_of(m);
  what.what = m;
  journal_->said(0, std::move(what));
}

void session::arrived(std::uint64_t messages) {
  if (journal_)
    journal_->acknowledge(messages);
}

void session::polled_up_to(std::uint64_t count) {
  if (journal_ && journal_->count() < count)
    journal_->begin_at(count);
}

void session::said_is_lost() {
  if (journal_)
    journal_->note_loss();
}

// -- coming back --------------------------------------------------------------

bool session::is_fresh() const noexcept {
  return subscriptions_.empty() && under_way_ == 0 && heard_ == 0 && !was_resumed_;
}

void session::handle_resume(const protocol::request_id& id, const protocol::resume& what) {
  if (transport_ != transport_kind::websocket || !is_fresh())
    return refuse(id, error_code::bad_message, "resume is the first message of a WebSocket");
  const arrival arrived{id_.counter(), what.attempt};
  auto found = shard_.find_resumable(what.token, what.received, identity_, arrived);
  if (!found)
    return refuse(id, found.error().code, std::move(found.error().message));
  auto& old = **found;
  if (&old == this)
    return refuse(id, error_code::bad_message, "this is that session");
  old.set_plain(plain_);
  old.set_privileged(privileged_);
  old.seen_from(peer_, agent_);
  auto by = give_up_delivery();
  shard_.close_later(*this, leave_reason::left, close_code::none, "resumed as " + to_string(old.id()));
  shard_.guard(old, [&] { old.resume(std::move(by), {id, what.received, what.positions, identity_, arrived}); });
  if (!by)
    return;
  shard_.guard(*this, [&] { by->end(close_code::internal, "internal error"); });
  shard_.bury(std::move(by)); // it is the one that calls
}

/// One that its client made before the one that has the session.
bool session::is_late(const arrival& by) const noexcept {
  return by.attempt != 0 && attempt_ != 0 ? by.attempt < attempt_ : by.came < came_;
}

bool session::was_sent(std::uint64_t messages) const noexcept {
  return journal_ && messages <= journal_->count() && messages >= journal_->acknowledged();
}

void session::resume(std::unique_ptr<delivery>&& by, const resume_point& from) {
  if (transport_ == transport_kind::poll) // what its answers told is handed over
    journal_->begin_at(from.received);
  const bool known = delivery_->hand_over(from.received);
  was_resumed_ = true;
  if (haste_)
    haste_->sent_away = false;
  came_ = from.by.came;
  attempt_ = std::max(attempt_, from.by.attempt);
  shard_.forget_inbox(*this); // it may be one no more
  if (!is_away_)
    shard_.announce(events::session_back{id_, by->transport(), true});
  auto before = std::exchange(delivery_, std::move(by));
  before->end(close_code::replaced, protocol::default_reason(close_code::replaced));
  shard_.bury(std::move(before));
  delivery_->serve(*this);
  transport_ = delivery_->transport();
  count_as(transport_);
  auto to = journal_->go_back(from.received).value_or(journal::resumption{});
  to.stretches_known = to.stretches_known && known;
  to.said_known = to.said_known && known;
  ++shard_.counters().sessions_resumed;
  if (!to.said_known) {
    ++shard_.counters().private_lost;
    journal_->note_loss();
  }
  delivery_->resumed({from.id, id_, token(), {to.said_known, heard_}});
  back();
  if (from.as)
    identity_ = from.as;
  go_back(from, to);
}

/// What was said beside the channels, or by one that it is out of, comes first: nothing of those follows.
void session::go_back(const resume_point& from, journal::resumption& to) {
  const auto stretch_of = [&](std::uint32_t number) {
    const auto found = std::find_if(to.stretches.begin(), to.stretches.end(), [&](const auto& s) { return s.of == number; });
    return found == to.stretches.end() ? nullptr : &*found;
  };
  const auto is_in = [&](std::uint32_t number) {
    return std::any_of(subscriptions_.begin(), subscriptions_.end(), [&](const auto& s) { return s->number() == number; });
  };
  for (const auto& k : to.said)
    if (!is_in(k.of) && (!k.what.silent || stretch_of(k.of) || !to.stretches_known))
      delivery_->say(k.what.what);
  for (const auto& s : subscriptions_) {
    std::vector<private_item> items;
    for (auto& k : to.said)
      if (k.of == s->number())
        items.push_back(std::move(k.what));
    const bool knows = std::none_of(items.begin(), items.end(), [](const auto& one) {
      return std::holds_alternative<protocol::subscribed>(one.what); // else where it says it is, it was before
    });
    s->say_again(std::move(items)); // before it may lose its place: that is told first
    const auto named = from.positions.find(s->channel().name());
    const auto* seen = named == from.positions.end() || !knows ? nullptr : &named->second;
    if (!to.stretches_known)
      s->go_back(seen);
    else if (const auto* at = stretch_of(s->number()))
      s->go_back(*at, static_cast<std::uint32_t>(to.at - std::min(to.at, at->end - at->messages)), seen);
    s->renumber(next_number_);
    s->catch_up();
    if (!to.said_known)
      s->presence_missed(); // a list of who is there may be among what is lost
    mark(*s);
  }
}

} // namespace troupe::actors
