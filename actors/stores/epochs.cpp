#include "actors/stores/epochs.hpp"

#include <string_view>

namespace troupe::actors {

namespace {

std::uint64_t drawn() {
  std::random_device source;
  return (std::uint64_t{source()} << 32) | source();
}

} // namespace

epochs::epochs(std::uint64_t seed) : random_(seed != 0 ? seed : drawn()) {}

std::string epochs::next() {
  static constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string epoch(6, '0');
  for (auto& c : epoch)
    c = digits[random_() % digits.size()];
  return epoch;
}

} // namespace troupe::actors
