#include "actors/link/backlog.hpp"

#include "actors/link/effect_size.hpp"
#include "actors/link/presence_changes.hpp"
#include "protocol/message_id.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

/// What is said instead of an answer that is dropped: whoever asked must not wait for ever.
std::optional<effect> overflow_error(const outbound_item& dropped) {
  const auto* answer = dropped.what ? std::get_if<said>(&*dropped.what) : nullptr;
  if (answer == nullptr || !dropped.done)
    return std::nullopt;
  const auto* id = protocol::id_of(answer->what);
  if (id == nullptr || !protocol::has_id(*id))
    return std::nullopt;
  return said{answer->to, protocol::error{*id, {error_code::busy, "too much was waiting: try again"}, {}}};
}

} // namespace

// -- filling ------------------------------------------------------------------

void backlog::begin(offset_t cursor) {
  active_ = true;
  cursor_ = seen_ = cursor;
}

void backlog::take(outbound_item item) {
  if (!item.what)
    return keep(std::move(item));
  if (const auto* p = std::get_if<published>(&*item.what)) {
    if (p->what->offset != 0)
      seen_ = p->what->offset;
    else
      ++ephemeral_dropped_;
    return;
  }
  if (const auto* s = std::get_if<skipped>(&*item.what)) {
    if (!wants_page())
      return jump(s->at.offset, std::move(item));
    seen_ = s->at.offset; // what is owed has to be read anyway: nothing is skipped on the way
    return;
  }
  if (const auto* e = std::get_if<epoch_changed>(&*item.what))
    return jump(e->at.offset, std::move(item));
  if (!merged(item))
    keep(std::move(item));
}

/// The stream goes on elsewhere: nobody wants, or can have, the publications before that any more.
void backlog::jump(offset_t to, outbound_item item) {
  for (auto& w : items_)
    w.after = std::min(w.after, cursor_);
  seen_ = cursor_;
  keep(std::move(item));
  cursor_ = seen_ = to;
  for (auto& w : items_)
    w.after = std::min(w.after, to);
}

void backlog::keep(outbound_item item) {
  const auto needed = item.what ? size_of(*item.what) : 0;
  const bool last_word = item.what && std::holds_alternative<left>(*item.what);
  if (item.to && last_word)
    told_overflow_.erase(*item.to);
  else if (item.to && (bytes_ + needed > bytes_max_ || told_overflow_.contains(*item.to))) {
    overflow(*item.to);
    item.what = overflow_error(item);
  }
  if (!item.what && !item.done)
    return;
  const auto kept_bytes = item.what ? size_of(*item.what) : 0;
  bytes_ += kept_bytes;
  items_.push_back({seen_, std::move(item), kept_bytes});
}

/// Presence changes that wait become one, at the later place.
bool backlog::merged(outbound_item& item) {
  auto* next = std::get_if<presence_changed>(&*item.what);
  if (next == nullptr)
    return false;
  const auto is_presence = [](const waiting& w) {
    return w.item.what && std::holds_alternative<presence_changed>(*w.item.what);
  };
  const auto earlier = std::find_if(items_.begin(), items_.end(), is_presence);
  if (earlier == items_.end())
    return false;
  auto so_far = std::move(std::get<presence_changed>(*earlier->item.what));
  merge(so_far.what, std::move(next->what));
  bytes_ -= earlier->bytes;
  items_.erase(earlier);
  if (!so_far.what.joined.empty() || !so_far.what.left.empty())
    keep({std::move(so_far), std::nullopt, std::nullopt});
  return true;
}

/// Drops what waits for `who`; commands that were done with it stay done.
void backlog::overflow(session_id who) {
  if (told_overflow_.insert(who).second)
    overflowed_.insert(who);
  for (auto& w : items_) {
    if (w.item.to != who)
      continue;
    w.item.what = overflow_error(w.item);
    bytes_ -= w.bytes;
    w.bytes = w.item.what ? size_of(*w.item.what) : 0;
    bytes_ += w.bytes;
  }
  std::erase_if(items_, [](const waiting& w) { return !w.item.what && !w.item.done; });
}

std::vector<session_id> backlog::take_overflowed() {
  std::vector<session_id> taken{overflowed_.begin(), overflowed_.end()};
  std::sort(taken.begin(), taken.end());
  overflowed_.clear();
  return taken;
}

// -- emptying -----------------------------------------------------------------

std::vector<outbound_item> backlog::release(const history_page& from_store, const std::string& epoch) {
  std::vector<outbound_item> out;
  release_items(cursor_, out);
  if (!wants_page())
    return out;
  const auto& items = from_store.items;
  const bool something = !items.empty() && items.front()->offset <= seen_;
  if (from_store.lost || !something)
    skip(something ? items.front()->offset - 1 : seen_, epoch, out);
  for (const auto& p : items) {
    if (p->offset > seen_)
      break;
    out.push_back({published{p}, std::nullopt, std::nullopt});
    cursor_ = p->offset;
    release_items(cursor_, out);
  }
  return out;
}

/// Up to `to` nothing can be read any more. Who comes in, or gets a page, on the way is told what it lost after that.
void backlog::skip(offset_t to, const std::string& epoch, std::vector<outbound_item>& out) {
  const auto begins = [to](const waiting& w) {
    return w.after < to && w.item.what &&
           (std::holds_alternative<joined>(*w.item.what) || std::holds_alternative<read_page>(*w.item.what));
  };
  for (;;) {
    const auto next = std::find_if(items_.begin(), items_.end(), begins);
    cursor_ = next == items_.end() ? to : next->after;
    out.push_back({skipped{{epoch, cursor_}}, std::nullopt, std::nullopt});
    release_items(cursor_, out);
    if (cursor_ == to)
      return;
  }
}

void backlog::release_items(offset_t up_to, std::vector<outbound_item>& out) {
  while (!items_.empty() && items_.front().after <= up_to) {
    bytes_ -= items_.front().bytes;
    out.push_back(std::move(items_.front().item));
    items_.pop_front();
  }
}

} // namespace troupe::actors
