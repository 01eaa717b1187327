#include "actors/sessions/subscription.hpp"

#include "actors/link/effect_size.hpp"
#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/session.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace troupe::actors {

waiting kind_of(const protocol::server_message& m) {
  const bool answers = std::holds_alternative<protocol::reply>(m) || std::holds_alternative<protocol::error>(m) ||
                       std::holds_alternative<protocol::subscribed>(m) ||
                       std::holds_alternative<protocol::unsubscribed>(m) ||
                       std::holds_alternative<protocol::presence_change>(m); // a list: it asks for it in order to read
  return answers ? waiting::answer : waiting::told;
}

subscription::subscription(session& owner, channel_entry& channel, std::uint32_t number, join how,
                           protocol::request_id id)
    : owner_(owner), channel_(channel), number_(number), presence_(how.presence), params_(how.params),
      asked_(std::make_unique<commands>(commands{std::move(how), std::move(id), {}})) {
  channel_.readers.add(*this);
}

subscription::~subscription() {
  while (!messages_.empty())
    (void)pop_message();
  drop_page();
  channel_.readers.remove(*this);
}

log_reader subscription::reader() const noexcept { return {owner_.id(), presence_}; }

// -- what its client wants ----------------------------------------------------

void subscription::leave_sent(protocol::request_id id) {
  leaving_ = true;
  wanted_ = false;
  if (!asked_)
    asked_ = std::make_unique<commands>();
  asked_->leave_id = std::move(id);
}

void subscription::give_up() {
  given_up_ = true;
  if (asked_)
    asked_->join_id = {};
  leave_sent({});
}

void subscription::wait(put_off next) {
  if (next.kicked || std::holds_alternative<protocol::unsubscribe>(next.what.body))
    wanted_ = false;
  else if (std::holds_alternative<protocol::subscribe>(next.what.body))
    wanted_ = true;
  put_off_.push_back(std::move(next));
}

std::size_t subscription::put_off_bytes() const {
  std::size_t bytes = 0;
  for (const auto& one : put_off_)
    bytes += sizeof one + size_of(one.what.body);
  return bytes;
}

bool subscription::answers(const protocol::request_id& id) const {
  return asked_ && protocol::has_id(id) &&
         ((phase_ == phase::joining && asked_->join_id == id) || (leaving_ && asked_->leave_id == id));
}

protocol::request_id subscription::join_id() const { return asked_ ? asked_->join_id : protocol::request_id{}; }

protocol::request_id subscription::take_leave_id() {
  return asked_ ? std::exchange(asked_->leave_id, {}) : protocol::request_id{};
}

join subscription::join_again() const {
  if (phase_ == phase::joining) {
    auto how = asked_->how;
    how.who.away = owner_.is_said_away();
    return how;
  }
  join how;
  how.who = owner_.as_member();
  how.params = params_;
  how.since = at();
  how.presence = presence_;
  how.again = true;
  return how;
}

// -- what the channel says ----------------------------------------------------

void subscription::on_message(protocol::server_message m, std::uint64_t number, bool last, bool silent) {
  if (std::holds_alternative<protocol::presence_change>(m))
    on_list();
  private_item said;
  said.anchor = channel_.log.head();
  const bool comparable = channel_.head_known && channel_.log.epoch() == epoch_;
  said.after = comparable ? channel_.log.head_offset() : std::numeric_limits<offset_t>::max();
  said.number = number;
  said.bytes = sizeof(private_item) + size_of(m);
  said.what = std::move(m);
  said.last = last;
  said.silent = silent;
  if (last) {
    said_last_ = leaving_ = true;
    held_ = false;
    wanted_ = wanted_ && !put_off_.empty();
  }
  owner_.waits(said.bytes, kind_of(said.what));
  messages_.push_back(std::move(said));
}

void subscription::answer_last_word(protocol::request_id id) {
  for (std::size_t i = 0; i < messages_.size(); ++i)
    if (auto* what = std::get_if<protocol::unsubscribed>(&messages_[i].what); messages_[i].last && what)
      what->id = id;
}

void subscription::pause() {
  held_ = true;
  page_asked_ = page_is_stale_ = false; // the answer is lost, too
  presence_asked_ = false;              // likewise; who comes in again is told who is there
  latest_.reset();
}

void subscription::cut_replay() noexcept {
  cut_ = true;
  page_asked_ = page_is_stale_ = false;
}

void subscription::on_joined(page replay, position at) {
  held_ = false;
  enter(std::move(at.epoch));
  offset_ = at.offset;
  take(std::move(replay), offset_);
  phase_ = phase::replay;
  if (owner_.is_away())
    rest();
  if (asked_ && !leaving_)
    asked_.reset();
}

void subscription::on_subscribed(protocol::subscribed what, std::uint64_t number) {
  const auto at = what.at.offset;
  say_before_replay(std::move(what), at, number);
}

void subscription::say_before_replay(protocol::server_message m, offset_t at, std::uint64_t number) {
  on_message(std::move(m), number);
  messages_.back().anchor = 0;
  messages_.back().after = at;
}

