#pragma once

#include "transports/chunk.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct iovec;

namespace troupe::transports {

/// What one socket has still to send: slices of shared chunks and bytes of its own, in order.
///
/// Pure: it knows no socket. Owner: a tcp_stream. Thread: the I/O thread of its shard (slices are counted there).
/// Neighbouring slices of one chunk become one, private bytes lie together in one string: thousands of small messages
/// are a few iovecs. Empty, it owns no memory.
class outbox {
 public:
  // -- filling ----------------------------------------------------------------

  void append(slice shared);
  void append(std::string_view private_bytes);

  /// A large text of its own, without a copy.
  void append(std::string&& private_bytes);

  // -- sending ----------------------------------------------------------------

  /// Fills `out` from the front; returns how many entries.
  std::size_t gather(std::span<iovec> out) const;

  /// The first `n` bytes are with the kernel.
  void consume(std::size_t n);

  void clear();

  // -- counting ---------------------------------------------------------------

  /// Adds the chunks that it holds parts of.
  void add_chunks(std::vector<const chunk*>& into) const;

  [[nodiscard]] bool empty() const noexcept { return appended_ == taken_; }
  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(appended_ - taken_); }

  /// Bytes ever appended and ever consumed: a position in the stream is passed once `taken` reaches it.
  [[nodiscard]] std::uint64_t appended() const noexcept { return appended_; }
  [[nodiscard]] std::uint64_t taken() const noexcept { return taken_; }

 private:
  struct piece {
    chunk_ptr owner;      // null: bytes of `own_`
    const char* data = nullptr;
    std::size_t size = 0;
  };

  void compact();

  std::vector<piece> pieces_; // from `first_` on
  std::size_t first_ = 0;
  std::string own_;            // private bytes in order; those before `own_first_` are sent
  std::size_t own_first_ = 0;
  std::uint64_t appended_ = 0;
  std::uint64_t taken_ = 0;
};

} // namespace troupe::transports
