#pragma once
/// The right of one socket to be open: counted from accept to close, on whatever shard it is.
///
/// A move-only value; destroying it gives the place back. Thread: any.

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace troupe::transports {

class admission {
 public:
  using counter = std::shared_ptr<std::atomic<std::size_t>>;

  admission() = default;

  /// Takes a place; an empty admission if `max` are taken.
  static admission take(const counter& open, std::size_t max) {
    if (open->fetch_add(1, std::memory_order_relaxed) < max)
      return admission(open);
    open->fetch_sub(1, std::memory_order_relaxed);
    return {};
  }

  admission(admission&& other) noexcept : open_(std::exchange(other.open_, nullptr)) {}
  admission& operator=(admission&& other) noexcept {
    std::swap(open_, other.open_);
    return *this;
  }
  ~admission() {
    if (open_)
      open_->fetch_sub(1, std::memory_order_relaxed);
  }

  explicit operator bool() const noexcept { return open_ != nullptr; }

 private:
  explicit admission(counter open) noexcept : open_(std::move(open)) {}
  counter open_;
};

} // namespace troupe::transports
