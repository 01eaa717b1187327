#include "actors/link/backlog.hpp"

#include "actors/link/effect_size.hpp"
#include "actors/link/presence_changes.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

bool is_last_word(const outbound_item& item) { return item.what && effect_as<left>(*item.what); }

/// A list of members may be among what it says.
bool may_list(const outbound_item& item) {
  if (!item.what)
    return false;
  const auto* in = effect_as<joined>(*item.what);
  return in ? in->there.has_value() : item.done != 0 && effect_as<said>(*item.what);
}

/// What its session did not ask for.
bool is_unasked(const outbound_item& item) { return item.to && item.done == 0 && !is_last_word(item); }

/// Its pages are asked for again by the session, page by page.
void leave_pages(outbound_item& item) {
  if (!item.what)
    return;
  auto* in = effect_as<joined>(*item.what);
  auto* read = effect_as<read_page>(*item.what);
  if (auto* replay = in ? &in->replay : read ? &read->replay : nullptr; replay && !replay->items.empty()) {
    replay->items.clear();
    replay->last = false;
  }
}

/// What a member has to know; false: there is none in it.
bool leave_details(effect& what) {
  if (auto* in = effect_as<joined>(what)) {
    const bool any = !in->what.data.is_null() || in->there;
    in->what.data = {};
    in->there.reset();
    return any;
  }
  auto* answer = effect_as<said>(what);
  auto* there = answer ? std::get_if<protocol::presence_change>(&answer->what) : nullptr;
  if (!there)
    return false;
  there->joined.clear();
  there->is = protocol::presence_change::kind::number;
  return true;
}

/// What is said instead of a reply that finds no room: whoever asked must not wait for ever.
void apologise(outbound_item& item) {
  auto* answer = item.what ? effect_as<said>(*item.what) : nullptr;
  if (auto* reply = answer ? std::get_if<protocol::reply>(&answer->what) : nullptr)
    answer->what = protocol::error{std::move(reply->id), {error_code::busy, "too much was waiting: try again"}, {}};
}

} // namespace

// -- filling ------------------------------------------------------------------

void backlog::take(outbound_item item) {
  if (!item.what)
    return keep(std::move(item));
  if (const auto* p = effect_as<published>(*item.what)) {
    if (p->what->offset != 0)
      seen_ = p->what->offset;
    else
      ++ephemeral_dropped_;
    return;
  }
  if (const auto* s = effect_as<skipped>(*item.what)) {
    if (!wants_page())
      return jump(s->at.offset, std::move(item));
    seen_ = s->at.offset; // what is owed has to be read anyway: nothing is skipped on the way
    return;
  }
  if (const auto* e = effect_as<epoch_changed>(*item.what))
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
  if (is_last_word(item))
    told_overflow_.erase(item.to);
  else if (item.to)
    make_room(item);
  if (!item.what && item.done == 0)
    return;
  const auto bytes = item.what ? size_of(*item.what) : 0;
  bytes_ += bytes;
  items_.push_back({seen_, std::move(item), bytes});
}

/// Makes `item` smaller, if there is no room for it.
void backlog::make_room(outbound_item& item) {
  const auto fits = [&] { return !item.what || bytes_ + size_of(*item.what) <= bytes_max_; };
  if (is_unasked(item)) {
    if (!fits())
      overflow(item.to);
    if (told_overflow_.contains(item.to))
      item.what.reset();
    return;
  }
  if (!fits())
    leave_pages(item);
  if (!fits())
    apologise(item);
  if (!fits() && leave_details(*item.what))
    overflow(item.to); // it is in, and cannot be told what it was let in with, or who is there
}

/// Presence changes that wait become one, at the later place.
bool backlog::merged(outbound_item& item) {
  auto* next = effect_as<presence_changed>(*item.what);
  if (next == nullptr)
    return false;
  auto earlier = items_.end();
  for (auto w = items_.end(); w != items_.begin() && earlier == items_.end();) {
    --w;
    if (may_list(w->item))
      return false;
    if (w->item.what && effect_as<presence_changed>(*w->item.what))
      earlier = w;
  }
  if (earlier == items_.end())
    return false;
  presence_changes both{next->what.channel};
  both.add(std::move(effect_as<presence_changed>(*earlier->item.what)->what));
  both.add(std::move(next->what));
  bytes_ -= earlier->bytes;
  items_.erase(static_cast<std::size_t>(earlier - items_.begin()));
  auto all = both.take();
  if (all && all->is == protocol::presence_change::kind::changes && size_of(*all) > bytes_max_ / 2)
    presence_lost_ = true; // more came and went than can be told
  else if (all)
    keep({presence_changed{*std::move(all)}, {}, 0});
  return true;
}

/// Drops what waits for `who` unasked, and makes its answers small.
void backlog::overflow(session_id who) {
  if (told_overflow_.insert(who).second)
    overflowed_.insert(who);
  for (auto& w : items_) {
    if (w.item.to != who)
      continue;
    if (is_unasked(w.item))
      w.item.what.reset();
    leave_pages(w.item);
    apologise(w.item);
    bytes_ -= w.bytes;
    w.bytes = w.item.what ? size_of(*w.item.what) : 0;
    bytes_ += w.bytes;
  }
  items_.erase_if([](const waiting& w) { return !w.item.what && w.item.done == 0; });
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
    out.push_back({published{p}, {}, 0});
    cursor_ = p->offset;
    release_items(cursor_, out);
  }
  return out;
}

/// Up to `to` nothing can be read any more. Who comes in, or gets a page, on the way is told what it lost after that.
void backlog::skip(offset_t to, const std::string& epoch, std::vector<outbound_item>& out) {
  const auto begins = [to](const waiting& w) {
    return w.after < to && w.item.what &&
           (effect_as<joined>(*w.item.what) || effect_as<read_page>(*w.item.what));
  };
  for (;;) {
    const auto next = std::find_if(items_.begin(), items_.end(), begins);
    cursor_ = next == items_.end() ? to : next->after;
    out.push_back({skipped{{epoch, cursor_}}, {}, 0});
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
