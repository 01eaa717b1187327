#include "config/namespaces.hpp"

namespace troupe::config {

namespace {

bool is_prefix_pattern(std::string_view pattern) noexcept { return pattern.ends_with('*'); }

/// Greater wins: a literal over all prefixes, then the longer prefix.
std::size_t weight(std::string_view pattern) noexcept {
  return is_prefix_pattern(pattern) ? pattern.size() : static_cast<std::size_t>(-1);
}

} // namespace

bool covers(std::string_view pattern, std::string_view channel) noexcept {
  if (is_prefix_pattern(pattern))
    return channel.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == channel;
}

const name_space* find_namespace(const std::vector<name_space>& all, std::string_view channel) noexcept {
  const name_space* best = nullptr;
  for (const auto& candidate : all) {
    if (covers(candidate.pattern, channel) && (!best || weight(candidate.pattern) > weight(best->pattern)))
      best = &candidate;
  }
  return best;
}

} // namespace troupe::config
