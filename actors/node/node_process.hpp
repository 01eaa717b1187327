#pragma once

#include "actors/node/node_actors.hpp"
#include "actors/node/node_log.hpp"
#include "config/loaded.hpp"
#include "transports/io_loop.hpp"
#include "transports/server.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <troupe/node_error.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace troupe::actors {

/// How a node lives in its process. A value.
struct process_manner {
  bool as_program = false;             ///< says on stdout where it listens; takes all open files that it may have
  log_sink log{};                      ///< empty: stderr
  caf::actor_system* system = nullptr; ///< the application's; null: one of its own
  std::shared_ptr<outlet_hub> outlets = std::make_shared<outlet_hub>();
};

/// A node that runs: threads, sockets, actors, and the order in which all of it begins and ends. Of the process it takes
/// nothing else: no signal, no descriptor, no global.
///
///     (made) --start--> serving --stop--> draining --everybody gone--> ended
///                 `-- throws: has ended
///
/// Owner: node_life. Thread: `start` and `stop` each on one, in this order; the rest on any.
class node_process {
 public:
  /// `read`: with what the program says (`add_plan`).
  node_process(const config::loaded& read, node_plan plan, process_manner how);
  ~node_process();
  node_process(const node_process&) = delete;
  node_process& operator=(const node_process&) = delete;

  // -- its life ---------------------------------------------------------------

  /// Throws node_error.
  void start();

  /// Drains. Whoever does not answer is waited for `patience` at each step; returns when nothing is left, if ever.
  void stop(std::chrono::milliseconds patience);

  /// Not ready any more: new clients find another node; those that come, and those that are here, are served as ever.
  void leave();

  /// Takes over what can be reloaded. One at a time, and not while it stops.
  void reload(const config::loaded& read);

  /// Starts an actor of the application's; throws std::runtime_error if that fails, or it has stopped.
  void supervise(const troupe::child_spec& child);

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] const std::string& address() const noexcept { return address_; } ///< once it has started
  [[nodiscard]] caf::actor_system& system() noexcept { return *system_; }
  [[nodiscard]] node_log& log() noexcept { return *log_; }
  [[nodiscard]] std::chrono::milliseconds deadline() const noexcept { return deadline_; } ///< `drain.deadline`
  [[nodiscard]] std::chrono::milliseconds delay() const noexcept { return delay_; } ///< `drain.delay`
  [[nodiscard]] bool has_failed() const noexcept { return marks_->failed; } ///< its supervision tree gave up
  /// Whether the calling thread is one of its own, or runs its handlers.
  [[nodiscard]] bool runs_here() const noexcept;
  /// Whether all its loops have turned since this was asked last: it lives. Workers that are stuck are an application's, and
  /// no reason to end all others. One thread asks.
  [[nodiscard]] bool has_turned();
  /// What `stop` is about.
  [[nodiscard]] const char* stage() const noexcept { return stage_; }
  /// Who is still there, as far as it can be told in some seconds.
  [[nodiscard]] std::vector<std::string> survivors();

 private:
  /// What outlives it with those who watch the root.
  struct marks {
    std::atomic<bool> stopping{false}, failed{false};
  };

  void start_actors();
  void say_what_is_on_disk();
  void make_system();
  void watch_root();
  void start_loops();
  void await_shards();
  void listen();
  void find_key();
  void greet();
  void drain(std::chrono::milliseconds patience);
  void hold_publications(std::chrono::milliseconds patience);
  void close_listeners();
  void say_goodbye(std::chrono::milliseconds patience);
  void stop_actors();
  void stop_spawned();
  void stop_loops();
  [[nodiscard]] std::string address_of_listener() const;
  [[nodiscard]] std::size_t left_running() const;
  [[nodiscard]] std::vector<shard_handle> shards() const;
  [[nodiscard]] std::vector<std::string> channels_left();

  config::settings settings_;
  std::atomic<std::chrono::milliseconds> deadline_, delay_;
  const node_plan plan_;
  const std::vector<config::problem> remarks_; // about the configuration
  const process_manner how_;
  const std::shared_ptr<node_log> log_; // with whoever watches the root
  const std::shared_ptr<marks> marks_ = std::make_shared<marks>();
  const std::uint32_t shards_;
  std::vector<std::unique_ptr<transports::io_loop>> loops_;
  std::vector<std::unique_ptr<shard_host>> hosts_;
  caf::actor_system_config caf_settings_;
  std::mutex ending_; // of what follows: who asks for survivors looks at it
  std::unique_ptr<caf::actor_system> own_system_; // null: the application's is used
  caf::actor_system* system_ = nullptr;
  std::unique_ptr<node_actors> actors_;
  std::unique_ptr<transports::server> server_;
  std::uint16_t port_ = 0;
  std::string address_;
  std::atomic<std::size_t> turning_{0}; // loops that have turned since that was asked
  std::atomic<const char*> stage_{"starting"};
  bool served_ = false;
  std::mutex at_work_; // with the actors, on a thread of the application's
  std::atomic<const running_handlers*> board_{nullptr}; // of its actors, once there are some; nobody looks into it
};

} // namespace troupe::actors
