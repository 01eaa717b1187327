#pragma once

#include "actors/node/node_actors.hpp"
#include "actors/node/node_log.hpp"
#include "actors/node/service_manager.hpp"
#include "actors/node/signal_watch.hpp"
#include "config/command_line.hpp"
#include "transports/io_loop.hpp"
#include "transports/server.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace troupe::actors {

/// A node as a process: threads, sockets, signals, and the order in which all of it begins and ends.
///
///     starting --listening--> serving --SIGTERM--> draining --everybody gone--> stopped (0)
///         |                      |                     `--deadline--> 70, naming who is stuck
///         `-- refused (1, 78)    `-- the supervision tree gave up --> 70
///
/// Owner: `troupe::node::run`. Thread: the one that calls `run`, which blocks.
class node_process {
 public:
  /// `reread` loads the configuration again, for SIGHUP.
  node_process(const config::loaded& read, node_plan plan, std::function<config::loaded()> reread);
  ~node_process();
  node_process(const node_process&) = delete;
  node_process& operator=(const node_process&) = delete;

  /// The exit status.
  int run();

 private:
  void start_actors();
  void say_what_is_on_disk();
  void start_loops();
  void await_shards();
  bool listen();
  bool find_key();
  void greet();
  int serve();
  void show_life();
  void reload();
  void take_over();
  void drain();
  void hold_publications();
  void say_goodbye();
  void stop_actors();
  void stop_loops();
  [[nodiscard]] std::vector<shard_handle> shards() const;
  [[nodiscard]] std::vector<std::string> survivors();
  [[nodiscard]] std::string address() const;

  config::settings settings_;
  node_plan plan_;
  std::vector<config::problem> remarks_; // about the configuration
  std::function<config::loaded()> reread_;
  signal_watch signals_; // before any other thread
  node_log log_;
  const std::uint32_t shards_;
  std::vector<std::unique_ptr<transports::io_loop>> loops_;
  std::vector<std::unique_ptr<shard_host>> hosts_;
  caf::actor_system_config caf_settings_;
  std::mutex ending_; // of what follows: the watchdog looks at both
  std::unique_ptr<caf::actor_system> system_;
  std::unique_ptr<node_actors> actors_;
  std::unique_ptr<transports::server> server_;
  service_manager manager_;
  std::atomic<std::size_t> turning_{0}; // loops that have turned since the manager was told that we live
  std::atomic<const char*> stage_{"starting"};
};

} // namespace troupe::actors
