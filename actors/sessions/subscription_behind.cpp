// A reader whom the log has left behind: the namespace's policy speaks.

#include "actors/sessions/subscription.hpp"

#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/session.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

bool subscription::overrun() const {
  return phase_ == phase::live && cursor_ < channel_.log.tail() && !missed_nothing() && epoch_ == channel_.log.epoch() &&
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
    presence_missed();
    return progress::done;
  }
  if (channel_.overflow == config::overflow_policy::disconnect && epoch_ == log.epoch())
    return progress::overrun;
  // A log that began anew is read from there; one that has run away, from its head.
  const bool anew = cursor_ < log.begun() && log.begun() >= log.tail();
  const bool same = epoch_ == log.epoch();
  const auto next = anew ? log.begun() : log.head();
  const auto at = log.offset_before(next);
  if (!anew && same && channel_.overflow == config::overflow_policy::latest) {
    if (to.room() == 0)
      return progress::blocked; // what is the latest then will be asked when there is room
    latest_ = std::make_unique<catching_up>(catching_up{log.latest(), 0, next, offset_, std::max(at, offset_), 0});
    return progress::done;
  }
  const auto missed = same ? std::optional<std::uint64_t>{at - std::min(at, offset_)} : std::nullopt;
  const auto before = place();
  enter(log.epoch());
  offset_ = same ? std::max(at, offset_) : at;
  if (missed != 0u)
    tell_gap(to, before, missed);
  cursor_ = next;
  presence_missed();
  return progress::done;
}

/// Of each event the last, in order, with what was said to it alone at its place; then how much of the rest is missing.
subscription::progress subscription::write_latest(subscription_sink& to) {
  auto& log = channel_.log;
  auto& now = *latest_;
  for (; now.next < now.view->size(); ++now.next) {
    const auto at = (*now.view)[now.next].at;
    if (at < log.tail() || !is_last_for_reader(now.next))
      continue;
    if (to.room() == 0)
      return progress::blocked;
    if (!messages_.empty() && messages_.front().anchor <= at) {
      write_front(to);
      return phase_ == phase::ended ? progress::ended : progress::done;
    }
    const auto before = log.offset_before(at);
    const auto run = to.takes_values() ? log_run{} : log.read(at, at + 1, to.form(), reader(), to.room());
    const auto offset = log.offset_before(at + 1);
    const journal::place from{cursor_, now.from, epochs_};
    now.told += offset > before ? 1 : 0;
    offset_ = std::max(offset_, offset);
    if (to.takes_values()) {
      owner_.delivered(*this, from, 1, journal::kind::chosen);
      to.value(log.channel(), log.value_at(at, reader()).said);
      continue;
    }
    owner_.delivered(*this, from, static_cast<std::uint32_t>(run.entries), journal::kind::chosen);
    to.shared(run.bytes);
  }
  if (to.room() == 0)
    return progress::blocked;
  const auto over = std::move(latest_);
  const journal::place before{cursor_, over->from, epochs_};
  cursor_ = over->end;
  offset_ = std::max(offset_, over->to);
  presence_missed();
  const auto all = over->to - over->from;
  if (all > over->told)
    tell_gap(to, before, all - over->told, journal::kind::chosen);
  return progress::done;
}

bool subscription::is_last_for_reader(std::size_t in_view) const {
  const auto& view = *latest_->view;
  const auto& log = channel_.log;
  if (!log.is_for(view[in_view].at, reader()))
    return false;
  for (auto later = view[in_view].next_of_event; later != 0; later = view[later].next_of_event)
    if (view[later].at >= log.tail() && log.is_for(view[later].at, reader()))
      return false;
  return true;
}

} // namespace troupe::actors
