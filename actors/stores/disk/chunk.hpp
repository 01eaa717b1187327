#pragma once

#include "actors/stores/disk/packing.hpp"

#include <troupe/publication.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace troupe::actors {

/// Consecutive publications of one channel as one record of the engine: those that one sync kept, in slices of about
/// `chunk_bytes`. On a busy channel a record for each would cost more than all that is in it.
inline constexpr std::size_t chunk_bytes = 16 * 1024;

/// A publication in a chunk, not yet made.
struct chunk_entry {
  offset_t offset = 0;
  std::int64_t at = 0;       ///< kept at, ms since 1970
  std::uint32_t weight = 0;  ///< `publication::size()` when it was kept
  std::string_view body;

  [[nodiscard]] offset_t next() const noexcept { return offset + 1; }
};

/// Owner: an open channel. Thread: the disk's.
class chunk_writer {
 public:
  /// `what` has its offset, which follows the one before.
  void add(const publication& what, std::int64_t at);

  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] bool full() const noexcept { return packed_.size() >= chunk_bytes; }
  [[nodiscard]] offset_t first() const noexcept { return first_; }

  /// The record; begins anew.
  [[nodiscard]] std::string take();

 private:
  packer packed_;
  offset_t first_ = 0;
  std::size_t count_ = 0;
};

/// Walks a chunk. Views are valid as long as the chunk is.
class chunk_reader {
 public:
  chunk_reader(offset_t first, std::string_view chunk) : next_(first), left_(chunk) {}

  /// Nothing: at its end, or `damaged`.
  [[nodiscard]] std::optional<chunk_entry> next();
  [[nodiscard]] bool damaged() const noexcept { return !left_.good(); }

 private:
  offset_t next_;
  unpacker left_;
};

/// Null: the entry is no publication.
[[nodiscard]] publication_ptr publication_of(const chunk_entry& entry);

} // namespace troupe::actors
