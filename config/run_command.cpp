// The commands that need no node.

#include "config/command_line.hpp"
#include "config/completion.hpp"
#include "config/manual.hpp"
#include "config/reference.hpp"
#include "config/version.hpp"
#include "config/warnings.hpp"

#include <ostream>

namespace troupe::config {

namespace {

/// What is no reason to refuse, and better known.
void print_remarks(const command_line& line, std::ostream& err) {
  for (const auto& r : line.config.remarks)
    err << "warning: " << to_string(r) << "\n";
  for (const auto& text : warnings(line.config.values))
    err << "warning: " << text << "\n";
}

} // namespace

std::optional<int> run_command(const command_line& line, std::ostream& out, std::ostream& err) {
  if (line.what == command::serve || (line.what < command::help && entry_of(line.what).asks_node))
    return std::nullopt;
  switch (line.what) {
  case command::config_check:
    print_remarks(line, err);
    out << (line.file.empty() ? "defaults, environment and flags" : line.file) << ": ok\n";
    break;
  case command::config_show:
    print_remarks(line, err);
    out << show(line.config);
    break;
  case command::config_reference:
    out << reference();
    break;
  case command::version:
    out << "troupe " << version << " (commit " << commit() << ", " << build_type() << ")\n";
    break;
  case command::completion:
    out << completion(line.words.front(), line.program);
    break;
  case command::manual:
    out << manual(line.program);
    break;
  case command::help:
    out << line.text;
    break;
  case command::refused:
    err << line.text;
    break;
  default: // what is served, or asks a node
    break;
  }
  return line.status;
}

} // namespace troupe::config
