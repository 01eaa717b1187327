#pragma once

#include "actors/stores/store.hpp"

#include <cstddef>

namespace troupe::actors {

class kept_channels;

struct memory_limits {
  std::size_t node_bytes = 256 * 1024 * 1024;
  /// How long an idle channel's epoch is known after the last of its history has expired: for those who come back with a
  /// position and have missed nothing.
  std::chrono::milliseconds epoch_ttl = std::chrono::minutes{1};
  /// The same with a snapshot, which is an application's state.
  std::chrono::milliseconds snapshot_ttl = std::chrono::hours{1};
};

/// Keeps publications in this process: the store of a single node.
///
/// What a channel leaves behind when it stops (history, snapshot, kept position, epoch) stays *idle*: with its history
/// until that has expired, bare for `epoch_ttl` or `snapshot_ttl` longer, then it is forgotten and the channel's next start
/// gets a new epoch.
/// Limit: `node_bytes` for all that is kept, of live and of idle channels; who gives way past it is said at kept_channels.
/// Owner: the node; partitions may outlive the store object. Thread: any. Callbacks come within the call.
/// Errors: `unavailable` for a partition that is open already: a channel has one owner at a time.
/// Expired publications are dropped when they are touched or at the next sweep; they are never handed out.
class memory_store final : public store {
 public:
  /// `now` is called from any thread. `seed` of the epochs; 0: drawn from the system.
  explicit memory_store(clock now, memory_limits limits = {}, std::uint64_t seed = 0);
  ~memory_store() override;

  void open(const std::string& channel, const retention& keep, const starter& by, post back,
            std::function<void(tl::expected<std::unique_ptr<partition>, failure>)> then) override;
  void sweep() override;
  [[nodiscard]] std::size_t bytes() const override;

  /// Channels that it knows and that do not live.
  [[nodiscard]] std::size_t idle() const;

 private:
  std::shared_ptr<kept_channels> kept_;
};

} // namespace troupe::actors
