#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace troupe::actors {

/// A queue that costs four words and no allocation while nothing has been in it, where a `std::deque` takes 640 bytes:
/// what a hundred thousand idle channels have several of.
///
/// Pushing and popping are amortised constant. What was popped is destroyed at once; the memory of an emptied queue is
/// given back when it is more than `spare_max` elements. Pushing invalidates references.
template <class T>
class fifo {
 public:
  static constexpr std::size_t spare_max = 64;

  // -- changing ---------------------------------------------------------------

  void push_back(T what) { items_.push_back(std::move(what)); }

  template <class... Args>
  T& emplace_back(Args&&... args) {
    return items_.emplace_back(std::forward<Args>(args)...);
  }

  /// Not for an empty queue.
  void pop_front() {
    [[maybe_unused]] const T gone = std::move(items_[first_]);
    ++first_;
    if (first_ == items_.size())
      clear();
    else if (first_ > spare_max && first_ > items_.size() / 2)
      close_up();
  }

  void clear() {
    first_ = 0;
    if (items_.capacity() > spare_max)
      std::vector<T>{}.swap(items_);
    else
      items_.clear();
  }

  /// The `at`-th from the front leaves: linear.
  void erase(std::size_t at) {
    items_.erase(begin() + static_cast<std::ptrdiff_t>(at));
    if (empty())
      clear();
  }

  /// Those for which `is` says so leave, wherever they stand; how many did.
  template <class F>
  std::size_t erase_if(F is) {
    close_up();
    return std::erase_if(items_, std::move(is));
  }

  // -- looking ----------------------------------------------------------------

  [[nodiscard]] bool empty() const noexcept { return first_ == items_.size(); }
  [[nodiscard]] std::size_t size() const noexcept { return items_.size() - first_; }
  [[nodiscard]] T& front() { return items_[first_]; }
  [[nodiscard]] const T& front() const { return items_[first_]; }
  [[nodiscard]] T& back() { return items_.back(); }
  [[nodiscard]] const T& back() const { return items_.back(); }
  [[nodiscard]] T& operator[](std::size_t at) { return items_[first_ + at]; }
  [[nodiscard]] const T& operator[](std::size_t at) const { return items_[first_ + at]; }
  [[nodiscard]] auto begin() { return items_.begin() + static_cast<std::ptrdiff_t>(first_); }
  [[nodiscard]] auto end() { return items_.end(); }
  [[nodiscard]] auto begin() const { return items_.begin() + static_cast<std::ptrdiff_t>(first_); }
  [[nodiscard]] auto end() const { return items_.end(); }

 private:
  void close_up() {
    items_.erase(items_.begin(), begin());
    first_ = 0;
  }

  std::vector<T> items_;
  std::size_t first_ = 0;
};

} // namespace troupe::actors
