#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace troupe::actors {

/// Names of epochs, drawn at random: two of one channel are never the same, as far as anybody will live to see.
/// Thread: its owner's.
class epochs {
 public:
  /// 0: drawn from the system.
  explicit epochs(std::uint64_t seed);

  [[nodiscard]] std::string next();

 private:
  std::mt19937_64 random_;
};

} // namespace troupe::actors
