// How a node ends.

#include "actors/node/node_process.hpp"

#include "actors/sessions/shard.hpp"

#include <caf/logger.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <future>
#include <thread>
#include <utility>

namespace troupe::actors {

namespace {

constexpr auto glance = std::chrono::milliseconds{5};  // between two looks at who is left
constexpr auto last_call = std::chrono::seconds{1};    // for actors that the application spawned, then they are killed

} // namespace

void node_process::stop(std::chrono::milliseconds patience) {
  marks_->stopping = true;
  actors_->outlets().close();
  actors_->endpoints().draining = true; // before it is said: who reads it may ask /readyz
  if (served_)
    log_->info("draining");
  drain(patience);
  if (served_)
    log_->info("stopped");
}

/// Listeners closed, clients told and gone, channels stopped, actors ended, loops joined: in this order.
void node_process::drain(std::chrono::milliseconds patience) {
  hold_publications(patience);
  close_listeners();
  say_goodbye(patience);
  stop_actors();
  stop_spawned();
  stop_loops();
}

/// Before anybody leaves: what is acknowledged later would not reach those who have left.
void node_process::hold_publications(std::chrono::milliseconds patience) {
  stage_ = "telling shards";
  caf::scoped_actor self{*system_};
  const auto all = shards();
  for (const auto& shard : all)
    self->send(shard, drain_shard{"drain", {}});
  for (const auto& shard : all) // has taken the message before
    self->request(shard, patience, describe_shard{}).receive([](const shard_description&) {}, [](const caf::error&) {});
}

void node_process::close_listeners() {
  if (!server_ || server_->port() == 0)
    return;
  stage_ = "closing listeners";
  std::promise<void> closed;
  server_->stop_listening([&closed] { closed.set_value(); });
  closed.get_future().wait();
}

/// Clients get what was said to them, are told and leave; then channels take their snapshots and end.
void node_process::say_goodbye(std::chrono::milliseconds patience) {
  caf::scoped_actor self{*system_};
  const auto& registry = actors_->endpoints().registry;
  stage_ = "waiting for clients";
  for (const auto& shard : shards())
    self->request(shard, patience, drain_shard{"drain", {}}).receive([](const shard_drained&) {}, [](const caf::error&) {});
  if (server_)
    server_->close_idle();
  stage_ = "waiting for channels";
  if (const auto broker = registry.find<broker_handle>("broker"))
    self->request(broker, patience, stop_channels{}).receive([](const channels_stopped&) {}, [](const caf::error&) {});
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

/// Actors that the node's own system would wait for; of an application's system only those that are known.
std::size_t node_process::left_running() const {
  return own_system_ ? own_system_->registry().running() : actors_->spawned().alive().size();
}

/// What channels have spawned is told to exit, and killed if it does not; what else the application has spawned in the
/// node's system is waited for.
void node_process::stop_spawned() {
  stage_ = "waiting for actors that the application has spawned";
  using steady = std::chrono::steady_clock;
  for (const auto& one : actors_->spawned().alive())
    caf::anon_send_exit(one.who, caf::exit_reason::user_shutdown);
  auto said_at = std::optional{steady::now() + last_call};
  for (std::size_t left = left_running(); left > 0; left = left_running()) {
    if (said_at && steady::now() >= *said_at) {
      said_at.reset();
      const auto known = actors_->spawned().alive();
      for (const auto& one : known) {
        log_->warn("still there: " + name_of(one) + ": killed");
        caf::anon_send_exit(one.who, caf::exit_reason::kill);
      }
      if (left > known.size())
        log_->warn("still there: actors that the application has spawned: " + std::to_string(left - known.size()) +
                   "; the node has stopped when they have ended");
    }
    std::this_thread::sleep_for(glance);
  }
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
  caf::logger::set_current_actor_system(nullptr);
  std::unique_ptr<node_actors> last;
  {
    const std::scoped_lock guard{at_work_, ending_};
    last = std::move(actors_);
    board_ = nullptr;
  }
  last.reset(); // without a lock: it may call the application
  stage_ = "waiting for threads of the application that have spawned actors";
  own_system_.reset();
}

// -- knowing ------------------------------------------------------------------

/// Those that live.
std::vector<shard_handle> node_process::shards() const {
  std::vector<shard_handle> all;
  for (std::uint32_t i = 0; i < shards_; ++i)
    if (auto shard = actors_->endpoints().registry.find<shard_handle>(shard_name(i)))
      all.push_back(std::move(shard));
  return all;
}

/// Where the actors are just being destroyed, which may be what is stuck, nobody is left to be named.
std::vector<std::string> node_process::survivors() {
  std::vector<std::string> all;
  const std::unique_lock guard{ending_, std::try_to_lock};
  if (!guard || !actors_)
    return all;
  for (const auto& who : actors_->busy())
    all.push_back(who);
  if (!all.empty())
    return all; // enough to know; the broker may have no worker left to answer with
  for (const auto& one : actors_->spawned().alive())
    all.push_back(name_of(one));
  for (auto& who : channels_left())
    all.push_back(std::move(who));
  return all;
}

std::vector<std::string> node_process::channels_left() {
  std::vector<std::string> all;
  const auto broker = actors_->endpoints().registry.find<broker_handle>("broker");
  if (!broker)
    return all;
  {
    caf::scoped_actor self{*system_};
    self->request(broker, std::chrono::seconds{4}, list_channels{})
        .receive(
            [&](const channel_list& list) {
              for (const auto& c : list.channels)
                all.push_back("channel " + c.name + " (" + c.state + ")");
            },
            [](const caf::error&) {});
  }
  caf::logger::set_current_actor_system(nullptr);
  return all;
}

} // namespace troupe::actors
