#pragma once
/// Golden vectors: one annotated file per message below tests/protocol/golden/.
/// A line `# …` says what it is; `[name]` begins a section; `text:` adds the rest of the line, `line:` that and a line
/// feed, `hex:` bytes.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::protocol::test {

struct golden_file {
  std::string name; ///< of the file, without `.txt`
  std::string note;
  std::map<std::string, std::string> sections;
};

/// All files of `golden/<folder>`, by name.
[[nodiscard]] std::vector<golden_file> golden_files(std::string_view folder);

[[nodiscard]] std::string from_hex(std::string_view digits);
[[nodiscard]] std::string to_hex(std::string_view bytes);

} // namespace troupe::protocol::test
