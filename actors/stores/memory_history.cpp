#include "actors/stores/memory_history.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

// -- appending ----------------------------------------------------------------

kept memory_history::append(publication draft, append_key key, const retention& keep, time_point now) {
  trim(keep, now);
  if (key) {
    if (const auto before = find(key, keep, now))
      return {at(*before), true};
    if (!keys_)
      keys_ = std::make_unique<append_keys>();
    keys_->add(std::move(key), head_ + 1, keep, now);
  }
  draft.offset = ++head_;
  auto what = std::make_shared<const publication>(std::move(draft));
  items_.push_back({what, now});
  items_bytes_ += what->size();
  trim(keep, now);
  return {std::move(what), false};
}

void memory_history::keep_answer(append_key key, call_answer what, const retention& keep, time_point now) {
  if (!keys_)
    keys_ = std::make_unique<append_keys>();
  keys_->trim(keep, now);
  if (!keys_->find_answer(key, keep, now))
    keys_->add_answer(std::move(key), std::move(what), keep, now);
  forget_no_keys();
}

// -- dropping -----------------------------------------------------------------

void memory_history::trim(const retention& keep, time_point now) {
  while (!items_.empty() && (items_.size() > keep.size || items_bytes_ > keep.bytes || now - items_.front().at >= keep.ttl))
    drop_oldest();
  if (keys_)
    keys_->trim(keep, now);
  forget_no_keys();
}

void memory_history::drop_oldest() {
  if (items_.empty()) {
    if (keys_)
      keys_->forget_oldest();
    return forget_no_keys();
  }
  items_bytes_ -= items_.front().what->size();
  items_.pop_front();
}

void memory_history::shrink(std::size_t bytes) {
  do
    drop_oldest();
  while (history_bytes() > bytes);
}

void memory_history::forget_no_keys() {
  if (keys_ && keys_->empty())
    keys_.reset();
}

memory_history::time_point memory_history::first_expiry(const retention& keep) const {
  if (items_.empty())
    return keys_->oldest() + keep.key_ttl;
  const auto first = items_.front().at + keep.ttl;
  return keys_ ? std::min(first, keys_->oldest() + keep.key_ttl) : first;
}

// -- reading ------------------------------------------------------------------

/// The publication itself, or, when only its key is still known, its position.
publication_ptr memory_history::at(offset_t offset) const {
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
