#include "config/suggestion.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace troupe::config {

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = std::exchange(row[j + 1], std::min({change, row[j] + 1, row[j + 1] + 1}));
    }
  }
  return row.back();
}

std::string_view last_part(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

} // namespace

std::string nearest(std::string_view given, const std::vector<std::string>& names) {
  if (given.size() > 128)
    return {};
  const std::string* best = nullptr;
  auto best_distance = std::max<std::size_t>(2, given.size() / 3) + 1;
  for (const auto& name : names) {
    const auto distance = last_part(name) == last_part(given) ? std::size_t{1} : edit_distance(given, name);
    if (distance < best_distance) {
      best = &name;
      best_distance = distance;
    }
  }
  return best ? *best : std::string{};
}

std::string did_you_mean(std::string_view given, const std::vector<std::string>& names) {
  const auto name = nearest(given, names);
  return name.empty() ? std::string{} : "; did you mean `" + name + "`?";
}

} // namespace troupe::config
