#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace troupe::transports {

/// The right of one socket to be open: counted from accept to close, on whatever shard it is.
///
/// A move-only value; destroying it gives the place back. Thread: any.
class connection_permit {
 public:
  using counter = std::shared_ptr<std::atomic<std::size_t>>;

  connection_permit() = default;

  /// Takes a place; an empty connection_permit if `max` are taken.
  static connection_permit take(const counter& open, std::size_t max) {
    if (open->fetch_add(1, std::memory_order_relaxed) < max)
      return connection_permit(open);
    open->fetch_sub(1, std::memory_order_relaxed);
    return {};
  }

  connection_permit(connection_permit&& other) noexcept : open_(std::exchange(other.open_, nullptr)) {}
  connection_permit& operator=(connection_permit&& other) noexcept {
    std::swap(open_, other.open_);
    return *this;
  }
  ~connection_permit() {
    if (open_)
      open_->fetch_sub(1, std::memory_order_relaxed);
  }

  explicit operator bool() const noexcept { return open_ != nullptr; }

 private:
  explicit connection_permit(counter open) noexcept : open_(std::move(open)) {}
  counter open_;
};

} // namespace troupe::transports
