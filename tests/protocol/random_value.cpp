#include "tests/protocol/random_value.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <string_view>

namespace troupe::protocol::test {

std::string random_values::text(std::size_t characters_max) {
  constexpr std::array<std::string_view, 16> characters{
      "a", "Z", " ", "\n", "\r", "\r\n", "\t", std::string_view("\0", 1), "\x1f", "\x7f", "\"", "\\", "/",
      "\xc3\xbc", "\xe2\x80\xa8", "\xf0\x9f\x98\x80"};
  std::string result;
  for (auto n = below_or(characters_max); n > 0; --n)
    result += characters[below_or(characters.size() - 1)];
  return result;
}

std::string random_values::bytes(std::size_t max) {
  std::string result(below_or(max), '\0');
  for (auto& c : result)
    c = static_cast<char>(below_or(255));
  return result;
}

nlohmann::json random_values::scalar() {
  switch (below_or(7)) {
    case 0: return nullptr;
    case 1: return below_or(1) == 1;
    case 2: return static_cast<std::int64_t>(engine_());
    case 3: return engine_();
    case 4: return static_cast<int>(below_or(400)) - 200;
    case 5: return std::ldexp(static_cast<double>(engine_()), static_cast<int>(below_or(200)) - 150);
    default: return text(6);
  }
}

nlohmann::json random_values::value(std::size_t depth) {
  if (depth == 0 || below_or(2) == 0)
    return scalar();
  const bool is_array = below_or(1) == 0;
  auto tree = is_array ? nlohmann::json::array() : nlohmann::json::object();
  for (auto n = below_or(20); n > 0; --n) {
    auto item = value(depth - 1);
    if (is_array)
      tree.push_back(std::move(item));
    else
      tree[text(4)] = std::move(item);
  }
  return tree;
}

std::string random_values::space() {
  constexpr std::array<std::string_view, 6> spaces{"", " ", "\n", "\r", "\r\n", "\n\t"};
  std::string result;
  for (auto n = below_or(2); n > 0; --n)
    result += spaces[below_or(spaces.size() - 1)];
  return result;
}

std::string random_values::spaced(const nlohmann::json& tree) {
  if (!tree.is_structured() || tree.empty())
    return tree.dump();
  std::string out = tree.is_array() ? "[" : "{";
  bool first = true;
  for (const auto& [name, item] : tree.items()) {
    out += first ? space() : "," + space();
    first = false;
    if (tree.is_object())
      out += nlohmann::json(name).dump() + space() + ":" + space();
    out += spaced(item) + space();
  }
  return out + (tree.is_array() ? "]" : "}");
}

} // namespace troupe::protocol::test
