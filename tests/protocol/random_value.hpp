#pragma once
/// Random values from a seed (tests/seed.hpp).

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <random>
#include <string>

namespace troupe::protocol::test {

class random_values {
 public:
  explicit random_values(std::uint64_t from) : engine_(from) {}

  /// 0 to `max`.
  [[nodiscard]] std::size_t below_or(std::size_t max) { return std::uniform_int_distribution<std::size_t>(0, max)(engine_); }

  /// Characters of one to four bytes, quotes, controls and line ends among them.
  [[nodiscard]] std::string text(std::size_t characters_max);
  [[nodiscard]] std::string bytes(std::size_t max);

  [[nodiscard]] nlohmann::json value(std::size_t depth);

  /// JSON text of `tree` with white space, CR and LF of all kinds between its tokens.
  [[nodiscard]] std::string spaced(const nlohmann::json& tree);

 private:
  [[nodiscard]] nlohmann::json scalar();
  [[nodiscard]] std::string space();

  std::mt19937_64 engine_;
};

} // namespace troupe::protocol::test
