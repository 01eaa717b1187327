/// troupe::node: the command line, or settings from code, and the life behind the public header.

#include <troupe/actor_client.hpp>
#include <troupe/node.hpp>
#include <troupe/outlet.hpp>

#include "actors/node/admin_commands.hpp"
#include "actors/node/crash_line.hpp"
#include "actors/node/node_life.hpp"
#include "actors/node/node_settings.hpp"
#include "actors/node/service_manager.hpp"
#include "actors/node/signal_watch.hpp"
#include "actors/node/standard_streams.hpp"
#include "config/command_line.hpp"
#include "protocol/names.hpp"

#include <chrono>
#include <iostream>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace troupe {

using std::chrono::milliseconds;

struct node::state {
  config::command_line line;
  std::vector<std::string> arguments; // for SIGHUP; none: a node from settings
  node_settings code;
  actors::node_plan plan;
  actors::process_manner how; // its outlets are the node's, whether it runs or not
  std::mutex adding; // children, which may come while it runs
  actors::node_life life;

  [[nodiscard]] config::command_line read() const;
  [[nodiscard]] config::loaded configuration() const;
  [[nodiscard]] std::shared_ptr<actors::node_process> make(bool as_program);
  void reload(actors::node_process& process) const;
  [[nodiscard]] std::size_t metric_series() const { return line.config.values.limits.metric_series; }
};

namespace {

constexpr auto glance = milliseconds{200};
constexpr int status_stuck = 70; // sysexits EX_SOFTWARE

config::command_line parse(const std::vector<std::string>& arguments, const node_settings& code) {
  std::vector<const char*> argv;
  for (const auto& a : arguments)
    argv.push_back(a.c_str());
  return config::parse(static_cast<int>(argv.size()), argv.data(), nullptr, code.said().from);
}

/// A command whose output is lost has not succeeded.
int printed(const config::command_line& line, int status) {
  if (std::cout.flush() || status != config::status_ok)
    return status;
  std::cerr << line.program << ": the output could not be written\n";
  return config::status_not_written;
}

std::string text_of(const std::vector<config::problem>& problems) {
  std::string all;
  for (const auto& p : problems)
    all += (all.empty() ? "" : "\n") + to_string(p);
  return all;
}

void check_pattern(const std::string& pattern) {
  if (auto wrong = protocol::pattern_error(pattern))
    throw std::invalid_argument("pattern `" + pattern + "`: " + *wrong);
}

} // namespace

// -- constructors -------------------------------------------------------------

node::node(std::unique_ptr<state> s) : state_(std::move(s)) {}
node::node(node&&) noexcept = default;

node::node(const node_settings& settings) : state_(std::make_unique<state>()) {
  state_->code = settings;
  state_->line = state_->read();
  if (const auto& wrong = state_->line.config.problems; !wrong.empty())
    throw settings_error(text_of(wrong));
}

node::~node() {
  if (!state_)
    return;
  try {
    stop();
  } catch (const std::exception&) { // of one of its own threads: it cannot wait
    request_stop();
  }
}

node node::from_command_line(int argc, char** argv, const node_settings& code) {
  actors::keep_standard_streams();
  auto s = std::make_unique<state>();
  s->arguments.assign(argv, argv + argc);
  if (s->arguments.empty())
    s->arguments.emplace_back("troupe");
  s->code = code;
  s->line = s->read();
  return node{std::move(s)};
}

/// As it says now.
config::command_line node::state::read() const {
  if (!arguments.empty())
    return parse(arguments, code);
  config::command_line coded;
  coded.config = config::load(actors::sources_of(code));
  config::check_paths(coded.config);
  return coded;
}

config::loaded node::state::configuration() const {
  auto all = line.config;
  actors::add_plan(all, plan);
  return all;
}

std::shared_ptr<actors::node_process> node::state::make(bool as_program) {
  if (line.what == config::command::refused)
    throw node_error(line.text, line.status);
  const auto read = configuration();
  if (!read.problems.empty())
    throw node_error(text_of(read.problems), config::status_bad_config);
  auto manner = how;
  manner.as_program = as_program;
  const std::lock_guard guard{adding};
  return std::make_shared<actors::node_process>(read, plan, std::move(manner));
}

// -- what the application adds ------------------------------------------------

void node::must_be_idle() const {
  if (state_->life.now() != actors::node_life::phase::idle)
    throw std::logic_error("add what a node serves before it starts");
}

node& node::channel(std::string pattern, channel_factory factory, const channel_options& options, code_place at) {
  check_pattern(pattern);
  must_be_idle();
  auto& rules = state_->plan.describe(pattern, config::channel_kind::application);
  rules.said = actors::values_of(options);
  rules.where = actors::place_name(at);
  state_->plan.classes.add(std::move(pattern), std::move(factory));
  return *this;
}

node& node::open_channel(std::string pattern, const channel_options& options, code_place at) {
  check_pattern(pattern);
  must_be_idle();
  auto& rules = state_->plan.describe(pattern, config::channel_kind::open);
  rules.said = actors::values_of(options);
  rules.where = actors::place_name(at);
  state_->plan.open_channels.push_back(std::move(pattern));
  return *this;
}

node& node::mount(std::string path, mount_factory factory) {
  if (!path.starts_with('/') || path == "/" || path == "/ws")
    throw std::invalid_argument("a mount's path begins with / and is neither / nor /ws: " + path);
  if (const auto* there = state_->plan.routes.find(path); there && there->pattern == path)
    throw std::invalid_argument("a mount's path is not a route's: " + path);
  must_be_idle();
  state_->plan.mounts.emplace_back(std::move(path), std::move(factory));
  return *this;
}

