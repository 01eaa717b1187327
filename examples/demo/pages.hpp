#pragma once
/// Where the demo's pages are.

#include <filesystem>
#include <string>

namespace examples {

/// `share/troupe/pages` of the prefix that `program` was installed into, if there is one; else `otherwise`, seen from where it
/// is: in the source tree.
[[nodiscard]] inline std::string pages_of(const std::filesystem::path& program, const std::string& otherwise) {
  std::error_code unknown;
  const auto installed = program.parent_path().parent_path() / "share" / "troupe" / "pages";
  return std::filesystem::is_regular_file(installed / "index.html", unknown) ? installed.string() : (program.parent_path() / otherwise).lexically_normal().string();
}

} // namespace examples
