#include "actors/sessions/poll_delivery.hpp"

#include "actors/link/effect_size.hpp"
#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/http_refusal.hpp"
#include "actors/sessions/shard.hpp"
#include "protocol/names.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

using protocol::close_code;

namespace {

constexpr std::size_t checkpoints_max = 4; // several tabs may poll with one session
constexpr auto room_pause = std::chrono::seconds{1}; // so that clients which share a cursor do not answer each other

} // namespace

poll_delivery::poll_delivery(session& owner, std::string user, std::size_t joins, bool envelopes)
    : session_(&owner), user_(std::move(user)), envelopes_(envelopes), joins_(joins) {}

// -- polls come ---------------------------------------------------------------

void poll_delivery::poll(transports::exchange_ptr by, std::optional<poll_cursor> cursor) {
  auto& home = session_->home();
  const bool has_cursor = cursor.has_value();
  const auto& limits = home.settings().limits;
  const bool too_many = waiting_.size() >= (is_inbox() ? limits.polls_per_user : limits.polls_per_session);
  if (too_many)
    home.announce(events::limit_passed{is_inbox() ? "limits.polls_per_user" : "limits.polls_per_session",
                                       to_string(session_->id()), session_->peer()});
  if (too_many && !make_room())
    return by->respond(http_refusal({error_code::limit, "too many polls of this session wait", room_pause}));
  const bool is_of_before = continues_ && has_cursor && cursor->count <= start_.count; // what it counts was other
  if (has_cursor) // numbers in channels are of the session: one of before says nothing of what has a number since
    acknowledge(cursor->positions, cursor->count);
  if (has_cursor && !is_of_before) {
    heard(cursor->said, cursor->count);
    arrived_ = std::max(arrived_, cursor->count);
    remember({cursor->count, cursor->positions, cursor->said}, cursor->count);
  }
  const bool is_first = (joins_ > 0 || (!has_cursor && answered_.empty() && session_->subscriptions().empty())) && (has_cursor || !is_inbox());
  if (has_cursor)
    wait_for_answer(std::move(by), std::move(cursor->positions), cursor->count, true, is_first);
  else
    wait_for_answer(std::move(by), kept_, kept_count_, false, is_first);
}

/// Where its client stands is where the session was taken back to.
void poll_delivery::come_back(transports::exchange_ptr by, std::uint64_t received) {
  continues_ = true;
  start_.count = arrived_ = received;
  comes_back_ = false;
  for (const auto& s : session_->subscriptions())
    if (s->now() != subscription::phase::joining && s->now() != subscription::phase::ended) {
      s->forget_skipping();
      start_.positions.push_back({s->channel().name(), s->at(), s->place().entry});
    }
  wait_for_answer(std::move(by), start_.positions, start_.count, true, true);
}

void poll_delivery::wait_for_answer(transports::exchange_ptr by, std::vector<poll_position> positions,
                                    std::uint64_t count, bool has_cursor, bool at_once) {
  auto& home = session_->home();
  session_->back();
  waiting_.push_back({std::move(by), std::move(positions), has_cursor, at_once, count, nullptr});
  const auto w = std::prev(waiting_.end());
  ++home.counters().polls_waiting;
  w->by->on_abandoned([this, w] { forget(w); });
  w->hold = std::make_unique<timer>([this, w] { hold_over(w); });
  home.schedule(*w->hold, home.settings().session.poll_hold);
  if (joins_ == 0) {
    place_new(w->positions);
    if (!answers_wait())
      answer_all();
  }
}

/// Answers the oldest that waits: its client may have gone without a sign.
bool poll_delivery::make_room() {
  const auto now = session_->home().clock().steady();
  if (answers_wait() || (made_room_ && now < *made_room_ + room_pause))
    return false;
  made_room_ = now;
  waiting_.front().at_once = true;
  answer_all();
  return true;
}

std::size_t poll_delivery::channels_max() const { return session_->home().settings().limits.sse_channels; }

void poll_delivery::hold_over(waiters::iterator w) {
  if (answers_wait())
    return respond(compose(w)); // the others get theirs later
  w->at_once = true;
  answer_all();
}

void poll_delivery::forget(waiters::iterator w) {
  waiting_.erase(w);
  session_->home().counters().polls_waiting -= 1;
  if (waiting_.empty() && !session_->closed())
    session_->away();
}

// -- its client comes from elsewhere, or goes on there ------------------------

/// Called before the session's subscriptions are taken back to where its client stands: polls find that with `come_back`.
void poll_delivery::resumed(const protocol::resumed& m) {
  goes_on_ = m;
  any_joined_ = true;
  comes_back_ = true;
}

void poll_delivery::take_to(const checkpoint& where) {
  for (const auto& p : where.positions)
    if (auto* s = session_->find(p.channel); s && !p.at.epoch.empty())
      s->go_to(p.at, p.entry);
}

