#pragma once

#include "actors/containers/fifo.hpp"
#include "actors/stores/append_keys.hpp"

#include <memory>

namespace troupe::actors {

/// The publications of one channel that are kept, and what is kept beside them. Pure: time is passed in.
///
/// Offsets of what is kept follow each other without holes.
/// Owner: a kept_channel. Thread: whoever guards that.
class memory_history {
 public:
  using time_point = std::chrono::system_clock::time_point;

  explicit memory_history(std::string epoch) : epoch_(std::move(epoch)) {}

  // -- appending --------------------------------------------------------------

  kept append(publication draft, append_key key, const retention& keep, time_point now);

  // -- dropping ---------------------------------------------------------------

  /// Drops what `keep` does not keep at `now`.
  void trim(const retention& keep, time_point now);
  void drop_oldest();
  /// Drops the oldest until what is kept has at most `bytes`; at least one, if there is any.
  void shrink(std::size_t bytes);

  // -- reading ----------------------------------------------------------------

  [[nodiscard]] history_page after(offset_t since, std::size_t items_max, std::size_t bytes_max) const;
  [[nodiscard]] history_page before(offset_t end, std::size_t items_max, std::size_t bytes_max) const;
  [[nodiscard]] std::optional<offset_t> find(const append_key& key, const retention& keep, time_point now) const {
    return keys_ ? keys_->find(key, keep, now) : std::nullopt;
  }

  // -- answers to calls -------------------------------------------------------

  void keep_answer(append_key key, call_answer what, const retention& keep, time_point now);
  [[nodiscard]] std::optional<call_answer> find_answer(const append_key& key, const retention& keep, time_point now) const {
    return keys_ ? keys_->find_answer(key, keep, now) : std::nullopt;
  }

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] const std::string& epoch() const noexcept { return epoch_; }
  [[nodiscard]] offset_t head() const noexcept { return head_; }
  [[nodiscard]] bool empty() const noexcept { return items_.empty() && !keys_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return history_bytes() + snapshot_bytes(); }
  /// Of publications and keys: what `drop_oldest` can drop.
  [[nodiscard]] std::size_t history_bytes() const noexcept { return items_bytes_ + (keys_ ? keys_->bytes() : 0); }
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

  [[nodiscard]] offset_t first() const noexcept { return items_.empty() ? head_ + 1 : items_.front().what->offset; }
  [[nodiscard]] std::size_t snapshot_bytes() const noexcept { return snapshot ? snapshot->size() : 0; }
  [[nodiscard]] publication_ptr at(offset_t offset) const;
  void forget_no_keys();

  const std::string epoch_;
  offset_t head_ = 0;
  fifo<item> items_;
  std::size_t items_bytes_ = 0;
  std::unique_ptr<append_keys> keys_; // null: none
};

} // namespace troupe::actors
