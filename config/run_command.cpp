// The commands that need no node.

#include "config/command_line.hpp"
#include "config/reference.hpp"
#include "config/version.hpp"

#include <ostream>

namespace troupe::config {

std::optional<int> run_command(const command_line& line, std::ostream& out, std::ostream& err) {
  switch (line.what) {
  case command::serve:
  case command::tree:
  case command::kill:
  case command::observer:
    return std::nullopt;
  case command::config_check:
    out << (line.file.empty() ? "defaults, environment and flags" : line.file) << ": ok\n";
    break;
  case command::config_show:
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
