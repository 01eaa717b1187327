#pragma once

#include "config/commands.hpp"
#include "config/load.hpp"

#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::config {

/// As in sysexits.h.
inline constexpr int status_ok = 0;
inline constexpr int status_usage = 64;      // the command line itself is wrong
inline constexpr int status_not_written = 74; // stdout did not take what was to be printed
inline constexpr int status_bad_config = 78; // a file, the environment, or what they contradict

/// Where a node is reached.
struct endpoint {
  std::string host{};
  std::uint16_t port = 0;
};

/// HOST:PORT, [V6]:PORT, :PORT or HOST; what is left out is taken from `otherwise`. Nothing: it is none of these.
[[nodiscard]] std::optional<endpoint> read_endpoint(std::string_view text, const endpoint& otherwise);

/// The command line of `troupe` and of every program built on the library: which command, with which settings.
///
///   auto line = parse(argc, argv);
///   if (auto status = run_command(line, std::cout, std::cerr)) return *status;
///   // serve, or what asks a node: whoever calls has what it takes
///
/// A value. Thread: the one that starts the program. Errors: `command::refused` with a text and a status, never an
/// exception.
struct command_line {
  command what = command::serve;
  std::string program = "troupe"; // what the program is called: the last part of argv[0]
  loaded config{};      // values, origins; problems are why `what` is `refused`
  std::string file{};   // the configuration file read, or empty
  endpoint connect{};   // of commands that ask a node: which
  std::vector<std::string> words{}; // the command's arguments
  std::map<std::string, std::string, std::less<>> options{}; // its own flags that were given; of one without value, empty
  std::string text{};   // help, refused
  int status = status_ok;

  [[nodiscard]] bool has(std::string_view option) const { return options.contains(option); }
  /// Its value, or `otherwise`.
  [[nodiscard]] std::string option(std::string_view name, std::string_view otherwise = {}) const {
    const auto found = options.find(name);
    return found == options.end() ? std::string{otherwise} : found->second;
  }
  /// Likewise, of those that want a number.
  [[nodiscard]] std::uint64_t number(std::string_view name, std::uint64_t otherwise) const {
    return has(name) ? std::stoull(option(name)) : otherwise;
  }
};

/// `environment` is like `environ`; null: the process's own. `code` has what the program says itself.
[[nodiscard]] command_line parse(int argc, const char* const* argv, const char* const* environment = nullptr,
                                 const sources& code = {});

/// `line`, refused for what is wrong with its configuration.
[[nodiscard]] command_line refused_config(command_line line);

/// Does what needs no node: config check, show and reference, version, completion, manual, help, refusals. Returns the exit
/// status, or nothing for serve and what asks a node. What is no reason to refuse goes to `err`.
[[nodiscard]] std::optional<int> run_command(const command_line& line, std::ostream& out, std::ostream& err);

} // namespace troupe::config
