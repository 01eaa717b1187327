#pragma once
/// The files of this source tree, as text.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::house {

struct source_file {
  std::string path; ///< from the top, with slashes
  std::vector<std::string> lines;

  /// The top-level folder it lies in.
  [[nodiscard]] std::string_view folder() const { return std::string_view(path).substr(0, path.find('/')); }
};

/// What an `#include` names: `protocol/names.hpp`, `caf/send.hpp`.
struct inclusion {
  std::string name;
  bool quoted = false; ///< in quotes: a file of this tree
  std::size_t line = 0;

  /// What stands before the first slash, or the whole name.
  [[nodiscard]] std::string_view head() const { return std::string_view(name).substr(0, name.find('/')); }
};

[[nodiscard]] std::filesystem::path top();

/// Files below `folder` whose names end in one of `suffixes`; nothing if there is no such folder.
[[nodiscard]] std::vector<source_file> files(std::string_view folder, const std::vector<std::string_view>& suffixes);

/// The C++ of `folder`.
[[nodiscard]] std::vector<source_file> sources(std::string_view folder);

/// A letter, a digit or an underscore.
[[nodiscard]] bool stands_in_names(char sign);

/// Whether `word` stands in the text with neither letter, digit nor underscore beside it.
[[nodiscard]] bool has_word(std::string_view text, std::string_view word);

[[nodiscard]] std::vector<inclusion> inclusions(const source_file& file);

} // namespace troupe::house
