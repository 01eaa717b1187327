#pragma once

#include "actors/stores/disk/disk_engine.hpp"
#include "actors/stores/disk/disk_records.hpp"

#include <limits>

namespace troupe::actors {

/// What a channel's history may have at most.
struct history_bounds {
  std::size_t size = std::numeric_limits<std::size_t>::max();
  std::uint64_t bytes = std::numeric_limits<std::uint64_t>::max();
  std::int64_t ttl = std::numeric_limits<std::int64_t>::max();
};

/// Drops what is not to be kept: from the record at once, from the disk with the next commit.
/// Owner and thread: the disk_worker.
class disk_trimmer {
 public:
  explicit disk_trimmer(disk_engine& where) : engine_(where) {}

  /// The record is over `most`. With `slack`: by so much that dropping what is over is worth reading it.
  [[nodiscard]] static bool is_over(const channel_record& what, const history_bounds& most, std::int64_t now, bool slack);

  /// Drops the oldest publications of `what` until it is within `most`; and chunks that an earlier trimming dropped and a
  /// crash brought back.
  disk_engine::result<void> trim(channel_record& what, const history_bounds& most, std::int64_t now);

  /// Everything of the channel but its record.
  disk_engine::result<void> erase_all(const channel_record& what);
  disk_engine::result<void> erase_keys(channel_record& what);
  /// Publications, keys and answers past the last ones, which nobody was told of.
  disk_engine::result<void> erase_unanswered(const channel_record& what);

 private:
  disk_engine::result<void> erase_keys_of(std::uint64_t channel);
  disk_engine::result<void> erase_from(disk_engine::family where, std::uint64_t channel, offset_t begin);

  disk_engine& engine_;
};

} // namespace troupe::actors
