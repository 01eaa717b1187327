#pragma once

#include "actors/messages/events.hpp"
#include "actors/stores/disk/disk_settings.hpp"
#include "actors/stores/store.hpp"

#include <memory>
#include <string>
#include <thread>

namespace troupe::actors {

struct disk_core;
class disk_worker;

/// Keeps publications on disk: what was acknowledged is there after the process was killed, or the machine lost its
/// power as far as its disks tell the truth.
///
/// What waits while the disk syncs is one batch of the next sync, of all channels together, so that a busy node pays for
/// few of them. A thread of its own does everything that touches the disk; channels ask it through a queue bounded by
/// `queue_bytes`, past which appends, snapshots and reads are answered `busy`. Offsets, epochs, keys, snapshots and kept
/// positions go on after a restart.
/// What goes wrong (damage, a full or failing disk) is announced and is `trouble()` until it is over; meanwhile appends
/// and snapshots are answered `unavailable`, what can be read is read, and each sweep tries to open the directory anew.
/// Owner: the node; partitions may outlive the store object, and are answered nothing then. Thread: any.
class disk_store final : public store {
 public:
  enum class runs : std::uint8_t {
    on_its_thread,
    when_told, ///< by `work`, for tests without threads
  };

  /// `now` is called from any thread; `events` outlives the store. `seed` of the epochs; 0: drawn from the system.
  disk_store(disk_settings how, clock now, announcer& events, std::uint64_t seed, runs where = runs::on_its_thread);
  /// What waits is kept first.
  ~disk_store() override;
  disk_store(const disk_store&) = delete;
  disk_store& operator=(const disk_store&) = delete;

  [[nodiscard]] const std::string& dir() const noexcept { return dir_; }

  /// One round of what its thread would do; false: nothing waited.
  bool work();

  // -- overridden functions of store ------------------------------------------

  void open(const std::string& channel, const retention& keep, const starter& by, post back,
            std::function<void(tl::expected<std::unique_ptr<partition>, failure>)> then) override;
  void sweep() override;
  [[nodiscard]] std::size_t bytes() const override { return 0; } // in memory
  [[nodiscard]] disk_use disk() const override;
  [[nodiscard]] std::optional<std::string> trouble() const override;

 private:
  const std::string dir_;
  const std::shared_ptr<disk_core> core_;
  const std::unique_ptr<disk_worker> worker_;
  std::thread thread_;
};

} // namespace troupe::actors
