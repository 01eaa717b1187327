#pragma once

#include <cstddef>
#include <vector>

namespace troupe::actors {

class subscription;

/// The subscriptions of a shard to one channel. Those that rest have read all there is and are woken by what comes
/// next; the others have something to write already, or wait for an answer, and are not walked over.
///
/// Owner: the channel_entry. Thread: the shard's. Every change is a swap.
class reader_list {
 public:
  void add(subscription& s);
  void remove(subscription& s);

  void rest(subscription& s);
  void wake(subscription& s);

  /// Calls `what` for all that rest, which do no more. It may not change the list.
  template <class F>
  void wake_all(F&& what) {
    const auto resting = resting_;
    resting_ = 0;
    for (std::size_t i = 0; i < resting; ++i)
      what(*all_[i]);
  }

  [[nodiscard]] bool empty() const noexcept { return all_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
  [[nodiscard]] std::size_t resting() const noexcept { return resting_; }
  [[nodiscard]] auto begin() const noexcept { return all_.begin(); }
  [[nodiscard]] auto end() const noexcept { return all_.end(); }

 private:
  void put(subscription& s, std::size_t at);

  std::vector<subscription*> all_; // those that rest first
  std::size_t resting_ = 0;
};

} // namespace troupe::actors
