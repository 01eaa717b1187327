#pragma once

#include "actors/channels/channel_parts.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::actors {

/// Which class serves which channels: the patterns that an application registered.
class channel_registry {
 public:
  void add(std::string pattern, channel_factory make);
  /// Null: no class is registered for exactly this pattern.
  [[nodiscard]] const channel_factory* find(std::string_view pattern) const;
  [[nodiscard]] const std::vector<std::pair<std::string, channel_factory>>& all() const noexcept { return classes_; }

 private:
  std::vector<std::pair<std::string, channel_factory>> classes_;
};

} // namespace troupe::actors
