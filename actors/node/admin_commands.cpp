#include "actors/node/admin_commands.hpp"

#include "actors/node/admin_client.hpp"

namespace troupe::actors {

int run_admin_command(const config::command_line& line, std::ostream& out, std::ostream& err) {
  using config::command;
  switch (line.what) {
  case command::tree: return print_tree(line, out, err);
  case command::kill: return kill_target(line, out, err);
  case command::observer: return print_observer_link(line, out, err);
  case command::channels: return list_channels_command(line, out, err);
  case command::sessions: return list_sessions_command(line, out, err);
  case command::stats: return stats_command(line, out, err);
  case command::publish: return publish_command(line, out, err);
  case command::history: return history_command(line, out, err);
  case command::tail: return tail_command(line, out, err);
  case command::top: return top_command(line, out, err);
  default: return config::status_usage; // asks no node
  }
}

} // namespace troupe::actors
