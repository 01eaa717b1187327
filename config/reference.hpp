#pragma once
/// Settings written as TOML that reads back as the same settings. Pure; thread: any.

#include "config/loaded.hpp"

namespace troupe::config {

/// Every key with its sentence, unit, range and default: the text of config/troupe.toml.
[[nodiscard]] std::string reference();

/// The effective values, each with where it came from; secrets are masked.
[[nodiscard]] std::string show(const loaded& what);

} // namespace troupe::config
