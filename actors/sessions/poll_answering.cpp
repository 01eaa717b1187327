// How polls are answered, and what an answer that arrived has told.

#include "actors/sessions/poll_delivery.hpp"

#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/shard.hpp"
#include "protocol/names.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

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

} // namespace troupe::actors
