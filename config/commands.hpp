#pragma once
/// The commands of the program, described once: the command line is read by this table, and help, completion and the
/// manual page are made of it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::config {

/// What the program is asked to do.
enum class command : std::uint8_t {
  serve,
  config_check,
  config_show,
  config_reference,
  version,
  tree,
  channels,
  sessions,
  history,
  tail,
  publish,
  stats,
  top,
  kill,
  observer,
  completion,
  manual,
  help,    // `text` goes to stdout
  refused, // `text` goes to stderr
};

/// A word that a command wants.
struct command_argument {
  std::string_view name;
  std::string_view doc;
  std::size_t least = 1, most = 1;
  std::vector<std::string_view> choices{}; ///< only these; empty: any
  std::string_view shape{};                ///< in a synopsis; empty: its name
};

/// A flag of one command. Those of all commands, and the keys of the configuration, stand beside them.
struct command_option {
  std::string_view name;  ///< without dashes
  std::string_view value; ///< what it wants, as help shows it; empty: nothing, it is there or not
  std::string_view doc;
  bool number = false;    ///< what it wants is one
  std::vector<std::string_view> choices{};
};

struct command_entry {
  command what;
  std::string_view name;  ///< two words for what stands below another
  std::string_view doc;
  std::vector<command_argument> arguments{};
  std::vector<command_option> options{};
  bool asks_node = false; ///< of a node that runs
};

/// In the order in which help shows them.
[[nodiscard]] std::span<const command_entry> commands();
[[nodiscard]] const command_entry& entry_of(command what);

/// What stands above commands of two words: its name and what it is for.
struct command_group {
  std::string_view name, doc;
};
[[nodiscard]] std::span<const command_group> command_groups();

/// Flags of all commands.
[[nodiscard]] std::span<const command_option> global_options();

/// How the program may end, as sysexits.h has it, and what that means.
struct exit_status {
  int status;
  std::string_view meaning;
};
[[nodiscard]] std::span<const exit_status> exit_statuses();

} // namespace troupe::config
