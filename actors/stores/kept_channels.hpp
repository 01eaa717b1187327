#pragma once

#include "actors/stores/fair_shares.hpp"
#include "actors/stores/memory_history.hpp"
#include "actors/stores/memory_store.hpp"

#include <atomic>
#include <list>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <unordered_map>

namespace troupe::actors {

/// What the memory store has of one channel.
/// Owner: kept_channels; stays where it is. Thread: `history` under `guard`, the rest under the table's mutex, but for
/// what its owner reads alone.
struct kept_channel {
  using agenda = std::multimap<memory_history::time_point, kept_channel*>;
  using row = std::list<kept_channel*>;

  kept_channel(std::string channel, std::string epoch) : name(std::move(channel)), history(std::move(epoch)) {}

  const std::string name;
  std::mutex guard; ///< its owner's against whoever makes room. The table's mutex is never taken within it
  memory_history history;
  retention keep;                       ///< of its owner, or the last one
  std::atomic<std::size_t> weighed{0};  ///< what its share was told of its history
  fair_shares::share* share = nullptr;
  bool owned = true;
  agenda::iterator due{};
  bool scheduled = false;
  std::atomic<memory_history::time_point> next_look{memory_history::time_point::max()}; ///< `due`, for its owner
  std::optional<memory_history::time_point> bare_since; ///< idle, and its history is empty
  row* stands_in = nullptr;                             ///< bare ones wait in one of two rows, oldest first
  row::iterator place{};
};

/// All that the memory store keeps, of channels that live and of those that do not, under one budget.
///
///     open --> owned --closed--> idle --history expired--> bare --a while later--> forgotten
///                ^                 |                          |
///                `-----opened------`--------------------------`
///
/// Everything counts: publications, keys, snapshots, and what a channel's place here costs by itself. Past the budget the
/// bare go first, the oldest of them; then the oldest publications of whatever is largest by fair_shares, where places
/// weigh, too, whether its channel lives or not, a quarter at a time; last the snapshots of idle channels.
/// Owner: shared by the store and its open partitions. Thread: any. The mutex is taken when a channel comes, goes, or has
/// grown or shrunk by a quarter; an ordinary append takes its own channel's guard only.
class kept_channels {
 public:
  kept_channels(store::clock now, memory_limits limits, std::uint64_t seed);
  ~kept_channels();
  kept_channels(const kept_channels&) = delete;
  kept_channels& operator=(const kept_channels&) = delete;

  // -- owners come and go -----------------------------------------------------

  /// What is kept of `channel`, else something new with a new epoch; null if it has an owner.
  [[nodiscard]] kept_channel* take(const std::string& channel, const retention& keep, const starter& by);
  void give_back(kept_channel& what);

  // -- its owner works with it ------------------------------------------------

  /// Runs `work` with the history; what it changed counts, and makes others smaller if it must.
  template <class F>
  void with(kept_channel& which, F work) {
    std::size_t before = 0, after = 0, weight = 0;
    bool sooner = false;
    {
      const std::lock_guard alone{which.guard};
      before = which.history.bytes();
      work(which.history);
      after = which.history.bytes();
      weight = which.history.history_bytes();
      sooner = expires_unseen(which);
    }
    bytes_ += after - before;
    if (sooner || over_limit() || is_off(which.weighed.load(std::memory_order_relaxed), weight))
      weigh_and_make_room(which);
  }

  // -- room -------------------------------------------------------------------

  /// Drops what has expired.
  void sweep();

  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t idle() const;
  [[nodiscard]] memory_history::time_point now() const { return now_(); }

 private:
  [[nodiscard]] std::string new_epoch();
  [[nodiscard]] bool over_limit() const noexcept { return bytes_.load(std::memory_order_relaxed) > limits_.node_bytes; }
  [[nodiscard]] static bool is_off(std::size_t weighed, std::size_t weight) noexcept;
  [[nodiscard]] static bool expires_unseen(const kept_channel& which);
  [[nodiscard]] static std::size_t place_bytes(const kept_channel& of) noexcept;
  void weigh_and_make_room(kept_channel& grown);

  // With the mutex held:
  template <class F>
  void change(kept_channel& which, F work);
  void look_at(kept_channel& which);
  void schedule(kept_channel& which, memory_history::time_point due);
  void cancel(kept_channel& which);
  void stand_in(kept_channel::row* where, kept_channel& which);
  void forget(kept_channel& which);
  void make_room();

  const store::clock now_;
  const memory_limits limits_;
  std::atomic<std::size_t> bytes_{0};
  std::size_t history_bytes_ = 0; // as weighed, of all
  mutable std::mutex mutex_;
  std::unordered_map<std::string_view, std::unique_ptr<kept_channel>> all_; // keys are their names
  std::size_t owned_ = 0;
  fair_shares shares_;
  kept_channel::agenda agenda_;
  kept_channel::row bare_;          // nothing left but the epoch
  kept_channel::row with_snapshot_; // bare but for that
  std::mt19937_64 random_;
};

} // namespace troupe::actors
