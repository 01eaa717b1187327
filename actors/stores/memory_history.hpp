#pragma once

#include "actors/containers/fifo.hpp"
#include "actors/stores/store.hpp"

#include <deque>
#include <unordered_map>

namespace troupe::actors {

/// The publications of one channel that are kept, and what is kept beside them. Pure: time is passed in.
///
/// Offsets of what is kept follow each other without holes. Keys of idempotent appends are remembered for the ttl,
/// at most `keys_max` of them.
/// Owner: a kept_channel. Thread: whoever guards that.
class memory_history {
 public:
  using time_point = std::chrono::system_clock::time_point;
  static constexpr std::size_t keys_max = 1024;

  explicit memory_history(std::string epoch) : epoch_(std::move(epoch)) {}

  // -- appending --------------------------------------------------------------

  kept append(publication draft, std::string key, const retention& keep, time_point now);

  // -- dropping ---------------------------------------------------------------

  /// Drops what `keep` does not keep at `now`.
  void trim(const retention& keep, time_point now);
  void drop_oldest();
  /// Drops the oldest until what is kept has at most `bytes`; at least one, if there is any.
  void shrink(std::size_t bytes);

  // -- reading ----------------------------------------------------------------

  [[nodiscard]] history_page after(offset_t since, std::size_t items_max, std::size_t bytes_max) const;
  [[nodiscard]] history_page before(offset_t end, std::size_t items_max, std::size_t bytes_max) const;

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] const std::string& epoch() const noexcept { return epoch_; }
  [[nodiscard]] offset_t head() const noexcept { return head_; }
  [[nodiscard]] bool empty() const noexcept { return items_.empty() && keys_in_order_.empty(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return history_bytes() + snapshot_bytes(); }
  /// Of publications and keys: what `drop_oldest` can drop.
  [[nodiscard]] std::size_t history_bytes() const noexcept { return items_bytes_ + keys_bytes_; }
  /// When the oldest of it expires. Not for an empty history.
  [[nodiscard]] time_point first_expiry(const retention& keep) const;

  // -- beside the publications ------------------------------------------------

  std::optional<payload> snapshot;
  offset_t kept_position = 0;

 private:
  struct item {
    publication_ptr what;
    time_point at;
  };
  struct known_key {
    std::string key;
    time_point at;
  };

  [[nodiscard]] offset_t first() const noexcept { return items_.empty() ? head_ + 1 : items_.front().what->offset; }
  [[nodiscard]] std::size_t snapshot_bytes() const noexcept { return snapshot ? snapshot->size() : 0; }
  [[nodiscard]] publication_ptr find(offset_t offset) const;
  void remember(std::string key, offset_t offset, time_point now);
  void forget_oldest_key();

  const std::string epoch_;
  offset_t head_ = 0;
  fifo<item> items_;
  std::size_t items_bytes_ = 0;
  std::deque<known_key> keys_in_order_;
  std::unordered_map<std::string, offset_t> keys_;
  std::size_t keys_bytes_ = 0;
};

} // namespace troupe::actors
