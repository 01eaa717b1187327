#pragma once

#include "actors/stores/store.hpp"

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe::actors {

/// The keys of a channel's idempotent appends and calls, each its publisher's, with the offset or the answer it stands
/// for. Pure: time is passed in.
///
/// Owner: a memory_history, made with the first key. Thread: its owner's.
/// Bounded: `retention::key_ttl`, `keys` and `keys_per_publisher`; past a count the oldest of a publisher goes, its own
/// or that of whoever has most. Answers by `answer_bytes`, and together by `answer_bytes_per_channel`.
class append_keys {
 public:
  using time_point = std::chrono::system_clock::time_point;

  // -- appends ----------------------------------------------------------------

  [[nodiscard]] std::optional<offset_t> find(const append_key& key, const retention& keep, time_point now) const;
  void add(append_key key, offset_t offset, const retention& keep, time_point now);

  // -- calls ------------------------------------------------------------------

  [[nodiscard]] std::optional<call_answer> find_answer(const append_key& key, const retention& keep, time_point now) const;
  /// `what` as it is kept: of one that is too long it stays known that it was given.
  [[nodiscard]] static call_answer to_keep(call_answer what, const retention& keep);
  /// In the place of one that is there. `number` is what its keeper calls it.
  void add_answer(append_key key, call_answer what, const retention& keep, time_point now, std::uint64_t number = 0);

  // -- forgetting -------------------------------------------------------------
  struct forgotten {
    std::vector<offset_t> appends;      ///< by their offsets
    std::vector<std::uint64_t> answers; ///< by their numbers
  };
  /// From now on the keys that are forgotten are added to `into`; null: to nothing.
  void tell_forgotten(forgotten* into) noexcept { forgotten_ = into; }

  /// Forgets what is past its time.
  void trim(const retention& keep, time_point now);
  void forget_oldest();

  // -- knowing ----------------------------------------------------------------

  /// What remembering `key` costs, with an answer of that many bytes.
  [[nodiscard]] static std::size_t cost(const append_key& key, std::size_t answer_bytes = 0) noexcept;
  /// Of an answer: what it counts with.
  [[nodiscard]] static std::size_t size_of(const call_answer& what) noexcept;
  [[nodiscard]] bool empty() const noexcept { return in_order_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return in_order_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] time_point oldest() const { return in_order_.front().at; }

 private:
  struct known {
    append_key key;
    time_point at;
    std::uint64_t offset = 0; // of an answer its number
    std::optional<call_answer> answer{};
    std::size_t answer_bytes = 0;
  };
  using order = std::list<known>; // oldest first
  using named = std::pair<std::string, std::string>; // of a call, and of its key
  struct of_publisher {
    std::map<named, order::iterator> by_name;
    std::list<order::iterator> in_order;
    std::size_t answer_bytes = 0;
  };
  using publishers = std::unordered_map<std::string, of_publisher>;

  [[nodiscard]] static std::size_t bytes_of(const known& what) { return cost(what.key, what.answer_bytes); }
  [[nodiscard]] const known* look_up(const append_key& key, const retention& keep, time_point now) const;
  void add(known what, const retention& keep);
  void forget(order::iterator which);
  void forget(const append_key& key);
  void make_room(const std::string& publisher, const retention& keep);
  void make_room_for_answer(std::size_t bytes, const retention& keep);

  order in_order_;
  publishers publishers_;
  std::size_t bytes_ = 0;
  std::size_t answer_bytes_ = 0; // of `bytes_`
  forgotten* forgotten_ = nullptr;
};

} // namespace troupe::actors
