#pragma once
/// "Did you mean": the nearest of the names that exist. Pure; thread: any.

#include <string>
#include <string_view>
#include <vector>

namespace troupe::config {

/// The name an operator most likely meant by `given`, or empty. A name whose last part is `given`'s counts as near.
[[nodiscard]] std::string nearest(std::string_view given, const std::vector<std::string>& names);

/// `; did you mean NAME?`, or empty.
[[nodiscard]] std::string did_you_mean(std::string_view given, const std::vector<std::string>& names);

} // namespace troupe::config
