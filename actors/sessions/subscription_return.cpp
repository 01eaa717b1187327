// A client that was away goes on where it stands, not where it was written to.

#include "actors/sessions/subscription.hpp"

#include "actors/link/effect_size.hpp"
#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/session.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

void subscription::go_back(const journal::stretch& at, std::uint32_t arrived, const position* seen) {
  if (phase_ == phase::joining || phase_ == phase::ended)
    return;
  if (at.from.epoch != epochs_) { // of a stream that is no more: the log tells the gap, with what it has of the new one
    latest_.reset();
    drop_page();
    page_is_stale_ = page_asked_;
    enter({});
    offset_ = cursor_ = 0;
    phase_ = phase::live;
    return;
  }
  if (at.is == journal::kind::chosen)
    return go_back(seen);
  if (find_in_log(at.from.entry, at.from.offset, arrived, at.is))
    return;
  const bool plausible = seen && seen->epoch == epoch_ && seen->offset >= at.from.offset && seen->offset <= offset_;
  if (arrived == 0)
    return read_from_store(at.from.offset);
  if (plausible)
    return go_to(*seen, 0);
  const bool polls = owner_.transport() == transport_kind::poll; // leaves out what has arrived by its offset alone
  if (!journal::has_offsets(at.is) || (polls && at.is == journal::kind::holed))
    return lose_place();
  read_from_store(at.from.offset);
  arrived_ = arrived;
  arrived_with_holes_ = at.is == journal::kind::holed;
}

void subscription::go_back(const position* seen) {
  if (phase_ == phase::joining || phase_ == phase::ended)
    return;
  if (seen && seen->epoch == epoch_ && seen->offset <= offset_)
    go_to(*seen, 0);
  else
    lose_place();
}

void subscription::go_to(const position& at, sequence entry) {
  if (phase_ == phase::joining || phase_ == phase::ended)
    return;
  if (at.epoch != epoch_ && at.epoch == channel_.log.epoch())
    enter(at.epoch); // it heard so from the log
  if (at.epoch != epoch_)
    return lose_place();
  if (!find_in_log(entry, at.offset, 0, journal::kind::numbered))
    read_from_store(at.offset);
}

/// Puts the cursor behind the first `arrived` of what follows. The same bytes are read by all who come back.
bool subscription::find_in_log(sequence entry, offset_t offset, std::uint32_t arrived, journal::kind is) {
  const auto& log = channel_.log;
  if (held_ || !channel_.head_known || log.epoch() != epoch_)
    return false;
  const bool by_entry = entry >= log.whole_from() && entry <= log.head() && entry != 0;
  if (!by_entry && arrived > 0 && !journal::has_offsets(is))
    return false; // some of those that arrived had no offset, and are gone
  auto at = by_entry ? std::optional{entry} : log.after(offset);
  if (!at || *at < log.whole_from())
    return false;
  const auto counts = [&](sequence one) {
    return log.is_for(one, reader()) && (by_entry || log.offset_before(one + 1) > log.offset_before(one));
  };
  for (; arrived > 0 && *at < log.head(); ++*at)
    arrived -= counts(*at) ? 1 : 0;
  latest_.reset();
  drop_page();
  page_is_stale_ = page_asked_;
  arrived_ = 0;
  cursor_ = *at;
  offset_ = std::max(offset, log.offset_before(*at));
  phase_ = phase::live;
  if (!by_entry)
    presence_missed(); // offsets do not say which changes it has heard
  return true;
}

/// While the channel is lost its next actor is asked once it has answered.
void subscription::read_from_store(offset_t since) {
  latest_.reset();
  drop_page();
  page_is_stale_ = page_asked_;
  arrived_ = 0;
  offset_ = since;
  page_ = std::make_unique<kept_page>(kept_page{since, {}, false, 0, std::nullopt, 0, 0});
  phase_ = phase::replay;
}

/// It goes on where it was written to, and is told that something may be missing.
void subscription::lose_place() {
  if (latest_) {
    cursor_ = latest_->end;
    offset_ = std::max(offset_, latest_->to);
    latest_.reset();
  }
  arrived_ = 0;
  private_item lost;
  lost.anchor = phase_ == phase::live ? cursor_ : 0;
  lost.after = offset_;
  lost.what = protocol::gap{channel_.name(), at(), std::nullopt};
  lost.bytes = sizeof(private_item) + size_of(lost.what);
  owner_.waits(lost.bytes, kind_of(lost.what));
  say_behind_subscribed(std::move(lost));
  owner_.gap_told(*this, std::nullopt);
  presence_missed();
}

/// Before all that waits, but for what tells its client that it is in.
void subscription::say_behind_subscribed(private_item what) {
  const auto waiting = std::exchange(messages_, {});
  std::size_t before = 0;
  for (std::size_t i = 0; i < waiting.size(); ++i)
    if (std::holds_alternative<protocol::subscribed>(waiting[i].what))
      before = i + 1;
  for (std::size_t i = 0; i < before; ++i)
    messages_.push_back(waiting[i]);
  messages_.push_back(std::move(what));
  for (std::size_t i = before; i < waiting.size(); ++i)
    messages_.push_back(waiting[i]);
}

void subscription::say_again(std::vector<private_item> items) {
  if (items.empty())
    return;
  fifo<private_item> all;
  for (auto& one : items) {
    owner_.waits(one.bytes, kind_of(one.what));
    all.push_back(std::move(one));
  }
  for (; !messages_.empty(); messages_.pop_front())
    all.push_back(std::move(messages_.front()));
  messages_ = std::move(all);
}

void subscription::rest() {
  if (phase_ != phase::replay || !page_)
    return;
  const auto arrived = arrived_;
  read_from_store(offset_);
  arrived_ = arrived;
}

void subscription::renumber(std::uint64_t& next) {
  for (auto& one : messages_)
    one.number = next++;
}

void subscription::catch_up() {
  const auto& log = channel_.log;
  const bool behind = phase_ == phase::live && !latest_ && cursor_ < log.whole_from() && !missed_nothing();
  if (behind && !held_ && epoch_ == log.epoch())
    read_from_store(offset_);
}

} // namespace troupe::actors