node& node::route(const std::string& method, const std::string& path, http_handler handler) {
  must_be_idle();
  for (const auto& [taken, factory] : state_->plan.mounts)
    if (taken == path)
      throw std::invalid_argument("route " + method + " " + path + ": this path is a mount's");
  state_->plan.routes.add(method, path, std::move(handler));
  return *this;
}

node& node::on_connect(connect_hook hook) {
  must_be_idle();
  state_->plan.on_connect = std::move(hook);
  return *this;
}

node& node::pages(std::string directory) {
  must_be_idle();
  state_->plan.pages = std::move(directory);
  return *this;
}

node& node::log_to(log_sink sink) {
  must_be_idle();
  state_->how.log = std::move(sink);
  return *this;
}

node& node::use(caf::actor_system& system) {
  must_be_idle();
  state_->how.system = &system;
  return *this;
}

node& node::supervise(const child_spec& child) {
  const std::lock_guard guard{state_->adding};
  if (state_->life.now() == actors::node_life::phase::starting)
    throw std::logic_error("the node is just starting: supervise before, or once it runs");
  auto& all = state_->plan.children;
  for (const auto& there : all)
    if (there.name == child.name)
      throw std::runtime_error("`" + child.name + "` was not started: there is one of that name");
  if (const auto process = state_->life.process())
    process->supervise(child);
  all.push_back(child);
  return *this;
}

// -- metrics ------------------------------------------------------------------

troupe::counter node::counter(const std::string& name, const std::string& help, metric_labels labels) {
  return state_->plan.metrics->make_counter(name, help, std::move(labels), state_->metric_series());
}

troupe::gauge node::gauge(const std::string& name, const std::string& help, metric_labels labels) {
  return state_->plan.metrics->make_gauge(name, help, std::move(labels), state_->metric_series());
}

troupe::histogram node::histogram(const std::string& name, const std::string& help, std::vector<double> bounds,
                                  metric_labels labels) {
  return state_->plan.metrics->make_histogram(name, help, std::move(bounds), std::move(labels), state_->metric_series());
}

// -- as a program -------------------------------------------------------------

bool node::serves() const noexcept { return state_->line.what == config::command::serve; }

int node::run() {
  auto line = state_->line;
  if (line.what == config::command::config_show || line.what == config::command::config_check || serves()) {
    line.config = state_->configuration();
    if (!line.config.problems.empty())
      line = config::refused_config(std::move(line));
  }
  if (const auto status = config::run_command(line, std::cout, std::cerr))
    return printed(line, *status);
  if (!serves())
    return printed(line, actors::run_admin_command(line, std::cout, std::cerr));
  return serve();
}

void node::state::reload(actors::node_process& process) const {
  auto now = read().config;
  if (now.problems.empty())
    actors::add_plan(now, plan);
  process.reload(now);
}

/// After SIGTERM for `drain.delay` more.
int node::serve() {
  using phase = actors::node_life::phase;
  const auto said = state_->configuration().values;
  const actors::crash_line last_words{said.log, said.node.name};
  actors::signal_watch signals;
  actors::service_manager manager;
  try {
    state_->life.start([this] { return state_->make(true); });
  } catch (const node_error& why) { // the log has it
    return why.status();
  }
  manager.ready();
  int status = config::status_ok;
  std::optional<std::chrono::steady_clock::time_point> leaving; // since when
  while (state_->life.now() == phase::running) {
    const auto process = state_->life.process();
    const auto signal = signals.wait_for(glance);
    const auto now = std::chrono::steady_clock::now();
    if (process && manager.waits_for_life(now) && process->has_turned())
      manager.lives(now);
    if (signal == actors::signal_watch::event::stop && process && !leaving) {
      leaving = now;
      manager.stopping();
      process->leave();
    }
    if (signal == actors::signal_watch::event::reload && process) {
      manager.reloading();
      state_->reload(*process);
      manager.ready();
    }
    if (!process || (leaving && now - *leaving >= process->delay()))
      break;
    if (process->has_failed()) {
      status = status_stuck;
      break;
    }
  }
  if (!leaving)
    manager.stopping();
  if (!stop())
    ::_exit(status_stuck);
  return status;
}

// -- within a program ---------------------------------------------------------

void node::start() {
  if (!serves() && state_->line.what != config::command::refused)
    throw std::logic_error("this command line only prints: run");
  state_->life.start([this] { return state_->make(false); });
}

stop_result node::stop() { return state_->life.stop(std::nullopt); }

stop_result node::stop(milliseconds deadline) { return state_->life.stop(deadline); }

void node::request_stop() { state_->life.request_stop(); }

node_phase node::phase() const {
  switch (state_->life.now()) {
  case actors::node_life::phase::idle: return node_phase::idle;
  case actors::node_life::phase::starting: return node_phase::starting;
  case actors::node_life::phase::stopping: return node_phase::stopping;
  case actors::node_life::phase::running: break;
  }
  const auto process = state_->life.process();
  return process && process->has_failed() ? node_phase::failed : node_phase::running;
}

std::string node::address() const {
  const auto process = state_->life.process();
  return process ? process->address() : std::string{};
}

std::uint16_t node::port() const {
  const auto process = state_->life.process();
  return process ? process->port() : std::uint16_t{0};
}

actor_client node::client(const caf::actor& who, identity as) {
  return actor_client{state_->how.outlets->make_client(who, std::move(as))};
}

outlet node::outlet() { return troupe::outlet{state_->how.outlets->make()}; }

caf::actor_system& node::system() {
  if (const auto process = state_->life.process())
    return process->system();
  throw std::logic_error("a node has actors while it runs");
}

} // namespace troupe
