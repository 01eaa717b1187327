// The commands that need no node.

#include "config/command_line.hpp"
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
  switch (line.what) {
  case command::serve:
  case command::tree:
  case command::kill:
  case command::observer:
    return std::nullopt;
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
    out << "troupe " << version << "\n";
    break;
  case command::help:
    out << line.text;
    break;
  case command::refused:
    err << line.text;
    break;
  }
  return line.status;
}

} // namespace troupe::config
