#pragma once

#include "actors/stores/disk/disk_channel.hpp"

#include <functional>
#include <unordered_map>

namespace troupe::actors {

/// All channels that the disk store knows: what each keeps there, when that expires, and who gives way.
///
/// A channel whose history has expired is *bare*: it keeps its epoch and head, and perhaps a snapshot. What a channel
/// costs by itself, here and on the disk, counts as `place_bytes`.
/// Holds no publications: about half a KiB of memory for each channel. Pure; owner and thread: the disk_worker.
class disk_catalogue {
 public:
  static constexpr std::uint64_t place_bytes = 1024;

  disk_catalogue() = default;
  ~disk_catalogue();
  disk_catalogue(const disk_catalogue&) = delete;
  disk_catalogue& operator=(const disk_catalogue&) = delete;

  // -- coming and going -------------------------------------------------------

  [[nodiscard]] disk_channel_ptr find(const std::string& name) const;
  /// One that is new here. Its record has who started it.
  disk_channel_ptr add(const std::string& name, channel_record what, bool stored);
  void forget(disk_channel& which);
  void clear();
  void for_each(const std::function<void(disk_channel&)>& what);

  // -- keeping count ----------------------------------------------------------

  /// Its record, or its owner, is another: counts it, and when to look at it again.
  void look_at(disk_channel& which, std::int64_t forget_after);

  /// Looks at it again then, whatever its record says.
  void put_off(disk_channel& which, std::int64_t until) { schedule(which, until); }

  /// The next that is due at `now`; it is to be trimmed, or forgotten, and looked at. Null: none.
  [[nodiscard]] disk_channel* due(std::int64_t now);

  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }

  // -- who gives way, first to last; null: nobody -----------------------------

  [[nodiscard]] disk_channel* oldest_bare() const { return bare_.empty() ? nullptr : bare_.front(); }
  [[nodiscard]] disk_channel* heaviest() const { return static_cast<disk_channel*>(shares_.heaviest()); }
  [[nodiscard]] disk_channel* oldest_with_snapshot() const {
    return with_snapshot_.empty() ? nullptr : with_snapshot_.front();
  }

 private:
  void schedule(disk_channel& which, std::int64_t at);
  void cancel(disk_channel& which);
  void stand_in(disk_channel::row* where, disk_channel& which);

  std::unordered_map<std::string_view, disk_channel_ptr> all_; // keys are their names
  fair_shares shares_;
  disk_channel::agenda agenda_;
  disk_channel::row bare_, with_snapshot_;
  std::uint64_t bytes_ = 0;
  std::uint64_t last_id_ = 0;
};

} // namespace troupe::actors
