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

// -- answering ----------------------------------------------------------------

void poll_delivery::deliver() {
  session_->rest_all();
  come_in_again();
  if (!answers_wait())
    answer_all();
}

/// Whoever asks for a channel again knows that it was out, and waits for the answer before it polls: the last word is not
/// kept until it does.
void poll_delivery::come_in_again() {
  std::vector<subscription*> over;
  for (const auto& s : session_->subscriptions())
    if (s->has_last_word() && s->has_put_off())
      over.push_back(s.get());
  for (auto* s : over)
    session_->drop(*s);
}

/// For all joins, or for the last answer: it has everything, as it closes the connection.
bool poll_delivery::answers_wait() const { return joins_ > 0 || session_->home().draining(); }

/// Answers those that have something to hear, or are to be answered at once. What one was told is acknowledged, and told
/// no more: so all answers are composed before the first is given.
void poll_delivery::answer_all() {
  std::vector<poll_answer> answers;
  for (auto w = waiting_.begin(); w != waiting_.end(); ++w) {
    auto answer = compose(w);
    if (answer.body.empty() && !w->at_once)
      w->positions = std::move(answer.positions); // past what was not for this client
    else
      answers.push_back(std::move(answer));
  }
  for (auto& answer : answers)
    respond(std::move(answer));
}

poll_delivery::poll_answer poll_delivery::compose(waiters::iterator w) {
  poll_answer answer{w, poll_body{session_->home().settings().limits.page_bytes, envelopes_}, w->positions,
                     said_before_ + said_.size(), w->count};
  tell_ends(answer.body, answer.positions);
  for (auto& at : answer.positions)
    answer.body.read(*session_->find(at.channel), at);
  for (const auto& m : said_)
    answer.body.add(m);
  answer.count += answer.body.told();
  return answer;
}

/// A cursor that outlives the session enters all that it names: not what its client has left. Another tab may have heard
/// the last word of a channel that this one still stands in.
void poll_delivery::tell_ends(poll_body& body, std::vector<poll_position>& positions) {
  std::erase_if(positions, [&](const poll_position& at) {
    if (session_->find(at.channel))
      return false;
    const auto end = std::find_if(ended_.begin(), ended_.end(), [&](const auto& e) { return e.word.channel == at.channel; });
    if (end == ended_.end() || at.at.epoch.empty())
      return true;
    const bool same = at.at.epoch == end->up_to.epoch;
    if (!same || at.at.offset < end->up_to.offset) {
      const auto missed = same ? std::optional{end->up_to.offset - at.at.offset} : std::nullopt;
      ++session_->home().counters().gaps;
      session_->home().announce(events::gap_told{at.channel, session_->id(), missed, session_->peer()});
      body.add(protocol::gap{at.channel, end->up_to.epoch.empty() ? at.at : end->up_to, missed});
    }
    body.add(end->word);
    return true;
  });
}

void poll_delivery::respond(poll_answer with) {
  const bool keeps = is_inbox() && !with.to->has_cursor;
  const poll_cursor next{session_->token(), user_, with.positions, with.count, envelopes_, with.said};
  auto response = transports::http_response::json(200, with.body.text(next, std::exchange(goes_on_, std::nullopt)));
  response.headers.emplace_back("Cache-Control", "no-store");
  sent_ += response.body.size();
  const auto by = std::move(with.to->by);
  remember({with.count, with.positions, with.said}, with.to->count);
  forget(with.to);
  session_->polled_up_to(with.count);
  session_->home().counters().messages_sent += with.body.told();
  by->respond(std::move(response), [this, keeps, alive = std::weak_ptr{alive_}, positions = std::move(with.positions),
                                    said = with.said, count = with.count](bool ok) {
    if (!ok || !keeps || alive.expired()) // else its client says by its cursor what has arrived
      return;
    kept_count_ = std::max(kept_count_, count);
    heard(said, count);
    written(positions, count);
  });
}

/// A forged cursor may say more than there is.
void poll_delivery::heard(std::uint64_t said, std::uint64_t count) {
  for (; said_before_ < said && !said_.empty(); ++said_before_) {
    said_.pop_front();
    forgotten_ = std::max(forgotten_, count);
  }
}

void poll_delivery::written(const std::vector<poll_position>& positions, std::uint64_t count) {
  if (session_->closed())
    return;
  acknowledge(positions, count);
  for (const auto& p : positions) {
    auto* s = session_->find(p.channel);
    const auto kept = std::find_if(kept_.begin(), kept_.end(), [&](const auto& k) { return k.channel == p.channel; });
    if (!s || kept == kept_.end())
      continue;
    const auto& epoch = s->channel().log.epoch();
    if (!epoch.empty() && p.at.epoch != epoch) // the channel has begun anew meanwhile
      continue;
    const bool moved = kept->at.epoch != p.at.epoch || kept->at.offset < p.at.offset;
    if (moved || (kept->at.offset == p.at.offset && kept->entry < p.entry)) // past what has no offset
      *kept = p;
    if (moved && p.channel == protocol::inbox_of(user_)) // of other channels nothing is kept
      session_->keep_position(*s, p.at.offset);
  }
  session_->weight_changed();
}

/// Private messages up to each place's number have arrived, with `count` in all: they are told no more.
void poll_delivery::acknowledge(const std::vector<poll_position>& positions, std::uint64_t count) {
  std::vector<subscription*> over;
  for (const auto& p : positions) {
    auto* s = session_->find(p.channel);
    if (!s)
      continue;
    const auto& said = s->messages();
    while (!said.empty() && said.front().number <= p.acked) {
      if (said.front().last) {
        note_end(*s);
        over.push_back(s);
      }
      if (!said.front().silent)
        forgotten_ = std::max(forgotten_, count);
      s->forget_front();
    }
  }
  for (auto* s : over)
    session_->drop(*s);
}

/// The last word is the first that waits.
void poll_delivery::note_end(const subscription& of) {
  const auto& last = of.messages().front();
  const auto* word = std::get_if<protocol::unsubscribed>(&last.what);
  if (!word)
    return;
  std::erase_if(ended_, [&](const ended& e) { return e.word.channel == word->channel; });
  if (ended_.size() >= channels_max())
    ended_.pop_front();
  const auto& log = of.channel().log;
  const bool known = last.after <= log.head_offset();
  ended_.push_back({{{}, word->channel, word->reason}, known ? position{log.epoch(), last.after} : position{}});
}

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
