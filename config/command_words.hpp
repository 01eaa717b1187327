#pragma once
/// The arguments and own flags of one command, as CLI11 has them.

#include "config/command_line.hpp"
#include "config/commands.hpp"

#include <string>

namespace CLI {
class App;
}

namespace troupe::config {

void add_words(CLI::App& to, const command_entry& entry);

/// What was said of them, once `from` is parsed.
void read_words(const CLI::App& from, const command_entry& entry, command_line& into);

/// Help with the arguments in the shape that the table gives them.
[[nodiscard]] std::string with_shapes(std::string help, const command_entry& entry);

} // namespace troupe::config
