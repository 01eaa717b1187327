#pragma once

#include "actors/stores/disk/disk_channel.hpp"
#include "actors/stores/disk/disk_engine.hpp"

#include <utility>
#include <vector>

namespace troupe::actors {

/// What one sync keeps: publications, keys, answers, snapshots and positions of many channels, and the answers that wait for it.
///
/// Nothing that it takes counts before `commit` has succeeded: then the channels' records are the new ones. If it fails
/// they stay as they were, and whoever waited hears why.
/// Owner and thread: the disk_worker.
class disk_batch {
 public:
  explicit disk_batch(disk_engine& to) : engine_(to) {}

  // -- taking -----------------------------------------------------------------

  void add(append_order& what, std::int64_t now);
  void add(snapshot_order& what);
  void add(answer_order& what, std::int64_t now);
  void add(position_order& what);
  /// A channel's record changed outside of a batch: it is written with the next.
  void add_changed(const disk_channel_ptr& which);
  /// Keys that are known no more leave with the next.
  void erase(std::uint64_t channel, const append_keys::forgotten& what);
  /// What changed is not written: opening the directory anew writes all records.
  void forget_changed();
  /// An answer in its turn that waits for nothing.
  template <class Order>
  void refuse(Order& what, failure why) {
    wait(what, false, [then = std::move(what.then), why = std::move(why)](const disk_engine::result<void>&) {
      then(tl::unexpected(why));
    });
  }

  [[nodiscard]] bool empty() const {
    return answers_.empty() && channels_.empty() && changed_.empty() && !engine_.has_changes();
  }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  // -- keeping ----------------------------------------------------------------

  using answerer = std::function<void(const disk_owner_ptr& to, std::function<void()> what)>;

  /// Keeps all that was added, and hands the answers on in order; an error says why nothing is kept.
  disk_engine::result<void> commit(std::int64_t now, const answerer& answer);

  /// Channels of the last commit, to be counted and trimmed.
  [[nodiscard]] std::vector<disk_channel_ptr> take_committed() { return std::exchange(committed_, {}); }
  /// The last commit waited for the disk.
  [[nodiscard]] bool synced() const noexcept { return synced_; }

 private:
  struct waiting_answer {
    disk_owner_ptr owner;
    bool depends = false; ///< on the commit
    std::function<void(const disk_engine::result<void>&)> tell;
  };

  open_disk_channel& enter(const disk_channel_ptr& which);
  void wait(const owned_order& by, bool depends, std::function<void(const disk_engine::result<void>&)> tell);
  void write(disk_channel& which, std::int64_t now);
  void write_chunk(open_disk_channel& of);
  void adopt(disk_channel& which, std::int64_t now);
  void keep_keys(open_disk_channel& of, std::int64_t now);
  static void count(open_disk_channel& of, const append_key& key, std::size_t answer_bytes, std::int64_t now);
  static void roll_back(disk_channel& which);
  [[nodiscard]] static std::optional<offset_t> known(const open_disk_channel& of, const append_key& key, std::int64_t now);
  [[nodiscard]] static bool is_answered(const open_disk_channel& of, const append_key& key, std::int64_t now);

  disk_engine& engine_;
  std::vector<disk_channel_ptr> channels_; // with something of this batch
  std::vector<disk_channel_ptr> changed_;
  std::vector<disk_channel_ptr> committed_;
  std::vector<waiting_answer> answers_;
  std::size_t bytes_ = 0;
  bool synced_ = false;
};

} // namespace troupe::actors
