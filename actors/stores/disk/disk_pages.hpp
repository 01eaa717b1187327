#pragma once

#include "actors/stores/disk/disk_engine.hpp"
#include "actors/stores/disk/disk_records.hpp"

namespace troupe::actors {

/// Reads pages of a channel's history. An error: what should be there cannot be read, in words.
/// Owner and thread: the disk_worker.
class disk_pages {
 public:
  explicit disk_pages(disk_engine& from) : engine_(from) {}

  /// As `partition::read` and `read_back`, of what `of` says is kept.
  disk_engine::result<history_page> after(const channel_record& of, offset_t since, std::size_t items_max,
                                          std::size_t bytes_max);
  disk_engine::result<history_page> before(const channel_record& of, offset_t end, std::size_t items_max,
                                           std::size_t bytes_max);

 private:
  disk_engine& engine_;
};

} // namespace troupe::actors
