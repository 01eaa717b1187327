#pragma once
/// What a publication carries so that whoever receives it can judge it: run, publisher, sequence, time.

#include "load_client/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::bench {

struct stamp {
  std::size_t publisher = 0;
  std::uint64_t sequence = 0; ///< per publisher, from 1; 0: a probe, which only shows that someone listens
  nanoseconds sent = 0;
};

constexpr std::size_t min_stamped_bytes = 48;

/// Writes and finds the stamps of one run; those of other runs (a channel has history) are not found.
class stamper {
 public:
  /// `bytes`: size of the JSON string it writes, at least `min_stamped_bytes`.
  stamper(std::uint32_t run, std::size_t bytes);

  /// A JSON string; valid until the next call.
  [[nodiscard]] std::string_view write(const stamp& what);

  struct found {
    stamp what;
    std::size_t end; ///< where its digits end in the text
  };

  /// The first stamp at or after `from`.
  [[nodiscard]] std::optional<found> find(std::string_view text, std::size_t from = 0) const noexcept;

 private:
  std::string marker_;
  std::string text_;
};

} // namespace troupe::bench
