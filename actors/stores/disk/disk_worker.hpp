#pragma once

#include "actors/messages/events.hpp"
#include "actors/stores/disk/disk_batch.hpp"
#include "actors/stores/disk/disk_catalogue.hpp"
#include "actors/stores/disk/disk_core.hpp"
#include "actors/stores/disk/disk_engine.hpp"
#include "actors/stores/disk/disk_pages.hpp"
#include "actors/stores/disk/disk_trimmer.hpp"
#include "actors/stores/epochs.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe::actors {

/// All that happens on the disk's thread, in rounds: what waits is kept with one sync and answered, what is over its
/// bounds is dropped, then some pages are read.
///
///     closed --open--> works --write failed--> failed --opened anew, unanswered cut--> works
///        `--damaged, locked, no permission--> failed
///     works <--> full: files at `disk.bytes`, or the file system's last `disk.reserve_bytes`: nothing is taken, all is read
///
/// Half of `disk.bytes` is for what is kept; the rest is the engine's, for logs and for what was dropped but is not yet
/// gone. Past that half names that say no more are forgotten, then the largest histories by fair shares lose a quarter,
/// last the snapshots of idle channels.
/// Owner: the disk_store. Thread: one at a time.
class disk_worker {
 public:
  disk_worker(const disk_settings& how, disk_core_ptr core, announcer& events, std::uint64_t seed);

  /// Opens the directory; what goes wrong is announced, and tried again with each sweep.
  void start();
  /// One round; false: nothing waited.
  bool work();

 private:
  // -- orders (disk_worker.cpp) -----------------------------------------------

  void handle(open_order& o);
  void handle(append_order& o);
  void handle(snapshot_order& o);
  void handle(answer_order& o);
  void handle(position_order& o);
  void handle(close_order& o);
  void handle(sweep_order& o);
  void handle(read_order& o);
  [[nodiscard]] static bool is_owner(const owned_order& o);
  [[nodiscard]] std::optional<failure> why_not(const owned_order& o, bool refused);
  void tell_size();
  void commit();
  void post_answers();
  void answer(const disk_owner_ptr& to, std::function<void()> what);

  // -- opening channels (disk_worker_opening.cpp) -----------------------------

  [[nodiscard]] tl::expected<disk_channel_ptr, failure> take(const open_order& o);
  [[nodiscard]] disk_engine::result<void> load(disk_channel& which);
  [[nodiscard]] disk_engine::result<void> load_keys(disk_channel& which);

  // -- the engine's life (disk_worker_life.cpp) -------------------------------

  void try_to_open();
  [[nodiscard]] disk_engine::result<void> check_format();
  [[nodiscard]] disk_engine::result<void> load_catalogue(bool damaged);
  [[nodiscard]] disk_engine::result<void> reconcile(bool damaged);
  void renew_epoch(channel_record& of);
  void failed(const std::string& why);
  void damaged(const std::string& what);
  void tell_trouble();

  // -- room (disk_worker_room.cpp) --------------------------------------------

  void measure();
  void trim_if_worth(disk_channel& which);
  [[nodiscard]] bool trim(disk_channel& which, const history_bounds& most);
  void expire();
  void make_room();
  void forget(disk_channel& which);
  void forget_keys(disk_channel& which);
  void changed(disk_channel& which);
  void look_at(disk_channel& which);
  [[nodiscard]] history_bounds bounds_of(const disk_channel& which) const;
  [[nodiscard]] std::int64_t now() const { return to_ms(core_->now()); }

  const disk_settings settings_;
  const disk_core_ptr core_;
  announcer& events_;
  disk_engine engine_;
  disk_batch batch_;
  disk_pages pages_;
  disk_trimmer trimmer_;
  disk_catalogue catalogue_;
  epochs epochs_;
  std::vector<disk_owner_ptr> answering_; // those with answers
  bool loaded_ = false;               // the catalogue is that of the disk
  std::optional<std::string> failed_; // why nothing is taken until it has been opened anew
  std::optional<std::string> full_;   // why nothing is taken until there is room
  std::optional<std::string> damage_; // what could not be read
};

} // namespace troupe::actors
