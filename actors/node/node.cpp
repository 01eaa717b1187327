/// troupe::node: the command line and the process behind the public header.

#include <troupe/node.hpp>

#include "actors/node/admin_commands.hpp"
#include "actors/node/standard_streams.hpp"
#include "actors/node/node_process.hpp"
#include "config/load.hpp"
#include "protocol/names.hpp"

#include <iostream>
#include <stdexcept>
#include <utility>

namespace troupe {

struct node::state {
  config::command_line line;
  std::vector<std::string> arguments; // for SIGHUP
  actors::node_plan plan;
};

namespace {

config::command_line parse(const std::vector<std::string>& arguments) {
  std::vector<const char*> argv;
  for (const auto& a : arguments)
    argv.push_back(a.c_str());
  return config::parse(static_cast<int>(argv.size()), argv.data());
}

/// A command whose output is lost has not succeeded.
int printed(const config::command_line& line, int status) {
  if (std::cout.flush() || status != config::status_ok)
    return status;
  std::cerr << line.program << ": the output could not be written\n";
  return config::status_not_written;
}

void check_pattern(const std::string& pattern) {
  if (auto wrong = protocol::pattern_error(pattern))
    throw std::invalid_argument("pattern `" + pattern + "`: " + *wrong);
}

} // namespace

node::node(std::unique_ptr<state> s) : state_(std::move(s)) {}
node::node(node&&) noexcept = default;
node::~node() = default;

node node::from_command_line(int argc, char** argv) {
  actors::keep_standard_streams();
  auto s = std::make_unique<state>();
  s->arguments.assign(argv, argv + argc);
  s->line = parse(s->arguments);
  return node{std::move(s)};
}

// -- what the application adds ------------------------------------------------

node& node::channel(std::string pattern, channel_factory factory) {
  check_pattern(pattern);
  state_->plan.classes.add(std::move(pattern), std::move(factory));
  return *this;
}

node& node::open_channel(std::string pattern) {
  check_pattern(pattern);
  state_->plan.open_channels.push_back(std::move(pattern));
  return *this;
}

node& node::mount(std::string path, mount_factory factory) {
  if (!path.starts_with('/') || path == "/" || path == "/ws")
    throw std::invalid_argument("a mount's path begins with / and is neither / nor /ws: " + path);
  state_->plan.mounts.emplace_back(std::move(path), std::move(factory));
  return *this;
}

node& node::on_connect(connect_hook hook) {
  state_->plan.on_connect = std::move(hook);
  return *this;
}

node& node::pages(std::string directory) {
  state_->plan.pages = std::move(directory);
  return *this;
}

// -- running ------------------------------------------------------------------

bool node::serves() const noexcept { return state_->line.what == config::command::serve; }

int node::run() {
  const auto& line = state_->line;
  if (const auto status = config::run_command(line, std::cout, std::cerr))
    return printed(line, *status);
  if (!serves())
    return printed(line, actors::run_admin_command(line, std::cout, std::cerr));
  actors::node_process process{line.config, state_->plan,
                               [arguments = state_->arguments] { return parse(arguments).config; }};
  return process.run();
}

} // namespace troupe