void subscription::on_rejoined(page replay, const protocol::subscribed& what, std::uint64_t number) {
  if (what.recovered.value_or(false)) {
    const bool went_back = offset_ < what.at.offset; // its client did, meanwhile
    const auto from = offset_;
    const auto arrived = arrived_;
    on_joined(std::move(replay), what.at);
    if (went_back) {
      read_from_store(from);
      arrived_ = arrived;
    }
    return;
  }
  std::optional<std::uint64_t> missed;
  if (what.at.epoch == epoch_ && what.at.offset >= offset_)
    missed = what.at.offset - offset_;
  on_joined(std::move(replay), what.at);
  if (missed != 0u && owner_.transport() != transport_kind::poll) // polls stand elsewhere and find out by themselves
    on_message(protocol::gap{channel_.name(), what.at, missed}, number);
}

void subscription::forget_front() { (void)pop_message(); }

private_item subscription::pop_message() {
  auto first = std::move(messages_.front());
  messages_.pop_front();
  if (messages_.empty())
    messages_ = {}; // most have nothing to say for hours
  owner_.waits_no_more(first.bytes, kind_of(first.what));
  return first;
}

// -- writing ------------------------------------------------------------------

subscription::progress subscription::write(subscription_sink& to) {
  if (held_)
    return progress::done;
  for (;;) {
    const auto before = phase_;
    progress made = progress::done;
    switch (phase_) {
    case phase::joining:
      return progress::done;
    case phase::ended:
      return progress::ended;
    case phase::replay:
      made = write_replay(to);
      break;
    case phase::live:
      made = write_live(to);
      break;
    }
    if (made != progress::done || phase_ == before)
      return phase_ == phase::ended ? progress::ended : made;
  }
}

void subscription::write_front(subscription_sink& to) {
  auto said = pop_message();
  said.silent = said.silent || said.is_stale(at());
  if (!said.silent)
    to.message(said.what);
  if (said.last)
    phase_ = phase::ended;
  owner_.told(*this, std::move(said));
}

/// What was said to it alone before anything after `up_to`.
subscription::progress subscription::write_said(subscription_sink& to, offset_t up_to) {
  while (!messages_.empty() && messages_.front().after <= up_to) {
    if (to.room() == 0)
      return progress::blocked;
    write_front(to);
    if (phase_ == phase::ended)
      return progress::ended;
  }
  return progress::done;
}

/// Publications up to where it went out are missing; in another epoch the log tells that.
void subscription::skip_to_last_word(subscription_sink& to) {
  const auto& last = messages_.back();
  if (epoch_ != channel_.log.epoch())
    return;
  const auto missed = last.after - std::min(last.after, offset_);
  const auto before = place();
  offset_ = std::max(offset_, last.after);
  cursor_ = last.anchor;
  if (missed != 0)
    tell_gap(to, before, missed);
}

subscription::progress subscription::write_live(subscription_sink& to) {
  auto& log = channel_.log;
  for (;;) {
    if (!messages_.empty() && messages_.front().anchor <= cursor_) {
      if (to.room() == 0)
        return progress::blocked;
      write_front(to);
      if (phase_ == phase::ended)
        return progress::ended;
      continue;
    }
    const auto end = messages_.empty() ? log.head() : std::min(messages_.front().anchor, log.head());
    if (latest_) {
      if (const auto made = write_latest(to); made != progress::done)
        return made;
      continue;
    }
    if (cursor_ >= end)
      return progress::done;
    if (cursor_ < log.tail()) {
      if (const auto verdict = overflow(to); verdict != progress::done)
        return verdict;
      continue;
    }
    if (to.room() == 0)
      return progress::blocked;
    if (log.is_break(cursor_)) {
      cross_break(to);
      continue;
    }
    if (to.takes_values()) {
      write_value(to);
      continue;
    }
    const auto before = place();
    const auto run = log.read(cursor_, to.one_by_one() ? cursor_ + 1 : end, to.form(), reader(), to.room());
    cursor_ = run.next;
    offset_ = std::max(offset_, log.offset_before(cursor_));
    const bool is_whole = offset_ == before.offset + run.entries;
    owner_.delivered(*this, before, run.entries,
                     !run.all_numbered ? journal::kind::mixed : is_whole ? journal::kind::numbered : journal::kind::holed);
    if (!run.bytes.bytes.empty())
      to.shared(run.bytes);
  }
}

/// The next entry, as it was said.
void subscription::write_value(subscription_sink& to) {
  auto& log = channel_.log;
  const auto before = place();
  auto next = log.value_at(cursor_++, reader());
  offset_ = std::max(offset_, log.offset_before(cursor_));
  if (next.said || next.presence)
    owner_.delivered(*this, before, 1, next.numbered ? journal::kind::numbered : journal::kind::mixed);
  if (next.said)
    to.value(log.channel(), std::move(next.said));
  else if (next.presence)
    to.message(*next.presence);
}

void subscription::cross_break(subscription_sink& to) {
  const auto before = place();
  const auto at = channel_.log.offset_before(++cursor_);
  const auto missed = at - std::min(at, offset_);
  offset_ = std::max(offset_, at);
  if (missed != 0)
    tell_gap(to, before, missed);
}

void subscription::enter(std::string epoch) {
  if (epoch_ != epoch) {
    ++epochs_;
    arrived_ = 0;
  }
  epoch_ = std::move(epoch);
}

void subscription::tell_gap(subscription_sink& to, const journal::place& before, std::optional<std::uint64_t> missed,
                            journal::kind is) {
  to.message(protocol::gap{channel_.name(), at(), missed});
  owner_.sent(*this, before, 1, is);
  owner_.gap_told(*this, missed);
}

} // namespace troupe::actors
