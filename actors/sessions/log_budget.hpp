#pragma once

#include "actors/sessions/channel_log.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <utility>

namespace troupe::actors {

/// What all logs of a shard may hold together, and who gives when it is too much: the largest log, and of those of
/// about one size the one that spoke longest ago; never what has just been said. So a channel that fills its log
/// pays itself, and small ones are not touched.
///
/// Chunks that only sockets still hold are counted apart (`pinned`): they are no log's, and shorten none.
/// Owner: the shard; outlives its logs. Thread: the shard's. Chunks may outlive it.
class log_budget {
 public:
  /// `first`: number of the first entry of the first log.
  explicit log_budget(std::size_t bytes_max, sequence first = 1) : bytes_max_(bytes_max), next_first_(first) {}
  log_budget(const log_budget&) = delete;
  log_budget& operator=(const log_budget&) = delete;

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] std::size_t bytes() const noexcept { return ledger_->held; }
  [[nodiscard]] std::size_t pinned() const noexcept { return ledger_->pinned; }
  [[nodiscard]] std::uint64_t encodings() const noexcept { return ledger_->encodings; } ///< ever
  [[nodiscard]] std::uint64_t shed() const noexcept { return shed_; }                   ///< entries, ever

  // -- logs tell --------------------------------------------------------------

  [[nodiscard]] const std::shared_ptr<log_ledger>& ledger() const noexcept { return ledger_; }

  /// Entries of one log have no number in common with those of another, past or future.
  [[nodiscard]] sequence next_first() noexcept { return std::exchange(next_first_, next_first_ + numbers_per_log); }

  /// `log` has another size now.
  void resized(channel_log& log) noexcept;

  /// `log` has a new entry: whoever holds most makes room for it.
  void spoke(channel_log& log);

  /// `log` holds more, as some of it was encoded: likewise. What it has from `keep` on stays.
  void grew(channel_log& log, sequence keep);

 private:
  static constexpr sequence numbers_per_log = sequence{1} << 32;
  static constexpr std::size_t classes = 48; // of sizes: powers of two

  void make_room(const channel_log& for_whom, sequence keep);
  [[nodiscard]] channel_log* largest(const channel_log& but, sequence keep);

  const std::size_t bytes_max_;
  sequence next_first_;
  std::uint64_t shed_ = 0;
  std::shared_ptr<log_ledger> ledger_ = std::make_shared<log_ledger>();
  std::array<log_link, classes> by_size_; // rings, in the order in which they spoke
};

} // namespace troupe::actors
