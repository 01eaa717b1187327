#pragma once

#include "actors/hosting/running_handlers.hpp"
#include "actors/sessions/outlet_desk.hpp"
#include "actors/telemetry/counters.hpp"

#include <troupe/handshake.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>

namespace troupe::actors {

class shard;
class shard_actor;

/// One I/O thread's place in the node. It outlives the shard's actor, which its supervisor may start anew.
///
/// Owner: the node. Thread: `counters` are read by any; all else belongs to the I/O thread.
struct shard_state {
  shard_state(std::uint32_t number, std::uint32_t of, std::uint64_t started = 0, std::uint64_t seed = 1)
      : index(number), shards(of), incarnation(started), last_id(ids_before(started)) {
    std::seed_seq all{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32), number};
    dice.seed(all);
  }

  const std::uint32_t index;
  const std::uint32_t shards; ///< of the node
  const std::uint64_t incarnation; ///< of the node: another one each time it starts, ms since 1970
  shard_counters counters;
  std::minstd_rand dice;        ///< of jitter; a shard that is started anew does not throw the same again
  std::uint64_t last_id;        ///< of clients: numbers are never given twice, also not by a node that is started anew
  std::uint64_t last_link = 0;  ///< to channels; likewise
  std::uint64_t last_request = 0; ///< of the API, or for an inbox: these have numbers of their own, and may be many
  std::uint64_t next_entry = 1; ///< of logs: entries of an earlier shard are not mistaken for those of this one

  connect_hook on_connect{};    ///< the application's, if it has one; as long as the node
  running_handlers* running = nullptr; ///< null: nobody looks
  /// What it has been asked here and has not answered, whichever shard asked. Shared with its promises, on any thread.
  std::shared_ptr<std::atomic<std::size_t>> look_ups = std::make_shared<std::atomic<std::size_t>>(0);

  outlet_desk outlets;          ///< what the application says from outside, through this thread

  std::function<void(shard& home)> each_turn{}; ///< at the end of each turn; empty: nothing

  shard* now = nullptr;           ///< null while the actor is being started
  shard_actor* actor = nullptr;   ///< whose `now` is

 private:
  /// Time goes faster than a shard gives ids, also where clients come as fast as `limits.accepts_per_second` lets them: more
  /// than those are behind it that it gave before it was started anew. A clock that is wrong by years begins at 0. They go
  /// round after two years, when nobody remembers.
  static constexpr std::uint64_t ids_before(std::uint64_t started) noexcept {
    constexpr std::uint64_t year_2026 = 1'767'225'600'000, ids_per_ms = 16;
    return started > year_2026 ? (started - year_2026) * ids_per_ms : 0;
  }
};

/// Time as the node sees it; tests step it.
struct node_clock {
  std::function<std::chrono::steady_clock::time_point()> steady;
  std::function<std::int64_t()> wall; ///< ms since 1970
};

} // namespace troupe::actors
