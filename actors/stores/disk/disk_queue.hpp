#pragma once

#include "actors/stores/disk/disk_orders.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>

namespace troupe::actors {

/// What waits for the disk's thread.
///
/// Thread: any puts, one takes. Bounded by `bytes_max`: past it an append, a snapshot, an answer or a read is refused in its turn,
/// and a position is passed over (the next one is at least as far).
class disk_queue {
 public:
  explicit disk_queue(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // -- putting ----------------------------------------------------------------

  /// What is refused is marked so. False once it is closed: nothing will be answered.
  bool put(append_order what);
  bool put(snapshot_order what);
  bool put(answer_order what);
  /// False: it is full, or closed.
  bool put(read_order what);
  void put(position_order what);
  bool put(open_order what);
  void put(close_order what);
  /// One at a time.
  void put(sweep_order what);

  // -- taking -----------------------------------------------------------------

  struct batch {
    std::vector<disk_order> orders;
    std::vector<read_order> reads;
    [[nodiscard]] bool empty() const noexcept { return orders.empty() && reads.empty(); }
  };
  /// All orders, and at most `reads_max` pages to read.
  [[nodiscard]] batch take(std::size_t reads_max);
  /// Until something waits. False: it is closed, and nothing does.
  bool wait();
  void close();

  [[nodiscard]] std::size_t bytes() const;
  /// How often it was full.
  [[nodiscard]] std::uint64_t refusals() const;

 private:
  bool add(disk_order what, std::size_t bytes);
  template <class Order>
  bool put_or_refuse(Order what, std::size_t bytes, void (*empty)(Order&));
  [[nodiscard]] bool is_full(std::size_t more);

  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::condition_variable waits_;
  std::vector<disk_order> orders_;
  std::deque<read_order> reads_;
  std::size_t order_bytes_ = 0; // of those in `orders_`
  std::uint64_t refusals_ = 0;
  bool sweep_waits_ = false, closed_ = false;
};

} // namespace troupe::actors
