#pragma once
/// What subscribers of every transport tell: that they listen, what they hear, what goes wrong.

#include "load_client/delivery_ledger.hpp"
#include "load_client/latency_histogram.hpp"
#include "load_client/stamp.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::bench {

class audience {
 public:
  audience(const stamper& stamps, delivery_ledger& ledger) : stamps_(stamps), ledger_(ledger) {}

  // -- told by subscribers ----------------------------------------------------

  void subscribed() noexcept { ++subscribed_; }

  /// A text with any number of publications, each followed by its offset.
  void hear(std::size_t subscriber, std::string_view text);

  /// One publication whose offset came apart from it.
  void hear(std::size_t subscriber, std::string_view data, std::uint64_t offset);

  /// The server says that a subscriber missed something.
  void gap() noexcept { ++gaps_; }

  /// It goes on where it was, so long after it began to connect.
  void back(nanoseconds took) noexcept { ++returned_, returns_.record(took); }

  /// An error message, an unexpected answer or a lost connection.
  void trouble(std::string_view what);

  // -- asked by the run -------------------------------------------------------

  [[nodiscard]] std::size_t subscribed_count() const noexcept { return subscribed_; }
  [[nodiscard]] std::size_t returned() const noexcept { return returned_; }
  [[nodiscard]] const latency_histogram& returns() const noexcept { return returns_; }
  /// From now on latencies of the first so many subscribers are recorded apart, too; 0: no more.
  void watch_first(std::size_t subscribers) noexcept { ledger_.watch_first(subscribers); }
  [[nodiscard]] std::uint64_t gaps() const noexcept { return gaps_; }
  [[nodiscard]] std::uint64_t troubles() const noexcept { return troubles_; }
  [[nodiscard]] const std::string& first_trouble() const noexcept { return first_trouble_; }

 private:
  const stamper& stamps_;
  delivery_ledger& ledger_;
  std::size_t subscribed_ = 0, returned_ = 0;
  latency_histogram returns_;
  std::uint64_t gaps_ = 0, troubles_ = 0;
  std::string first_trouble_;
};

} // namespace troupe::bench
