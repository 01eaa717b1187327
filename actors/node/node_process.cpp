#include "actors/node/node_process.hpp"

#include "actors/node/crash_line.hpp"
#include "actors/node/watchdog.hpp"
#include "actors/sessions/shard.hpp"
#include "config/api_key.hpp"
#include "config/cores.hpp"
#include "config/keys.hpp"
#include "config/reload.hpp"
#include "config/value_format.hpp"
#include "config/version.hpp"
#include "config/warnings.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <future>
#include <unistd.h>
#include <utility>

namespace troupe::actors {

namespace {

constexpr auto glance = std::chrono::milliseconds{200};
constexpr int status_unavailable = 69; // sysexits EX_UNAVAILABLE: the address is taken
constexpr std::size_t stdout_bytes_max = 64 * 1024;
constexpr auto last_words_max = std::chrono::milliseconds{500};
constexpr std::size_t messages_per_turn = 64; // of a channel, before others get their share

node_clock real_clock() {
  return {[] { return std::chrono::steady_clock::now(); },
          [] {
            const auto now = std::chrono::system_clock::now().time_since_epoch();
            return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
          }};
}

std::string with_thousands(std::size_t n) {
  auto text = std::to_string(n);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

} // namespace

// -- constructors -------------------------------------------------------------

node_process::node_process(const config::loaded& read, node_plan plan, std::function<config::loaded()> reread)
    : settings_(with_plan(read.values, plan)), plan_(std::move(plan)), remarks_(read.remarks), reread_(std::move(reread)),
      log_(settings_.log, STDERR_FILENO, settings_.node.name),
      shards_(static_cast<std::uint32_t>(config::shards_of(settings_))) {}

node_process::~node_process() = default;

int node_process::run() {
  const crash_line last_words{settings_.log, settings_.node.name};
  for (const auto& r : remarks_)
    log_.warn(to_string(r));
  for (const auto& wrong : mismatches(settings_, plan_))
    log_.warn(wrong);
  const auto files = transports::raise_open_file_limit();
  start_actors();
  say_what_is_on_disk();
  start_loops();
  await_shards();
  int status = status_unavailable;
  bool served = false;
  if (listen()) {
    status = config::status_bad_config;
    if (find_key()) {
      log_.info("the open-file limit is " + with_thousands(files) + ": room for about " +
                with_thousands(files > 1000 ? files - 200 : files / 2) + " connections");
      greet();
      served = true;
      status = serve();
    }
  }
  actors_->endpoints().draining = true; // before it is said: who reads it may ask /readyz
  if (served)
    log_.info("draining");
  drain();
  if (served)
    log_.info("stopped");
  return status;
}

// -- beginning ----------------------------------------------------------------

void node_process::start_actors() {
  for (std::uint32_t i = 0; i < shards_; ++i) {
    loops_.push_back(std::make_unique<transports::io_loop>());
    hosts_.push_back(std::make_unique<shard_host>([loop = loops_.back().get()](shard_host::task t) { loop->post(std::move(t)); }));
  }
  caf_settings_.set("scheduler.policy", caf::atom("sharing"));
  caf_settings_.set("scheduler.max-threads", settings_.threads.workers ? settings_.threads.workers : config::usable_cores());
  caf_settings_.set("scheduler.max-throughput", messages_per_turn);
  system_ = std::make_unique<caf::actor_system>(caf_settings_);
  for (auto& host : hosts_)
    host->attach(*system_);
  actors_ = std::make_unique<node_actors>(
      *system_, node_parts{settings_, plan_, shards_, real_clock(),
                           [this](std::uint32_t i) -> shard_host& { return *hosts_[i]; },
                           log_, 0});
  actors_->start();
}

/// Before anybody listens to events.
void node_process::say_what_is_on_disk() {
  const auto* disk = actors_->disk();
  if (!disk)
    return;
  if (const auto why = disk->trouble())
    return log_.error("the disk store fails: " + *why + "; channels that keep their history there are unavailable");
  const auto use = disk->disk();
  log_.info("history on disk in " + disk->dir() + ": " + with_thousands(use.channels) + " channels, " +
            with_thousands(use.kept_bytes) + " bytes kept");
}

void node_process::start_loops() {
  for (std::uint32_t i = 0; i < shards_; ++i) {
    auto& shard = *actors_->endpoints().shards[i];
    loops_[i]->start([&shard] { return shard.now && shard.now->flush(); });
  }
}

/// Whoever comes first is served, too.
void node_process::await_shards() {
  caf::scoped_actor self{*system_};
  const auto until = std::chrono::steady_clock::now() + settings_.drain.deadline;
  while (shards().size() < shards_ && std::chrono::steady_clock::now() < until)
    self->receive(caf::after(std::chrono::milliseconds{1}) >> [] {});
  for (const auto& shard : shards())
    self->request(shard, settings_.drain.deadline, describe_shard{}).receive([](const shard_description&) {}, [](const caf::error&) {});
}

bool node_process::listen() {
  std::vector<transports::listener_binding> bindings;
  for (std::uint32_t i = 0; i < shards_; ++i)
    bindings.push_back({loops_[i].get(), &actors_->router(i)});
  server_ = std::make_unique<transports::server>(settings_, std::move(bindings));
  try {
    server_->listen();
    return true;
  } catch (const std::exception& e) {
    log_.error(e.what());
    return false;
  }
}

bool node_process::find_key() {
  auto key = config::node_api_key(settings_.api, server_->port());
  if (!key) {
    log_.error(key.error());
    return false;
  }
  log_.info("the API key is " + key->from + (key->made ? " (made just now)" : ""));
  actors_->endpoints().auth.set_key(std::move(key->text), server_->port());
  return true;
}

std::string node_process::address() const {
  const auto& host = settings_.listen.address;
  const auto shown = host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "[::1]" : host.find(':') != std::string::npos ? "[" + host + "]" : host;
  return "http://" + shown + ":" + std::to_string(server_->port());
}

/// For whoever started the node: on stdout, where a link that is a secret does not end in a log.
void node_process::greet() {
  for (const auto& text : config::warnings(settings_))
    log_.warn(text);
  for (const auto& open : config::open_to_anyone(settings_))
    log_.info("open: " + open);
  const auto n = shards_;
  log_.info("troupe " + std::string{config::version} + " node " + settings_.node.name + " serves with " + std::to_string(n) +
            (n == 1 ? " shard" : " shards") + " at " + address());
  if (settings_.log.format == "json") // for machines: nothing but lines of the log, and no secret in one
    return node_log{{"info", "json"}, STDOUT_FILENO, settings_.node.name}.write({log_level::info, "listening " + address() + "/", {}, "listening"});
  line_writer out{STDOUT_FILENO, stdout_bytes_max, [](std::uint64_t) { return std::string{}; }};
  if (settings_.api.observer) {
    const auto& key = *config::find_key("api.observer_link");
    const auto link = actors_->endpoints().auth.new_link(std::chrono::steady_clock::now(), settings_.api.observer_link);
    out.write("observer  " + address() + "/observer?once=" + link + "  (this link works once, for " +
              config::write_plain(key.allowed, key.get(settings_)) + ")\n");
  }
  out.write("listening " + address() + "/\n");
}

// -- serving ------------------------------------------------------------------

int node_process::serve() {
  stage_ = "serving";
  caf::scoped_actor self{*system_};
  self->monitor(actors_->root());
  for (;;) {
    const auto signal = signals_.wait_for(glance);
    if (signal == signal_watch::event::stop)
      return config::status_ok;
    if (signal == signal_watch::event::reload)
      reload();
    bool over = false;
    self->receive([&](const caf::down_msg&) { over = true; }, caf::after(std::chrono::seconds{0}) >> [] {});
    if (!over)
      continue;
    log_.error("the supervision tree gave up: what failed is above");
    return watchdog::status;
  }
}

void node_process::reload() {
  const auto read = reread_();
  for (const auto& r : read.remarks)
    log_.warn(to_string(r));
  if (!read.problems.empty()) {
    for (const auto& p : read.problems)
      log_.error("not reloaded: " + to_string(p));
    return;
  }
  const auto wanted = with_plan(read.values, plan_);
  const auto changes = config::diff(settings_, wanted);
  for (const auto& c : changes)
    log_.write({c.reloadable ? log_level::info : log_level::warning,
                (c.reloadable ? "reloaded: " : "needs a restart: ") + c.key + " " + c.before + " -> " + c.after, {}});
  if (changes.empty())
    log_.info("reloaded: nothing changed");
  settings_ = config::reloaded(settings_, wanted);
  log_.set_level(settings_.log.level);
  actors_->reload(settings_);
}

// -- ending -------------------------------------------------------------------

/// Listeners closed, clients told and gone, channels stopped, actors ended, loops joined: in this order.
void node_process::drain() {
  const watchdog limit{settings_.drain.deadline, [this] {
                         log_.error("stopping took longer than drain.deadline: stuck at: " + std::string{stage_.load()});
                         for (const auto& who : survivors())
                           log_.error("still there: " + who);
                         log_.flush(last_words_max);
                       }};
  hold_publications();
  if (server_ && server_->port() != 0) {
    stage_ = "closing listeners";
    std::promise<void> closed;
    server_->stop_listening([&closed] { closed.set_value(); });
    closed.get_future().wait();
  }
  say_goodbye();
  stop_actors();
  stop_loops();
}

/// Before anybody leaves: what is acknowledged later would not reach those who have left.
void node_process::hold_publications() {
  stage_ = "telling shards";
  caf::scoped_actor self{*system_};
  const auto all = shards();
  for (const auto& shard : all)
    self->send(shard, drain_shard{"drain", {}});
  for (const auto& shard : all) // has taken the message before
    self->request(shard, settings_.drain.deadline, describe_shard{}).receive([](const shard_description&) {}, [](const caf::error&) {});
}

/// Clients get what was said to them, are told and leave; then channels take their snapshots and end.
void node_process::say_goodbye() {
  caf::scoped_actor self{*system_};
  const auto most = settings_.drain.deadline;
  const auto& registry = actors_->endpoints().registry;
  stage_ = "waiting for clients";
  for (const auto& shard : shards())
    self->request(shard, most, drain_shard{"drain", {}}).receive([](const shard_drained&) {}, [](const caf::error&) {});
  if (server_)
    server_->close_idle();
  stage_ = "waiting for channels";
  if (const auto broker = registry.find<broker_handle>("broker"))
    self->request(broker, most, stop_channels{}).receive([](const channels_stopped&) {}, [](const caf::error&) {});
}

void node_process::stop_actors() {
  stage_ = "waiting for actors";
  {
    caf::scoped_actor self{*system_};
    self->monitor(actors_->root());
    caf::anon_send_exit(actors_->root(), caf::exit_reason::user_shutdown);
    self->receive([](const caf::down_msg&) {});
  }
  actors_->endpoints().registry.clear();
  actors_->endpoints().bus.report_to({});
}

/// Loops outlive the server, and hosts the actor system.
void node_process::stop_loops() {
  stage_ = "waiting for sockets";
  server_.reset();
  stage_ = "waiting for loops";
  for (auto& loop : loops_)
    loop->stop_and_join();
  for (auto& host : hosts_)
    host->close();
  const std::lock_guard guard{ending_};
  actors_.reset();
  system_.reset();
}

/// Those that live.
std::vector<shard_handle> node_process::shards() const {
  std::vector<shard_handle> all;
  for (std::uint32_t i = 0; i < shards_; ++i)
    if (auto shard = actors_->endpoints().registry.find<shard_handle>(shard_name(i)))
      all.push_back(std::move(shard));
  return all;
}

/// For the watchdog. Where the actors are just being destroyed, which may be what is stuck, nobody is left to be named.
std::vector<std::string> node_process::survivors() {
  std::vector<std::string> all;
  const std::unique_lock guard{ending_, std::try_to_lock};
  if (!guard || !actors_)
    return all;
  for (const auto& who : actors_->busy())
    all.push_back(who);
  if (!all.empty())
    return all; // enough to know; the broker may have no worker left to answer with
  caf::scoped_actor self{*system_};
  const auto broker = actors_->endpoints().registry.find<broker_handle>("broker");
  if (!broker)
    return all;
  self->request(broker, std::chrono::seconds{4}, list_channels{})
      .receive(
          [&](const channel_list& list) {
            for (const auto& c : list.channels)
              all.push_back("channel " + c.name + " (" + c.state + ")");
          },
          [](const caf::error&) {});
  return all;
}

} // namespace troupe::actors
