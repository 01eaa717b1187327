#include "actors/channels/channel_registry.hpp"

#include <utility>

namespace troupe::actors {

void channel_registry::add(std::string pattern, channel_factory make) {
  classes_.emplace_back(std::move(pattern), std::move(make));
}

const channel_factory* channel_registry::find(std::string_view pattern) const {
  for (const auto& [known, make] : classes_)
    if (known == pattern)
      return &make;
  return nullptr;
}

} // namespace troupe::actors
