#pragma once
/// What subscribers of every transport tell: that they listen, what they hear, what goes wrong.

#include "load_client/delivery_ledger.hpp"
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

  /// An error message, an unexpected answer or a lost connection.
  void trouble(std::string_view what);

  // -- asked by the run -------------------------------------------------------

  [[nodiscard]] std::size_t subscribed_count() const noexcept { return subscribed_; }
  [[nodiscard]] std::uint64_t gaps() const noexcept { return gaps_; }
  [[nodiscard]] std::uint64_t troubles() const noexcept { return troubles_; }
  [[nodiscard]] const std::string& first_trouble() const noexcept { return first_trouble_; }

 private:
  const stamper& stamps_;
  delivery_ledger& ledger_;
  std::size_t subscribed_ = 0;
  std::uint64_t gaps_ = 0, troubles_ = 0;
  std::string first_trouble_;
};

} // namespace troupe::bench
