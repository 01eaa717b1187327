#pragma once
/// Reads a configuration: code, file, environment and flags in rising precedence, then the checks of what depends on what.
/// Every problem is collected, not only the first. Thread: any; touches only the file it is given. Never throws but
/// bad_alloc.

#include "config/loaded.hpp"

#include <optional>
#include <string_view>
#include <variant>

namespace troupe::config {

using named_texts = std::vector<std::pair<std::string, std::string>>;

/// What the program itself says of a key, in its own code.
struct coded_value {
  std::string key;
  std::variant<std::string, std::vector<std::string>> given; // as in the environment; or a list
  std::string where;                                         // main.cpp:12
};

/// A file to read, or what stands in one.
struct source_file {
  std::string name; // a path
  std::optional<std::string> text{};
};

/// What a configuration is read from: code, files, environment, flags, in rising precedence.
struct sources {
  std::vector<source_file> files{};  // the later wins
  named_texts environment{};         // NAME, value: all there is, others are passed over
  named_texts flags{};               // key, value
  std::vector<coded_value> code{};   // before all of these
  std::vector<coded_value> forced{}; // by the program, whatever else is said
};

[[nodiscard]] loaded load(const sources& from);

/// The same of a file's text; `name` is what problems call it.
[[nodiscard]] loaded load_text(std::string_view toml, std::string_view name);

// -- the steps ----------------------------------------------------------------

void read_code(loaded& into, const std::vector<coded_value>& code, source as);
void read_file(loaded& into, const std::string& path);
void read_toml(loaded& into, std::string_view toml, std::string_view name);
void read_environment(loaded& into, const named_texts& environment);
void read_flags(loaded& into, const named_texts& flags);

/// Adds what contradicts: dependent limits, namespaces (checks.cpp has the table).
void check_together(loaded& what);

/// The part of it that is about namespaces, for those that came later.
void check_namespaces(loaded& what);

/// Adds files and directories that are named and missing. Not part of `load`: only where they are to be used.
void check_paths(loaded& what);

/// `NAME=value` strings, as in `environ`.
[[nodiscard]] named_texts environment_of(const char* const* strings);

} // namespace troupe::config
