#pragma once
/// The commands that ask a running node, over its HTTP API: each does one of them.
/// Thread: the one that calls. Errors: a sentence on `err` and a status as in sysexits.h.

#include "config/command_line.hpp"

#include <iosfwd>

namespace troupe::actors {

/// What `line` asks for; only of commands that ask a node.
[[nodiscard]] int run_admin_command(const config::command_line& line, std::ostream& out, std::ostream& err);

// -- looking: admin_lists.cpp -------------------------------------------------

[[nodiscard]] int list_channels_command(const config::command_line& line, std::ostream& out, std::ostream& err);
[[nodiscard]] int list_sessions_command(const config::command_line& line, std::ostream& out, std::ostream& err);
[[nodiscard]] int stats_command(const config::command_line& line, std::ostream& out, std::ostream& err);

// -- one channel: admin_talk.cpp ----------------------------------------------

[[nodiscard]] int publish_command(const config::command_line& line, std::ostream& out, std::ostream& err);
[[nodiscard]] int history_command(const config::command_line& line, std::ostream& out, std::ostream& err);
[[nodiscard]] int tail_command(const config::command_line& line, std::ostream& out, std::ostream& err);

// -- watching: admin_top.cpp --------------------------------------------------

[[nodiscard]] int top_command(const config::command_line& line, std::ostream& out, std::ostream& err);

} // namespace troupe::actors
