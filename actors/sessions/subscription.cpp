#include "actors/sessions/subscription.hpp"

#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/session.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace troupe::actors {

namespace {

/// What a private message keeps in memory, roughly: enough to bound it.
std::size_t size_of(const protocol::server_message& m) {
  const auto data = std::visit(
      [](const auto& said) -> std::size_t {
        if constexpr (requires { said.data.size(); })
          return said.data.size();
        else if constexpr (requires { said.joined; })
          return (said.joined.size() + said.left.size()) * sizeof(protocol::member_info);
        else
          return 0;
      },
      m);
  return sizeof(subscription::item) + data;
}

} // namespace

subscription::subscription(session& owner, channel_entry& channel, bool presence)
    : owner_(owner), channel_(channel), presence_(presence) {}

log_reader subscription::reader() const noexcept { return {owner_.id(), presence_}; }

// -- what the channel says ----------------------------------------------------

std::size_t subscription::on_message(protocol::server_message m, std::uint64_t number, bool last, bool silent) {
  item said;
  said.anchor = channel_.log.head();
  said.after = channel_.head_known ? channel_.log.head_offset() : std::numeric_limits<offset_t>::max();
  said.number = number;
  said.bytes = size_of(m);
  said.what = std::move(m);
  said.last = last;
  said.silent = silent;
  said_last_ = said_last_ || last;
  held_ = held_ && !last;
  messages_.push_back(std::move(said));
  return messages_.back().bytes;
}

void subscription::answer_last_word(protocol::request_id id) {
  for (auto& said : messages_)
    if (auto* what = std::get_if<protocol::unsubscribed>(&said.what); said.last && what)
      what->id = id;
}

void subscription::pause() {
  held_ = true;
  page_asked_ = false; // the answer is lost, too
}

void subscription::on_joined(page replay, position at) {
  held_ = false;
  epoch_ = std::move(at.epoch);
  offset_ = at.offset;
  take(std::move(replay), offset_);
  phase_ = phase::replay;
}

std::size_t subscription::on_subscribed(protocol::subscribed what, std::uint64_t number) {
  const auto at = what.at.offset;
  const auto bytes = on_message(std::move(what), number);
  // Said before anything of the replay.
  messages_.back().anchor = 0;
  messages_.back().after = at;
  return bytes;
}

void subscription::on_page(page replay) {
  page_asked_ = false;
  if (phase_ == phase::ended)
    return;
  take(std::move(replay), page_since_);
  if (phase_ == phase::live)
    phase_ = phase::replay;
}

void subscription::on_rejoined(page replay, const protocol::subscribed& what, std::uint64_t number) {
  if (what.recovered.value_or(false)) {
    on_joined(std::move(replay), what.at);
    return;
  }
  std::optional<std::uint64_t> missed;
  if (what.at.epoch == epoch_ && what.at.offset >= offset_)
    missed = what.at.offset - offset_;
  on_joined(std::move(replay), what.at);
  if (missed != 0u && owner_.transport() != transport_kind::poll) // polls stand elsewhere and find out by themselves
    on_message(protocol::gap{channel_.name(), what.at, missed}, number);
}

void subscription::take(page replay, offset_t since) {
  page_ = {since, std::move(replay.items), replay.last, channel_.log.head(), std::move(replay.missed), true};
  page_next_ = 0;
  cursor_ = page_.anchor;
}

void subscription::ask_page(offset_t since) {
  if (std::exchange(page_asked_, true))
    return;
  page_since_ = since;
  owner_.ask_page(*this, since);
}

void subscription::move_to(const position& at, sequence cursor) {
  epoch_ = at.epoch;
  offset_ = at.offset;
  cursor_ = cursor;
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
  auto said = std::move(messages_.front());
  messages_.pop_front();
  owner_.message_written(said.bytes);
  if (!said.silent)
    to.message(said.what);
  if (said.last)
    phase_ = phase::ended;
}

