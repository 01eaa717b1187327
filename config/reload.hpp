#pragma once

#include "config/loaded.hpp"

namespace troupe::config {

/// A key whose value differs, and whether a running node can take it over. A value.
struct change {
  std::string key;    // `log.level`, `namespace room:* history_size`, `namespace room:*`
  std::string before; // secrets are masked; empty: was not there
  std::string after;
  bool reloadable = false;
};

/// Every key that differs, in the order of the reference.
[[nodiscard]] std::vector<change> diff(const settings& running, const settings& wanted);

/// `running` with those of `wanted`'s values that can be taken over without a restart.
[[nodiscard]] settings reloaded(const settings& running, const settings& wanted);

/// What of that would contradict: a value that is taken over may need another one that needs a restart.
[[nodiscard]] std::vector<problem> contradictions(const settings& running, const loaded& wanted);

} // namespace troupe::config
