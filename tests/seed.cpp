#include "tests/seed.hpp"

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

namespace troupe::test {

namespace {

std::uint32_t drawn() {
  std::random_device source;
  for (;;)
    if (const auto one = source(); one != 0)
      return one;
}

std::uint32_t read(std::string_view text) {
  std::uint32_t given = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), given);
  if (error != std::errc{} || end != text.data() + text.size() || given == 0)
    throw std::runtime_error("TROUPE_SEED is no number from 1 to 4294967295: " + std::string{text});
  return given;
}

} // namespace

std::uint32_t seed() {
  static const std::uint32_t chosen = [] {
    const char* given = std::getenv("TROUPE_SEED");
    const auto one = given ? read(given) : drawn();
    std::cerr << "TROUPE_SEED=" << one << std::endl;
    return one;
  }();
  return chosen;
}

} // namespace troupe::test
