#pragma once
/// What the doors of all shards share, and what one door works with.
///
/// Owner: the node; made before the first request and outlives the last. Thread: read by every I/O thread; what changes
/// is atomic or locks itself.

#include "actors/endpoints/key_ring.hpp"
#include "actors/endpoints/static_files.hpp"
#include "actors/node/directory.hpp"
#include "actors/shard/shard_seat.hpp"
#include "actors/stores/store.hpp"
#include "actors/watch/event_desk.hpp"
#include "config/settings.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace troupe::actors {

struct premises {
  const config::settings& settings; ///< as at start
  directory& where;
  event_desk& desk;
  store& keep;
  key_ring keys;
  static_files pages;
  std::vector<std::string> mounts; ///< paths
  std::vector<std::unique_ptr<shard_seat>> seats;
  std::int64_t started = 0; ///< ms since 1970
  std::atomic<bool> draining{false};
};

/// One shard, whose actor lives, at work on one request. Thread: the shard's.
struct desk_view {
  premises& house;
  shard_seat& seat;

  [[nodiscard]] shard& home() const noexcept { return *seat.now; }
  [[nodiscard]] shard_actor& actor() const noexcept { return *seat.actor; }
};

} // namespace troupe::actors
