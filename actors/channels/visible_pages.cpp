#include "actors/channels/visible_pages.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t read_at_least = 64; // what is not for the reader costs no round of its own

/// What of `got` is for `who`; `at` moves to the last that was looked at. Whether the page is full before its end.
bool take_forward(history_page& got, offset_t head, session_id who, std::size_t items_max, visible_page& into,
                  offset_t& at) {
  for (auto& p : got.items) {
    const bool wanted = p->offset <= head && p->is_for(who);
    if (wanted && into.items.size() == items_max)
      return true;
    if (p->offset > head)
      return false;
    at = p->offset;
    if (wanted)
      into.items.push_back(std::move(p));
  }
  return false;
}

/// The same from the end, newest first.
bool take_backward(const history_page& got, session_id who, std::size_t items_max, visible_page& into) {
  for (auto p = got.items.rbegin(); p != got.items.rend(); ++p) {
    if (!(*p)->is_for(who))
      continue;
    if (into.items.size() == items_max)
      return true;
    into.items.push_back(*p);
  }
  return false;
}

} // namespace

void visible_pages::read(offset_t since, offset_t head, session_id who, std::size_t items_max, reader then) {
  if (since >= head)
    return then({});
  const auto take = [=, this](tl::expected<history_page, failure> got) {
    visible_page found;
    if (!got) {
      found.lost_up_to = head;
      found.why_not = got.error();
      return then(std::move(found));
    }
    if (got->lost)
      found.lost_up_to = got->items.empty() ? head : std::min(head, got->items.front()->offset - 1);
    const bool past_head = !got->items.empty() && got->items.back()->offset > head;
    auto at = since;
    const bool full = take_forward(*got, head, who, items_max, found, at);
    found.last = !full && (!got->more || at >= head || past_head);
    if (full || found.last || !found.items.empty())
      return then(std::move(found));
    // Nothing of it was for this reader, and there may be thousands like it.
    turns_.in_next_turn([this, at, head, who, items_max, lost = found.lost_up_to, then] {
      read(at, head, who, items_max, [lost, then](visible_page rest) {
        if (!rest.lost_up_to)
          rest.lost_up_to = lost;
        then(std::move(rest));
      });
    });
  };
  partition_.read(since, std::max(items_max, read_at_least), page_bytes_, turns_.callback(take));
}

void visible_pages::read_back(offset_t end, session_id who, std::size_t items_max, reader then) {
  const auto take = [=, this](tl::expected<history_page, failure> got) {
    visible_page found;
    if (!got) {
      found.why_not = got.error();
      return then(std::move(found));
    }
    const bool full = take_backward(*got, who, items_max, found);
    std::reverse(found.items.begin(), found.items.end());
    found.last = !full && !got->more;
    if (full || found.last || !found.items.empty() || got->items.empty())
      return then(std::move(found));
    turns_.in_next_turn([this, before = got->items.front()->offset, who, items_max, then] {
      read_back(before, who, items_max, then);
    });
  };
  partition_.read_back(end, std::max(items_max, read_at_least), page_bytes_, turns_.callback(take));
}

} // namespace troupe::actors
