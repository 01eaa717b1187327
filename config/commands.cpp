#include "config/commands.hpp"

#include <algorithm>
#include <array>

namespace troupe::config {

namespace {

const command_option as_json{"json", "", "Print JSON, one document or, of what goes on, one line each"};
const command_argument channel{"CHANNEL", "The channel, such as room:tea"};

command_option rows(std::string_view doc) { return {"limit", "N", doc, true}; }

/// Those of lists.
std::vector<command_option> list_options(std::vector<std::string_view> sorts) {
  return {{"search", "TEXT", "Only those that have this in their names (of a client: id, user, address or agent), in whatever case"},
          {"sort", "FIGURE", "In this order; with - before it the greatest first", false, std::move(sorts)},
          rows("So many rows, at most 1000 (default 50)"),
          {"after", "CURSOR", "Go on behind this, which the page before has printed"},
          as_json};
}

std::vector<std::string_view> both_ways(std::initializer_list<std::string_view> all) { return {all}; }

std::vector<command_option> session_options() {
  auto all = list_options(both_ways({"since", "-since", "lag", "-lag", "queued", "-queued", "journal", "-journal", "sent",
                                     "-sent", "received", "-received", "channels", "-channels"}));
  all.push_back({"channel", "CHANNEL", "Only those that are in this channel"});
  return all;
}

std::vector<command_entry> make_commands() {
  return {
      {command::serve, "serve", "Run a node (the default)"},
      {command::config_check, "config check", "Say everything that is wrong with it, or that nothing is",
       {{"FILE", "The file (else --config)", 0, 1, {}, "[FILE]"}}},
      {command::config_show, "config show", "Print what is in force and where each value came from; secrets are masked"},
      {command::config_reference, "config reference", "Print every key with its meaning, unit, range and default, as TOML"},
      {command::version, "version", "Print the version, its commit and how it was built"},
      {command::tree, "tree", "Print the supervision tree of a running node", {}, {}, true},
      {command::channels, "channels", "List the channels of a running node, a page at a time", {},
       list_options(both_ways({"name", "-name", "members", "-members", "rate", "-rate", "publications", "-publications",
                               "offset", "-offset", "restarts", "-restarts"})), true},
      {command::sessions, "sessions", "List the clients of a running node, a page at a time", {}, session_options(), true},
      {command::history, "history", "Print what a channel has kept, oldest first", {channel},
       {rows("The newest N (default 100)"), as_json}, true},
      {command::tail, "tail", "Print what a channel says, as it comes, and what is missing; nobody joins for that", {channel},
       {rows("Begin with the newest N (default 10)"),
        {"count", "N", "End after so many publications (default: never)", true}, as_json}, true},
      {command::publish, "publish", "Publish to a channel, past its on_publish",
       {channel, {"DATA", "The event's name, if it has one, and its data: JSON, or else a text; - reads the data from stdin", 1, 2, {}, "[EVENT] DATA"}},
       {{"key", "KEY", "Publish once, however often it is said with this key"},
        {"ephemeral", "", "Keep nothing of it"}, as_json}, true},
      {command::stats, "stats", "Print what a running node does and has done", {}, {as_json}, true},
      {command::top, "top", "Watch a running node: its busiest channels and its figures; q ends it", {},
       {{"interval", "SECONDS", "Look again after so long (default 2)", true},
        {"count", "N", "End after so many looks (default: never)", true}, as_json}, true},
      {command::kill, "kill", "Crash a channel or session of a running node on purpose",
       {{"NAME", "The channel, such as open:demo, which its supervisor rebuilds, or the session, such as s9"}}, {}, true},
      {command::observer, "observer", "Print a link that opens the observer of a running node, once", {}, {}, true},
      {command::completion, "completion", "Print what completes the commands in a shell",
       {{"SHELL", "bash or zsh", 1, 1, {"bash", "zsh"}}}},
      {command::manual, "manual", "Print the manual page, as man reads it"},
  };
}

} // namespace

std::span<const command_entry> commands() {
  static const auto all = make_commands();
  return all;
}

const command_entry& entry_of(command what) {
  const auto all = commands();
  return *std::find_if(all.begin(), all.end(), [what](const auto& c) { return c.what == what; });
}

std::span<const command_group> command_groups() {
  static constexpr std::array<command_group, 1> all{
      {{"config", "Look at the configuration without running a node"}}};
  return all;
}

std::span<const command_option> global_options() {
  static const std::vector<command_option> all{
      {"config", "FILE", "Read this TOML file (else TROUPE_CONFIG, else none)"},
      {"listen", "HOST:PORT", "Listen here; port 0 takes any free one (default 127.0.0.1:8080)"},
      {"connect", "HOST:PORT", "The node to talk to, of commands that ask one (default: where this configuration listens)"},
      {"api-key", "KEY", "The API key (visible in `ps`; TROUPE_API_KEY is not; else the key file)"},
      {"log-level", "LEVEL", "trace, debug, info, warn, error or off (default info)", false,
       {"trace", "debug", "info", "warn", "error", "off"}},
  };
  return all;
}

std::span<const exit_status> exit_statuses() {
  static constexpr std::array<exit_status, 8> all{{{0, "ok"},
                                                  {1, "the node refused"},
                                                  {64, "wrong usage"},
                                                  {69, "the address is taken or nobody answers there"},
                                                  {70, "the node failed or did not stop in time"},
                                                  {74, "the output could not be written"},
                                                  {77, "no API key or a wrong one"},
                                                  {78, "wrong configuration"}}};
  return all;
}

} // namespace troupe::config
