#include "actors/stores/memory_history.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

/// What remembering a key costs: the text twice and the nodes around it.
std::size_t key_bytes(const std::string& key) { return 2 * key.size() + 128; }

} // namespace

// -- appending ----------------------------------------------------------------

kept memory_history::append(publication draft, std::string key, const retention& keep, time_point now) {
  trim(keep, now);
  if (!key.empty()) {
    if (const auto seen = keys_.find(key); seen != keys_.end())
      return {find(seen->second), true};
    remember(std::move(key), head_ + 1, now);
  }
  draft.offset = ++head_;
  auto what = std::make_shared<const publication>(std::move(draft));
  items_.push_back({what, now});
  items_bytes_ += what->size();
  trim(keep, now);
  return {std::move(what), false};
}

void memory_history::remember(std::string key, offset_t offset, time_point now) {
  keys_bytes_ += key_bytes(key);
  keys_.emplace(key, offset);
  keys_in_order_.push_back({std::move(key), now});
}

// -- dropping -----------------------------------------------------------------

void memory_history::trim(const retention& keep, time_point now) {
  while (!items_.empty() && (items_.size() > keep.size || items_bytes_ > keep.bytes || now - items_.front().at >= keep.ttl))
    drop_oldest();
  const auto most = std::max(keep.size, keys_max);
  while (!keys_in_order_.empty() && (keys_in_order_.size() > most || now - keys_in_order_.front().at >= keep.ttl))
    forget_oldest_key();
}

void memory_history::drop_oldest() {
  if (items_.empty()) {
    if (!keys_in_order_.empty())
      forget_oldest_key();
    return;
  }
  items_bytes_ -= items_.front().what->size();
  items_.pop_front();
}

void memory_history::shrink(std::size_t bytes) {
  do
    drop_oldest();
  while (history_bytes() > bytes);
}

void memory_history::forget_oldest_key() {
  const auto& oldest = keys_in_order_.front().key;
  keys_bytes_ -= key_bytes(oldest);
  keys_.erase(oldest);
  keys_in_order_.pop_front();
}

memory_history::time_point memory_history::first_expiry(const retention& keep) const {
  const auto oldest = items_.empty() ? keys_in_order_.front().at : items_.front().at;
  return oldest + keep.ttl;
}

// -- reading ------------------------------------------------------------------

/// The publication itself, or, when only its key is still known, its position.
publication_ptr memory_history::find(offset_t offset) const {
  if (offset >= first())
    return items_[offset - first()].what;
  publication bare;
  bare.offset = offset;
  return std::make_shared<const publication>(std::move(bare));
}

history_page memory_history::after(offset_t since, std::size_t items_max, std::size_t bytes_max) const {
  history_page page;
  if (since >= head_)
    return page;
  page.lost = since + 1 < first();
  std::size_t bytes = 0;
  for (auto next = std::max(since + 1, first()); next <= head_; ++next) {
    const auto& what = items_[next - first()].what;
    bytes += what->size();
    page.more = !page.items.empty() && (page.items.size() >= items_max || bytes > bytes_max);
    if (page.more)
      break;
    page.items.push_back(what);
  }
  return page;
}

history_page memory_history::before(offset_t end, std::size_t items_max, std::size_t bytes_max) const {
  history_page page;
  std::size_t bytes = 0;
  for (auto next = end == 0 || end > head_ ? head_ : end - 1; next >= first() && next > 0; --next) {
    const auto& what = items_[next - first()].what;
    bytes += what->size();
    page.more = !page.items.empty() && (page.items.size() >= items_max || bytes > bytes_max);
    if (page.more)
      break;
    page.items.push_back(what);
  }
  std::reverse(page.items.begin(), page.items.end());
  return page;
}

} // namespace troupe::actors
