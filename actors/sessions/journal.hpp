#pragma once

#include "actors/containers/fifo.hpp"
#include "actors/sessions/private_item.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace troupe::actors {

/// What a session's client was sent, and what of it the client is known to have: so that one that lost its connection
/// goes on behind the last message that arrived, wherever that lies.
///
/// Messages are counted. Publications are not kept, they lie in logs and stores: of them *stretches* are noted, which
/// tell where in its channel a run of messages began. What was said to this client alone is kept until it is known to
/// have arrived.
/// Owner: the session. Thread: the shard's. A value but for what it keeps.
/// Bounded: `stretches_max` and `bytes_max`; the oldest go, what is larger than the bound is not kept, and whoever has not
/// received those hears that.
class journal {
 public:
  struct bounds {
    std::uint32_t stretches_max = 256; // small: each session has them
    std::uint32_t bytes_max = 64 * 1024; ///< of what was said to this client alone
  };

  /// What a stretch is made of: how to find its middle again.
  enum class kind : std::uint8_t {
    numbered, ///< publications with an offset, one after the other: a store has them, too
    holed,    ///< likewise, but for some that were not for this client
    mixed,    ///< entries of the log, some without offset
    gap,      ///< one that is found again, with what is missing
    chosen,   ///< what was left of more: found again it would be repeated
  };

  [[nodiscard]] static constexpr bool has_offsets(kind is) noexcept { return is <= kind::holed; }

  /// Where a subscription stood.
  struct place {
    sequence entry = 0;  ///< in its shard's log; 0: in a replay
    offset_t offset = 0;
    std::uint32_t epoch = 0; ///< how many there were before, for this subscription
  };

  /// Consecutive messages of one subscription. Small: an active client has hundreds.
  struct stretch {
    std::uint64_t end = 0; ///< the count behind it
    place from;
    std::uint32_t messages = 0;
    std::uint32_t of = 0; ///< the subscription's number
    kind is = kind::mixed;
  };

  /// Something kept for its client. `of` 0: of no subscription.
  struct kept {
    std::uint64_t count = 0; ///< its own
    std::uint32_t of = 0;
    private_item what;
  };

  /// Where a client goes on.
  struct resumption {
    std::vector<stretch> stretches; ///< of each subscription the first that has not arrived whole
    std::uint64_t at = 0;           ///< so many messages have arrived
    std::vector<kept> said;         ///< that have not arrived, in order
    bool stretches_known = true;    ///< false: older ones are not known any more
    bool said_known = true;         ///< likewise what was said to this client alone
  };

  explicit journal(const bounds& limits) noexcept : limits_(limits) {}

  // -- writing ----------------------------------------------------------------

  /// A run of `messages` from `from` was sent to subscription `of`.
  void sent(std::uint32_t of, const place& from, std::uint32_t messages, kind is);

  /// A message to this client alone was sent, or waits for its return. 0: of no subscription.
  void said(std::uint32_t of, private_item what);

  /// Said before the next message, `unsubscribed`, if something that went before it has not arrived: `of` is no more.
  void note_end(std::uint32_t of, protocol::gap what);

  /// A message that nobody misses (`closing`).
  void counted() noexcept { ++count_; }

  // -- what its client has ----------------------------------------------------

  /// All up to message `received` have arrived; what is beyond all that was sent changes nothing.
  void acknowledge(std::uint64_t received);

  /// What it has not: and counting goes on behind message `received`. Nothing: so many were never sent.
  [[nodiscard]] std::optional<resumption> go_back(std::uint64_t received);

  /// Not all was there that its client came back for: it hears so again until it has received what comes next, since the
  /// connection may be lost that says so.
  void note_loss() noexcept { loss_told_from_ = count_ + 1; }

  /// Everything up to here has arrived by other means: counting goes on from `count`.
  void begin_at(std::uint64_t count);

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; } ///< messages sent
  /// So many its client had when it came back last: whoever has fewer is an attempt that was late. A pong says less: a
  /// proxy may have sent it.
  [[nodiscard]] std::uint64_t acknowledged() const noexcept { return acknowledged_; }
  [[nodiscard]] bool is_half_full() const noexcept { return bytes_ > limits_.bytes_max / 2; }
  [[nodiscard]] bool has_kept() const noexcept { return !kept_.empty(); }
  [[nodiscard]] bool empty() const noexcept { return kept_.empty() && stretches_.empty() && open_.messages == 0; }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; } ///< of what was said to this client alone
  [[nodiscard]] std::size_t held_bytes() const noexcept { return bytes_ + stretches_.size() * sizeof(stretch); }

 private:
  void close_stretch();
  void keep(kept what);
  void forget(const kept& what);
  void drop_oldest_said();

  std::uint64_t count_ = 0; // with the open stretch what most publications touch alone
  stretch open_;            // the last one, that may grow; no messages: none
  const bounds limits_;
  fifo<stretch> stretches_; // those before
  fifo<kept> kept_;
  std::size_t bytes_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t stretches_from_ = 0; // all later ones are known
  std::uint64_t said_from_ = 0;      // likewise
  std::uint64_t loss_told_from_ = 0; // who has received so many has heard that something is missing
};

} // namespace troupe::actors
