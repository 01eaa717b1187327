#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace troupe::transports {

/// The message that is being read: small ones lie in the connection, a large one in memory that is given back when the
/// message is over. It grows with what arrives, never to what the peer announces.
///
/// Pure; owner: a WebSocket connection.
class message_buffer {
 public:
  static constexpr std::size_t step_bytes_max = 16 * 1024;

  /// Room for the next bytes, never none; `expected` is a guess at what is left of the message.
  std::span<char> room(std::size_t expected) {
    const std::size_t held = size_;
    if (held == capacity())
      grow(std::clamp(expected, held, std::max(held, step_bytes_max)));
    return {data() + size_, capacity() - size_};
  }

  void commit(std::size_t n) noexcept { size_ += static_cast<std::uint32_t>(n); }

  [[nodiscard]] std::string_view bytes() const noexcept { return {large_ ? large_.get() : small_.data(), size_}; }

  /// What it holds outside of the connection.
  [[nodiscard]] std::size_t memory() const noexcept { return large_size_; }

  void release() noexcept {
    size_ = large_size_ = 0;
    large_.reset();
  }

 private:
  [[nodiscard]] char* data() noexcept { return large_ ? large_.get() : small_.data(); }
  [[nodiscard]] std::size_t capacity() const noexcept { return large_ ? large_size_ : small_.size(); }

  void grow(std::size_t by) {
    auto larger = std::make_unique_for_overwrite<char[]>(size_ + by);
    std::copy_n(data(), size_, larger.get());
    large_size_ = static_cast<std::uint32_t>(size_ + by);
    large_ = std::move(larger);
  }

  std::unique_ptr<char[]> large_;
  std::uint32_t large_size_ = 0;
  std::uint32_t size_ = 0;
  std::array<char, 80> small_;
};

} // namespace troupe::transports
