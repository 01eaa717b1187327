#pragma once
/// `troupe tree`, `kill` and `observer`: a look at a running node, a crash on purpose, and a link to the page that shows
/// both, over its HTTP API.
/// Thread: the one that calls. Errors: a sentence on `err` and a status as in sysexits.h.

#include "config/command_line.hpp"

#include <iosfwd>

namespace troupe::actors {

[[nodiscard]] int print_tree(const config::command_line& line, std::ostream& out, std::ostream& err);
[[nodiscard]] int kill_target(const config::command_line& line, std::ostream& out, std::ostream& err);
[[nodiscard]] int print_observer_link(const config::command_line& line, std::ostream& out, std::ostream& err);

/// The tree that `/api/tree` tells, as lines.
[[nodiscard]] std::string draw_tree(std::string_view json);

} // namespace troupe::actors
