#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace troupe::actors {

/// Which way a list is ordered: by its values, and among equals by its keys.
struct page_order {
  bool descending = false;
  bool keys_descending = false;
};

/// One page of a list in some order, of any number of entries that are offered one by one, in any order.
///
/// A value. Bounded: `most` entries, however many are offered. An offer costs a comparison, and a place in a heap if the
/// entry comes onto the page.
template <class Key>
class page_picker {
 public:
  struct place {
    std::int64_t value = 0;
    Key key{};
  };

  /// `after`: the last entry of the page before; none: the first page.
  page_picker(std::size_t most, page_order order, std::optional<place> after)
      : most_(most), order_(order), after_(std::move(after)) {}

  template <class K>
  void offer(std::int64_t value, const K& key) {
    ++offered_;
    if (after_ && !before(after_->value, after_->key, value, key))
      return;
    ++behind_;
    if (most_ == 0 || (page_.size() == most_ && !before(value, key, page_.front().value, page_.front().key)))
      return;
    if (page_.size() == most_) {
      std::pop_heap(page_.begin(), page_.end(), in_order());
      page_.pop_back();
    }
    page_.push_back({value, Key{key}});
    std::push_heap(page_.begin(), page_.end(), in_order());
  }

  /// The page, in order. Once, last.
  [[nodiscard]] std::vector<place> take() {
    std::sort_heap(page_.begin(), page_.end(), in_order());
    return std::move(page_);
  }

  [[nodiscard]] std::size_t offered() const noexcept { return offered_; }
  /// Those that come behind `after`: the page and what follows it.
  [[nodiscard]] std::size_t behind() const noexcept { return behind_; }

  /// Whether one entry comes before another.
  template <class A, class B>
  [[nodiscard]] bool before(std::int64_t value_a, const A& a, std::int64_t value_b, const B& b) const {
    if (value_a != value_b)
      return order_.descending ? value_a > value_b : value_a < value_b;
    return order_.keys_descending ? b < a : a < b;
  }

 private:
  [[nodiscard]] auto in_order() const {
    return [this](const place& a, const place& b) { return before(a.value, a.key, b.value, b.key); };
  }

  std::size_t most_;
  page_order order_;
  std::optional<place> after_;
  std::vector<place> page_; // a heap: its first is the last of the page
  std::size_t offered_ = 0, behind_ = 0;
};

} // namespace troupe::actors
