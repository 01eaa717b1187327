#pragma once

#include "actors/stores/store.hpp"

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe::actors {

/// The keys of a channel's idempotent appends, each its publisher's, with the offset it stands for. Pure: time is passed
/// in.
///
/// Owner: a memory_history, made with the first key. Thread: its owner's.
/// Bounded: `retention::key_ttl`, `keys` and `keys_per_publisher`; past a count the oldest of a publisher goes, its own
/// or that of whoever has most.
class append_keys {
 public:
  using time_point = std::chrono::system_clock::time_point;

  [[nodiscard]] std::optional<offset_t> find(const append_key& key, const retention& keep, time_point now) const;
  void add(append_key key, offset_t offset, const retention& keep, time_point now);

  /// From now on the offsets of keys that are forgotten are added to `into`; null: to nothing.
  void tell_forgotten(std::vector<offset_t>* into) noexcept { forgotten_ = into; }

  /// Forgets what is past its time.
  void trim(const retention& keep, time_point now);
  void forget_oldest();

  [[nodiscard]] bool empty() const noexcept { return in_order_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return in_order_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] time_point oldest() const { return in_order_.front().at; }

 private:
  struct known {
    append_key key;
    offset_t offset = 0;
    time_point at;
  };
  using order = std::list<known>; // oldest first
  struct of_publisher {
    std::unordered_map<std::string, order::iterator> by_text;
    std::list<order::iterator> in_order;
  };

  void forget(order::iterator which);
  void make_room(const std::string& publisher, const retention& keep);

  order in_order_;
  std::unordered_map<std::string, of_publisher> publishers_;
  std::size_t bytes_ = 0;
  std::vector<offset_t>* forgotten_ = nullptr;
};

} // namespace troupe::actors
