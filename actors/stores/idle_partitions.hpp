#pragma once
/// The partitions of the memory store that no channel owns just now, and the count of all bytes it keeps.
///
/// Thread: any; one mutex. Owner: shared by the store and its open partitions.

#include "actors/stores/memory_history.hpp"
#include "actors/stores/memory_store.hpp"

#include <atomic>
#include <list>
#include <map>
#include <mutex>
#include <random>
#include <unordered_map>
#include <unordered_set>

namespace troupe::actors {

class idle_partitions {
 public:
  idle_partitions(store::clock now, memory_limits limits, std::uint64_t seed);

  // -- owners come and go -----------------------------------------------------

  /// What is kept of `channel`, else a new history with a new epoch; null if it has an owner.
  [[nodiscard]] std::unique_ptr<memory_history> take(const std::string& channel);
  void give_back(const std::string& channel, std::unique_ptr<memory_history> what, const retention& keep);

  // -- room -------------------------------------------------------------------

  void sweep();
  /// Forgets the oldest idle partition; false if there is none.
  bool forget_oldest();
  [[nodiscard]] bool over_limit() const noexcept { return bytes() > limits_.node_bytes; }

  /// An owner's history has grown or shrunk.
  void count(std::size_t before, std::size_t after) noexcept { bytes_ += after - before; }

  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] memory_history::time_point now() const { return now_(); }

 private:
  using order = std::list<std::string>; // oldest first
  using agenda = std::multimap<memory_history::time_point, std::string>;
  struct idle {
    std::unique_ptr<memory_history> what;
    retention keep;
    order::iterator in_order;
    agenda::iterator due;
    std::optional<memory_history::time_point> bare_since;
  };

  [[nodiscard]] std::string new_epoch();
  void look_at(const std::string& channel);
  void schedule(const std::string& channel, idle& of);
  void forget(const std::string& channel);

  const store::clock now_;
  const memory_limits limits_;
  std::atomic<std::size_t> bytes_{0};
  mutable std::mutex mutex_;
  std::unordered_set<std::string> owned_;
  std::unordered_map<std::string, idle> idle_;
  order order_;
  agenda agenda_;
  std::mt19937_64 random_;
};

} // namespace troupe::actors
