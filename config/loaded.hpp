#pragma once

#include "config/settings.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace troupe::config {

/// Where values come from, in rising precedence.
enum class source : std::uint8_t { preset, code, file, environment, flag };

/// Where a value was said: `main.cpp:12`, `troupe.toml:12`, `TROUPE_LIMITS_CHANNELS`, `--limits.channels`.
struct origin {
  source from = source::preset;
  std::string where = "default";
};

/// One reason to refuse, or something to say.
struct problem {
  origin at;
  std::string key; // empty: the whole file, or a flag that names no key
  std::string text;
};

/// `troupe.toml:12: limits.channels: wants a whole number, got …`
[[nodiscard]] std::string to_string(const problem& p);

/// What came out of reading a configuration: values, where each came from, and all that is wrong with it.
/// A value; thread: any.
struct loaded {
  settings values;
  std::map<std::string, origin, std::less<>> origins;                        // by key; those not here are defaults
  std::vector<std::map<std::string, origin, std::less<>>> namespace_origins; // per namespace; "" is its header
  std::vector<problem> problems;
  std::vector<problem> remarks; // what was passed over, or is risky: no reason to refuse

  [[nodiscard]] origin origin_of(std::string_view name) const {
    const auto found = origins.find(name);
    return found == origins.end() ? origin{} : found->second;
  }
};

} // namespace troupe::config
