#pragma once
/// What an operator should know before the doors open, in plain words. Pure; thread: any.

#include "config/settings.hpp"

namespace troupe::config {

/// One sentence each: a listen address beyond loopback, origins open to all, a short API key.
[[nodiscard]] std::vector<std::string> warnings(const settings& s);

/// One sentence each: what clients may do without a token, per namespace.
[[nodiscard]] std::vector<std::string> open_to_anyone(const settings& s);

} // namespace troupe::config
