#pragma once
/// The version of this source tree; a test compares it with CMakeLists.txt.

#include <string_view>

namespace troupe::config {

inline constexpr std::string_view version = "0.1.0";

} // namespace troupe::config
