#pragma once
/// Keeps publications in this process: the store of a single node.
///
/// What a channel leaves behind when it stops (history, snapshot, kept position, epoch) waits here as an *idle*
/// partition: with its history until that has expired, bare for `bare_ttl` longer, then it is forgotten and the
/// channel's next start gets a new epoch.
/// Limits: `node_bytes` for all partitions together: past it the oldest idle partition goes, and if none is idle the
/// oldest publications of the channel that appends; `idle_max` idle partitions, oldest first.
/// Owner: the node; partitions may outlive the store object. Thread: any; a mutex is taken to open, close and sweep
/// (and to make room past `node_bytes`), never by an ordinary append or read. Callbacks come within the call.
/// Errors: `unavailable` for a partition that is open already: a channel has one owner at a time.
/// Expired publications of an open, silent channel are dropped when it is next touched; they are never handed out.

#include "actors/stores/store.hpp"

#include <cstdint>

namespace troupe::actors {

class idle_partitions;

struct memory_limits {
  std::size_t node_bytes = 256 * 1024 * 1024;
  std::size_t idle_max = 100'000;
  std::chrono::milliseconds bare_ttl = std::chrono::hours{1};
};

class memory_store final : public store {
 public:
  /// `now` is called from any thread. `seed` of the epochs; 0: drawn from the system.
  explicit memory_store(clock now, memory_limits limits = {}, std::uint64_t seed = 0);
  ~memory_store() override;

  void open(const std::string& channel, const retention& keep, post back,
            std::function<void(tl::expected<std::unique_ptr<partition>, failure>)> then) override;
  void sweep() override;
  [[nodiscard]] std::size_t bytes() const override;

  /// Partitions without an owner.
  [[nodiscard]] std::size_t idle() const;

 private:
  std::shared_ptr<idle_partitions> idle_;
};

} // namespace troupe::actors
