#pragma once

#include "actors/stores/append_keys.hpp"
#include "actors/stores/disk/chunk.hpp"
#include "actors/stores/disk/disk_orders.hpp"
#include "actors/stores/disk/disk_records.hpp"
#include "actors/stores/fair_shares.hpp"

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::actors {

/// The keys of a channel that is open, and what calls were answered: as many as its retention allows. Thread: the disk's adds, the owner's looks; under the mutex.
struct disk_keys {
  mutable std::mutex guard;
  append_keys known;
};

/// What the disk's thread has of a channel that somebody owns, beside its record.
struct open_disk_channel {
  disk_owner_ptr owner;
  retention keep;
  channel_record next;        ///< the record with what this batch adds
  chunk_writer chunk;         ///< of this batch
  std::map<append_key, offset_t> keys_staged;
  struct staged_answer {
    std::uint64_t number = 0;
    call_answer what;
  };
  std::map<append_key, staged_answer> answers_staged;
  bool in_batch = false;
  std::shared_ptr<disk_keys> keys = std::make_shared<disk_keys>();
};

/// A channel that the disk knows, or that has been opened. Owner: the disk_catalogue, and who has it open.
/// Thread: the disk's.
struct disk_channel : std::enable_shared_from_this<disk_channel> {
  using agenda = std::multimap<std::int64_t, disk_channel*>;
  using row = std::list<disk_channel*>;

  explicit disk_channel(std::string channel) : name(std::move(channel)) {}

  const std::string name;
  channel_record record;       ///< as it is kept
  bool stored = false;         ///< the disk has a record of it
  bool changed = false;        ///< it differs from that
  std::unique_ptr<open_disk_channel> open; ///< null: nobody owns it
  std::uint64_t counted = 0;   ///< bytes of the store, and of its share, that are its
  std::uint64_t weighed = 0;
  fair_shares::share* share = nullptr;
  agenda::iterator due{};
  bool scheduled = false;
  row* stands_in = nullptr;    ///< those that say no more wait in one of two rows, oldest first
  row::iterator place{};
};
using disk_channel_ptr = std::shared_ptr<disk_channel>;

} // namespace troupe::actors
