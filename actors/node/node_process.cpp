#include "actors/node/node_process.hpp"

#include "actors/sessions/shard.hpp"
#include "config/api_key.hpp"
#include "config/cores.hpp"
#include "config/keys.hpp"
#include "config/reload.hpp"
#include "config/value_format.hpp"
#include "config/version.hpp"
#include "config/warnings.hpp"

#include <caf/actor_ostream.hpp>
#include <caf/logger.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/thread_hook.hpp>

#include <fstream>
#include <future>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace troupe::actors {

namespace {

constexpr int status_unavailable = 69; // sysexits EX_UNAVAILABLE: the address is taken
constexpr int status_bad_config = 78;
constexpr std::size_t stdout_bytes_max = 64 * 1024;
constexpr std::size_t messages_per_turn = 64; // of a channel, before others get their share

thread_local const void* serves = nullptr; // which node's thread this is

/// CAF's workers know whose they are.
class worker_mark final : public caf::thread_hook {
 public:
  explicit worker_mark(const void* of) : of_(of) {}
  void init(caf::actor_system&) override {}
  void thread_started() override { serves = of_; }
  void thread_terminates() override {}

 private:
  const void* const of_;
};

/// A thread that has spoken to actors keeps the system's logger, for which the system waits at its end.
struct visit {
  ~visit() { caf::logger::set_current_actor_system(nullptr); }
};

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

node_process::node_process(const config::loaded& read, node_plan plan, process_manner how)
    : settings_(with_plan(read.values, plan)), deadline_(settings_.drain.deadline), delay_(settings_.drain.delay), plan_(std::move(plan)), remarks_(read.remarks), how_(std::move(how)),
      log_(how_.log ? std::make_shared<node_log>(settings_.log, how_.log) : std::make_shared<node_log>(settings_.log, STDERR_FILENO, settings_.node.name)),
      shards_(static_cast<std::uint32_t>(config::shards_of(settings_))) {}

node_process::~node_process() = default;

void node_process::start() {
  const visit here;
  for (const auto& r : remarks_)
    log_->warn(to_string(r));
  for (const auto& wrong : mismatches(settings_, plan_))
    log_->warn(wrong);
  const auto files = how_.as_program ? transports::raise_open_file_limit() : transports::open_file_limit();
  start_actors();
  say_what_is_on_disk();
  start_loops();
  turning_ = loops_.size();
  await_shards();
  try {
    listen();
    find_key();
  } catch (const node_error& why) {
    log_->error(why.what());
    stop(settings_.drain.deadline);
    throw;
  }
  log_->info("the open-file limit is " + with_thousands(files) + ": room for about " +
             with_thousands(files > 1000 ? files - 200 : files / 2) + " connections");
  greet();
  served_ = true;
  stage_ = "serving";
}

// -- beginning ----------------------------------------------------------------

void node_process::start_actors() {
  for (std::uint32_t i = 0; i < shards_; ++i) {
    loops_.push_back(std::make_unique<transports::io_loop>());
    hosts_.push_back(std::make_unique<shard_host>([loop = loops_.back().get()](shard_host::task t) { loop->post(std::move(t)); }));
  }
  make_system();
  for (auto& host : hosts_)
    host->attach(*system_);
  actors_ = std::make_unique<node_actors>(
      *system_, node_parts{settings_, plan_, shards_, real_clock(),
                           [this](std::uint32_t i) -> shard_host& { return *hosts_[i]; },
                           *log_, 0, disk_store::runs::on_its_thread, how_.outlets,
                           [this](std::size_t shard) { loops_[shard]->post([] {}); }});
  board_ = &actors_->endpoints().running;
  actors_->start();
  watch_root();
}

/// Before anybody listens to events.
void node_process::say_what_is_on_disk() {
  const auto* disk = actors_->disk();
  if (!disk)
    return;
  if (const auto why = disk->trouble())
    return log_->error("the disk store fails: " + *why + "; channels that keep their history there are unavailable");
  const auto use = disk->disk();
  log_->info("history on disk in " + disk->dir() + ": " + with_thousands(use.channels) + " channels, " +
             with_thousands(use.kept_bytes) + " bytes kept");
}

namespace {

/// CAF prints what an actor threw, on stdout, which is the program's. A stderr that is a socket cannot be opened by name.
void keep_off_stdout(caf::actor_system& system) {
  const std::string standard_error = "/dev/stderr";
  const bool can_open = std::ofstream{standard_error, std::ios::app}.is_open();
  caf::actor_ostream::redirect_all(system, can_open ? standard_error : "/dev/null", caf::actor_ostream::append);
}

} // namespace

void node_process::make_system() {
  system_ = how_.system;
  if (system_)
    return;
  caf_settings_.set("scheduler.policy", caf::atom("sharing"));
  caf_settings_.set("scheduler.max-threads", settings_.threads.workers ? settings_.threads.workers : config::usable_cores());
  caf_settings_.set("scheduler.max-throughput", messages_per_turn);
  caf_settings_.add_thread_hook<worker_mark>(this);
  own_system_ = std::make_unique<caf::actor_system>(caf_settings_);
  system_ = own_system_.get();
  keep_off_stdout(*system_);
}

void node_process::watch_root() {
  actors_->root()->attach_functor([marks = marks_, log = log_](const caf::error&) {
    if (marks->stopping || marks->failed.exchange(true))
      return;
    log->error("the supervision tree gave up: what failed is above");
  });
}

void node_process::start_loops() {
  for (std::uint32_t i = 0; i < shards_; ++i) {
    auto& shard = *actors_->endpoints().shards[i];
    loops_[i]->post([this] { serves = this; });
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

void node_process::listen() {
  std::vector<transports::listener_binding> bindings;
  for (std::uint32_t i = 0; i < shards_; ++i)
    bindings.push_back({loops_[i].get(), &actors_->router(i)});
  server_ = std::make_unique<transports::server>(settings_, std::move(bindings));
  try {
    server_->listen();
  } catch (const std::exception& e) {
    throw node_error(e.what(), status_unavailable);
  }
  port_ = server_->port();
  address_ = address_of_listener();
}

void node_process::find_key() {
  auto key = config::node_api_key(settings_.api, port_);
  if (!key)
    throw node_error(key.error(), status_bad_config);
  log_->info("the API key comes from " + key->from + (key->made ? " (made just now)" : ""));
  actors_->endpoints().auth.set_key(std::move(key->text), port_);
}

std::string node_process::address_of_listener() const {
  const auto& host = settings_.listen.address;
  const auto shown = host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "[::1]" : host.find(':') != std::string::npos ? "[" + host + "]" : host;
  return "http://" + shown + ":" + std::to_string(port_);
}

/// For whoever started the program: on stdout, where a link that is a secret does not end in a log.
void node_process::greet() {
  for (const auto& text : config::warnings(settings_))
    log_->warn(text);
  for (const auto& open : config::open_to_anyone(settings_))
    log_->info("open: " + open);
  const auto n = shards_;
  log_->info("troupe " + std::string{config::version} + " node " + settings_.node.name + " serves with " + std::to_string(n) +
             (n == 1 ? " shard" : " shards") + " at " + address_);
  if (!how_.as_program)
    return;
  if (settings_.log.format == "json") // for machines: nothing but lines of the log, and no secret in one
    return node_log{{"info", "json"}, STDOUT_FILENO, settings_.node.name}.write({log_level::info, "listening " + address_ + "/", {}, "listening"});
  line_writer out{STDOUT_FILENO, stdout_bytes_max, [](std::uint64_t) { return std::string{}; }};
  if (settings_.api.observer) {
    const auto& key = *config::find_key("api.observer_link");
    const auto link = actors_->endpoints().auth.new_link(std::chrono::steady_clock::now(), settings_.api.observer_link);
    out.write("observer  " + address_ + "/observer?once=" + link + "  (this link works once, for " +
              config::write_plain(key.allowed, key.get(settings_)) + ")\n");
  }
  out.write("listening " + address_ + "/\n");
}

// -- while it serves ----------------------------------------------------------

bool node_process::has_turned() {
  if (turning_ < loops_.size())
    return false;
  turning_ = 0;
  for (auto& loop : loops_)
    loop->post([this] { ++turning_; });
  return true;
}

void node_process::leave() {
  if (delay().count() > 0) {
    const auto& key = *config::find_key("drain.delay");
    log_->info("leaving: not ready any more; the drain begins after drain.delay, " + config::write_plain(key.allowed, key.get(settings_)));
  }
  const std::lock_guard guard{ending_};
  if (actors_)
    actors_->endpoints().leaving = true;
}

void node_process::reload(const config::loaded& read) {
  const visit here;
  for (const auto& r : read.remarks)
    log_->warn(to_string(r));
  const auto problems = read.problems.empty() ? config::contradictions(settings_, read) : read.problems;
  if (!problems.empty()) {
    for (const auto& p : problems)
      log_->error("not reloaded: " + to_string(p));
    return;
  }
  const auto wanted = with_plan(read.values, plan_);
  const auto changes = config::diff(settings_, wanted);
  for (const auto& c : changes)
    log_->write({c.reloadable ? log_level::info : log_level::warning,
                 (c.reloadable ? "reloaded: " : "needs a restart: ") + c.key + " " + c.before + " -> " + c.after, {}});
  if (changes.empty())
    log_->info("reloaded: nothing changed");
  settings_ = config::reloaded(settings_, wanted);
  deadline_ = settings_.drain.deadline;
  delay_ = settings_.drain.delay;
  log_->set_level(settings_.log.level);
  const std::lock_guard guard{at_work_};
  if (actors_)
    actors_->reload(settings_);
}

void node_process::supervise(const troupe::child_spec& child) {
  const visit here;
  const std::lock_guard guard{at_work_};
  if (!actors_)
    throw std::runtime_error("`" + child.name + "` was not started: the node has stopped");
  actors_->supervise(child);
}

/// In the application's own actor system no worker is the node's.
bool node_process::runs_here() const noexcept {
  const auto* board = board_.load();
  return serves == this || (board && running_handlers::runs_here(board));
}

} // namespace troupe::actors