/// Of one count the latest: a client that repeats a poll gets the same again. `after` so many messages; one that is
/// older than what its client has was late, and may tell as many, but others: what had arrived by then is gone.
void poll_delivery::remember(checkpoint what, std::uint64_t after) {
  if (after < arrived_)
    return;
  std::erase_if(answered_, [&](const checkpoint& one) { return one.count == what.count; });
  if (answered_.size() >= checkpoints_max)
    answered_.pop_front();
  answered_.push_back(std::move(what));
}

bool poll_delivery::hand_over(std::uint64_t received) {
  const checkpoint* known = received == start_.count ? &start_ : nullptr;
  for (const auto& one : answered_)
    if (one.count == received)
      known = &one;
  alive_ = std::make_shared<char>(); // what is written from now on is nobody's
  if (!known) { // where it was told to last, for what its client says itself
    if (!answered_.empty())
      take_to(answered_.back());
    return false;
  }
  if (received < forgotten_)
    session_->said_is_lost();
  acknowledge(known->positions, received);
  heard(known->said, received);
  take_to(*known);
  for (auto& m : std::exchange(said_, {}))
    session_->noted(m);
  return true;
}

// -- joins --------------------------------------------------------------------

void poll_delivery::join_settled(const protocol::error* refusal) {
  if (joins_ == 0) // one that the client asked for later: polls that wait hear of it, too
    return settle_places();
  any_joined_ = any_joined_ || !refusal;
  if (--joins_ > 0)
    return;
  if (any_joined_)
    return settle_places();
  refuse_all(refusal->why);
}

/// Joins are answered: now it is known where each channel's stream begins.
void poll_delivery::settle_places() {
  place_new(kept_);
  for (auto& w : waiting_)
    place_new(w.positions);
  session_->home().mark(*session_);
}

void poll_delivery::place_new(std::vector<poll_position>& positions) const {
  for (const auto& s : session_->subscriptions()) {
    if (s->now() == subscription::phase::joining)
      continue;
    const auto& name = s->channel().name();
    const auto* page = s->replay_page();
    const auto& start = s->at(); // where it came in; polls do not move it
    const auto found = std::find_if(positions.begin(), positions.end(), [&](const auto& p) { return p.channel == name; });
    const bool at_head = page && page->since == start.offset && page->last && page->items.empty();
    if (found == positions.end())
      positions.push_back({name, start, at_head ? page->anchor : 0});
    else if (found->at.epoch.empty() && s->has_last_word())
      continue; // has passed that
    else if (found->at.epoch != start.epoch)
      *found = {name, start, at_head ? page->anchor : 0}; // the gap is among the private messages
  }
}

void poll_delivery::refuse_all(const failure& why) {
  for (auto& w : waiting_)
    w.by->respond(http_refusal(why));
  session_->home().counters().polls_waiting -= waiting_.size();
  waiting_.clear();
  session_->home().close_later(*session_, leave_reason::lost, close_code::none, "refused");
}

// -- beside the channels ------------------------------------------------------

/// Answers to commands went with the requests that asked; what is left is told with the next answer: also what was said
/// to its client while it was away from a WebSocket, all of it: the journal bounds that.
void poll_delivery::say(const protocol::server_message& m) {
  const bool is_news = std::holds_alternative<protocol::error>(m) || std::holds_alternative<protocol::closing>(m);
  if (!comes_back_ && is_news && said_.size() >= channels_max())
    return session_->home().announce(events::limit_passed{"limits.sse_channels", to_string(session_->id())});
  said_.push_back(m);
  session_->weight_changed();
}

std::size_t poll_delivery::held_bytes() const {
  const auto of = [](const std::vector<poll_position>& positions) {
    std::size_t bytes = 0;
    for (const auto& p : positions)
      bytes += sizeof p + p.channel.size();
    return bytes;
  };
  auto bytes = of(kept_) + of(start_.positions) + ended_.size() * sizeof(ended);
  for (const auto& one : answered_)
    bytes += of(one.positions);
  for (const auto& m : said_)
    bytes += sizeof m + size_of(m);
  return bytes;
}

void poll_delivery::end(close_code code, std::string_view reason) {
  const bool drained = code == close_code::going_away;
  if (drained && joins_ == 0)
    answer_all();
  if (waiting_.empty())
    return;
  const std::string words{reason.empty() ? "the session has ended" : reason};
  const failure why{error_code::unavailable, drained ? "the node is stopping" : words};
  session_->home().counters().polls_waiting -= waiting_.size();
  for (auto& w : std::exchange(waiting_, {}))
    w.by->respond(protocol::keeps_away(code) ? http_refusal(code, reason) : http_refusal(why));
}

} // namespace troupe::actors
