#pragma once
/// The version of this source tree, which a test compares with CMakeLists.txt, and what was built of it (cmake/commit.cmake).

#include <string_view>

namespace troupe::config {

inline constexpr std::string_view version = "0.1.0";

/// The commit that was built, with + if the tree had changes beside it; "unknown" for what was no repository.
[[nodiscard]] std::string_view commit() noexcept;
/// CMake's: Release, Debug, …
[[nodiscard]] std::string_view build_type() noexcept;

} // namespace troupe::config