subscription::progress subscription::write_replay(subscription_sink& to) {
  while (page_.missed && !messages_.empty() && messages_.front().after <= offset_)
    write_front(to);
  if (page_.missed) {
    offset_ = page_.missed->at.offset;
    epoch_ = page_.missed->at.epoch;
    to.message(*page_.missed);
    page_.missed.reset();
  }
  while (page_next_ < page_.items.size()) {
    const auto& p = *page_.items[page_next_];
    if (to.room() == 0)
      return progress::blocked;
    if (!messages_.empty() && messages_.front().after < p.offset) {
      write_front(to);
      if (phase_ == phase::ended)
        return progress::ended;
      continue;
    }
    offset_ = p.offset;
    to.publication(channel_.name(), epoch_, p);
    owner_.delivered(channel_, 1);
    ++page_next_;
  }
  if (page_.last) {
    phase_ = phase::live;
    page_ = {};
    return progress::done;
  }
  // `subscribed` was said before the first page, and waits for nothing.
  while (!messages_.empty() && messages_.front().after <= offset_) {
    if (to.room() == 0)
      return progress::blocked;
    write_front(to);
  }
  if (phase_ != phase::ended)
    ask_page(offset_);
  return progress::done;
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
    if (cursor_ >= end)
      return progress::done;
    if (cursor_ < log.tail()) {
      if (const auto verdict = overflow(to); verdict != progress::done)
        return verdict;
      continue;
    }
    if (to.room() == 0)
      return progress::blocked;
    const auto run = log.read(cursor_, to.one_by_one() ? cursor_ + 1 : end, to.form(), reader(), to.room());
    cursor_ = run.next;
    offset_ = log.offset_before(cursor_);
    owner_.delivered(channel_, run.entries);
    if (!run.bytes.bytes.empty())
      to.shared(run.bytes);
  }
}

bool subscription::overrun() const {
  return phase_ == phase::live && cursor_ < channel_.log.tail() && !missed_nothing() &&
         channel_.overflow == config::overflow_policy::disconnect;
}

/// The log began anew where this reader stands: its cursor is old, not its position.
bool subscription::missed_nothing() const {
  const auto& log = channel_.log;
  return cursor_ < log.begun() && log.begun() >= log.tail() && epoch_ == log.epoch() &&
         log.offset_before(log.begun()) <= offset_;
}

/// The log has moved on past this reader: the namespace's policy speaks.
subscription::progress subscription::overflow(subscription_sink& to) {
  auto& log = channel_.log;
  if (missed_nothing()) {
    cursor_ = log.begun();
    return progress::done;
  }
  if (channel_.overflow == config::overflow_policy::disconnect)
    return progress::overrun;
  // A log that began anew is read from there; one that has run away, from its head.
  const auto next = cursor_ < log.begun() && log.begun() >= log.tail() ? log.begun() : log.head();
  const auto at = log.offset_before(next);
  const bool same = epoch_ == log.epoch();
  const auto missed = same ? std::optional<std::uint64_t>{at - std::min(at, offset_)} : std::nullopt;
  epoch_ = log.epoch();
  offset_ = same ? std::max(at, offset_) : at;
  if (missed != 0u) {
    to.message(protocol::gap{channel_.name(), {epoch_, offset_}, missed});
    owner_.gap_told(*this, missed.value_or(0));
  }
  if (channel_.overflow == config::overflow_policy::latest)
    write_latest(to, next);
  cursor_ = next;
  return progress::done;
}

/// Of what is still in the log before `end`: the last of each event, in order.
void subscription::write_latest(subscription_sink& to, sequence end) {
  auto& log = channel_.log;
  std::map<std::string, sequence> last;
  for (auto s = log.tail(); s < end; ++s)
    if (log.publication_at(s) && log.is_for(s, reader()))
      last[log.publication_at(s)->event] = s;
  std::vector<sequence> order;
  for (const auto& [event, s] : last)
    order.push_back(s);
  std::sort(order.begin(), order.end());
  for (const auto s : order)
    to.publication(channel_.name(), epoch_, *log.publication_at(s));
  owner_.delivered(channel_, order.size());
}

} // namespace troupe::actors
