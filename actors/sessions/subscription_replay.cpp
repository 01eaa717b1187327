// What a reader needs from before the log, in pages.

#include "actors/sessions/subscription.hpp"

#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/session.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

// -- pages --------------------------------------------------------------------

void subscription::on_page(page replay) {
  page_asked_ = false;
  if (phase_ == phase::ended)
    return;
  if (std::exchange(page_is_stale_, false)) // its client has gone back since: what it needs now is asked for when it writes
    return;
  if (epoch_ != channel_.log.epoch()) { // of a stream that is no more: the log tells the gap
    drop_page();
    arrived_ = 0;
    phase_ = phase::live;
    return;
  }
  take(std::move(replay), page_since_);
  if (phase_ == phase::live)
    phase_ = phase::replay;
  if (page_->last)
    presence_missed(); // what the log said meanwhile
  if (owner_.is_away())
    rest();
}

void subscription::take(page replay, offset_t since) {
  drop_page();
  std::size_t bytes = 0;
  for (const auto& p : replay.items)
    bytes += p->size();
  page_ = std::make_unique<kept_page>(
      kept_page{since, std::move(replay.items), replay.last, channel_.log.head(), std::move(replay.missed), bytes, 0});
  cursor_ = page_->anchor;
  owner_.waits(bytes, waiting::page);
}

void subscription::drop_page() {
  if (page_)
    owner_.waits_no_more(page_->bytes, waiting::page);
  page_.reset();
}

void subscription::ask_page(offset_t since) {
  if (std::exchange(page_asked_, true))
    return;
  page_since_ = since;
  owner_.ask_page(*this, since);
}

// -- writing ------------------------------------------------------------------

/// Pages, the next of which is asked for where one ends, then the log.
subscription::progress subscription::write_replay(subscription_sink& to) {
  if (const auto made = write_page(to); made != progress::done || phase_ != phase::replay)
    return made;
  if (!page_->last || is_overtaken()) {
    // `subscribed` was said before the first page, and waits for nothing.
    if (const auto made = write_said(to, offset_); made != progress::done)
      return made;
    if (!cut_) {
      ask_page(offset_);
      return progress::done;
    }
    if (to.room() == 0)
      return progress::blocked;
    skip_to_last_word(to);
  }
  phase_ = phase::live;
  arrived_ = 0;
  drop_page();
  return progress::done;
}

/// The log no longer has what follows the last page: who catches up goes on in the store, however slow it is.
bool subscription::is_overtaken() const {
  return cursor_ < channel_.log.tail() && !missed_nothing() && epoch_ == channel_.log.epoch() && channel_.head_known;
}

/// What is left of a page, with what was said on the way.
subscription::progress subscription::write_page(subscription_sink& to) {
  auto& page = *page_;
  if (page.missed) {
    if (const auto made = write_said(to, offset_); made != progress::done)
      return made;
    if (arrived_ > 0 && arrived_with_holes_ && channel_.head_known)
      return skip_what_arrived(to);
    auto gap = *std::exchange(page.missed, std::nullopt);
    const auto over = gap.at.offset - std::min(gap.at.offset, offset_);
    const auto had = std::min<offset_t>(arrived_, over);
    arrived_ -= static_cast<std::uint32_t>(had);
    offset_ += had;
    const auto before = place();
    offset_ = gap.at.offset;
    enter(gap.at.epoch);
    if (gap.missed)
      *gap.missed -= std::min(*gap.missed, had);
    if (gap.missed != 0u) {
      to.message(gap);
      owner_.sent(*this, before, 1, journal::kind::gap);
    }
  }
  for (; page.next < page.items.size(); ++page.next) {
    const auto& p = *page.items[page.next];
    if (const auto made = write_said(to, p.offset - 1); made != progress::done)
      return made;
    if (to.room() == 0)
      return progress::blocked;
    const auto before = place();
    offset_ = p.offset;
    if (arrived_ > 0) {
      --arrived_;
      continue;
    }
    to.publication(channel_.name(), epoch_, p);
    owner_.delivered(*this, before, 1, p.offset == before.offset + 1 ? journal::kind::numbered : journal::kind::holed);
  }
  return progress::done;
}

/// How many of those that are missing had arrived cannot be told: it goes on at the head.
subscription::progress subscription::skip_what_arrived(subscription_sink& to) {
  const auto before = place();
  cursor_ = channel_.log.head();
  offset_ = channel_.log.head_offset();
  phase_ = phase::live;
  arrived_ = 0;
  drop_page();
  tell_gap(to, before, std::nullopt, journal::kind::chosen);
  presence_missed();
  return progress::done;
}

} // namespace troupe::actors
