#pragma once
/// Reads a configuration: file, environment and flags in rising precedence, then the checks of what depends on what.
/// Every problem is collected, not only the first. Thread: any; touches only the file it is given. Never throws but
/// bad_alloc.

#include "config/loaded.hpp"

#include <optional>
#include <string_view>

namespace troupe::config {

using named_texts = std::vector<std::pair<std::string, std::string>>;

/// What a configuration is read from, in rising precedence.
struct sources {
  std::optional<std::string> file; // a path
  named_texts environment;         // NAME, value: all there is, others are passed over
  named_texts flags;               // key, value
};

[[nodiscard]] loaded load(const sources& from);

/// The same of a file's text; `name` is what problems call it.
[[nodiscard]] loaded load_text(std::string_view toml, std::string_view name);

// -- the steps ----------------------------------------------------------------

void read_file(loaded& into, const std::string& path);
void read_toml(loaded& into, std::string_view toml, std::string_view name);
void read_environment(loaded& into, const named_texts& environment);
void read_flags(loaded& into, const named_texts& flags);

/// Adds what contradicts: dependent limits, namespaces (checks.cpp has the table).
void check_together(loaded& what);

/// Adds files and directories that are named and missing. Not part of `load`: only where they are to be used.
void check_paths(loaded& what);

/// `NAME=value` strings, as in `environ`.
[[nodiscard]] named_texts environment_of(const char* const* strings);

} // namespace troupe::config
