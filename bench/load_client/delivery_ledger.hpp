#pragma once
/// Who has got what: judges every delivery and knows which publications are still on their way.
/// A subscriber must get each publisher's sequence 1, 2, 3, … and offsets that only rise.

#include "load_client/latency_histogram.hpp"
#include "load_client/stamp.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace troupe::bench {

class delivery_ledger {
 public:
  /// Subscriber and publisher `n` are in channel `n` modulo `channels`.
  delivery_ledger(std::size_t subscribers, std::size_t publishers, std::size_t channels);

  // -- publishing -------------------------------------------------------------

  /// The sequence of `publisher`'s next publication, which is on its way from now on.
  std::uint64_t publish(std::size_t publisher);

  /// Published, not yet with all subscribers (or known to be lost for them).
  [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }

  /// More than this cannot be kept account of.
  static constexpr std::size_t in_flight_max = 32'768;

  // -- delivering -------------------------------------------------------------

  void watch_first(std::size_t subscribers) noexcept { watched_ = subscribers; }
  void deliver(std::size_t subscriber, const stamp& what, std::optional<std::uint64_t> offset, nanoseconds at);

  /// Subscribers that have heard a probe.
  [[nodiscard]] std::size_t listening() const noexcept { return listening_; }

  // -- the outcome ------------------------------------------------------------

  [[nodiscard]] std::uint64_t published() const noexcept { return published_; }
  [[nodiscard]] std::uint64_t deliveries() const noexcept { return deliveries_; }
  /// Of those published: what never came to a subscriber.
  [[nodiscard]] std::uint64_t lost() const noexcept;
  /// Came twice, or after a later one; or with an offset that did not rise.
  [[nodiscard]] std::uint64_t misordered() const noexcept { return misordered_; }
  [[nodiscard]] const latency_histogram& latency() const noexcept { return latency_; }
  [[nodiscard]] const latency_histogram& watched_latency() const noexcept { return watched_latency_; }

 private:
  void arrive(std::size_t publisher, std::uint64_t sequence);

  struct lane {
    std::size_t listeners = 0;
    std::uint64_t published = 0;
    std::vector<std::uint32_t> arrivals; ///< by sequence, modulo `in_flight_max`
  };

  std::size_t watched_ = 0;
  std::vector<lane> lanes_;                 ///< by publisher
  std::vector<std::uint64_t> expected_;     ///< by subscriber and publisher
  std::vector<std::uint64_t> last_offset_;  ///< by subscriber
  std::vector<bool> listens_;               ///< by subscriber
  std::size_t listening_ = 0;
  std::size_t in_flight_ = 0;
  std::uint64_t published_ = 0, deliveries_ = 0, misordered_ = 0;
  latency_histogram latency_, watched_latency_;
};

} // namespace troupe::bench
