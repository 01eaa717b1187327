#pragma once

#include <troupe/channel.hpp>
#include <troupe/channel_options.hpp>
#include <troupe/code_place.hpp>
#include <troupe/handshake.hpp>
#include <troupe/log_record.hpp>
#include <troupe/metrics.hpp>
#include <troupe/node_error.hpp>
#include <troupe/node_settings.hpp>
#include <troupe/raw_mount.hpp>
#include <troupe/route.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace caf {
class actor;
class actor_system;
}

namespace troupe {

struct child_spec;  // <troupe/supervisor.hpp>
class outlet;       // <troupe/outlet.hpp>
class actor_client; // <troupe/actor_client.hpp>

/// Where a node is in its life.
enum class node_phase : std::uint8_t {
  idle,     ///< not started, or stopped
  starting,
  running,
  stopping,
  failed,   ///< its supervision tree gave up, which the log says; it serves nobody, and is to be stopped
};

/// A Troupe: its actors, its sockets, and what the application adds to them. As a program of its own:
///
///     int main(int argc, char** argv) {
///       auto node = troupe::node::from_command_line(argc, argv);
///       node.channel<room>("room:*").open_channel("updates");
///       return node.run();
///     }
///
/// or within one that has a life of its own (docs/embedding.md):
///
///     troupe::node_settings settings;
///     settings.set("listen.port", 0);
///     troupe::node node{settings};
///     node.open_channel("updates");
///     node.start();
///     std::puts(node.address().c_str());
///     main_loop();
///     node.stop(std::chrono::seconds{5});
///
/// There may be several in one process. Of the process a node takes nothing (no signal handler, no global, no word on
/// stdout) unless it is asked to `run`.
/// Owner: the application. Thread: what is added is added by one, before it starts; `start`, `stop` and all that is told of
/// a running node on any. Ends: destroyed; a node that runs is stopped first, as `stop()` does.
/// Errors: `run` prints bad configuration with file, line and key, and returns 78 (sysexits EX_CONFIG); `start` throws it.
class node {
 public:
  using channel_factory = std::function<std::unique_ptr<troupe::channel>(const std::string& name)>;
  using mount_factory = std::function<std::unique_ptr<raw_mount>()>;

  /// Reads flags, environment and configuration file (docs/configuration.md), which all beat what `code` says.
  static node from_command_line(int argc, char** argv, const node_settings& code = {});

  /// Throws settings_error for whatever is wrong with them.
  explicit node(const node_settings& settings);

  node(node&&) noexcept;
  ~node();

  // -- what the application adds: before it starts, else std::logic_error ------

  /// Channels whose names match `pattern` (`board:*`) are objects of `C`. `options` are what holds for them, as far as a
  /// namespace of the same pattern in the configuration does not say otherwise: by default anyone may subscribe.
  template <class C>
  node& channel(std::string pattern, const channel_options& options = {}, code_place at = code_place::here()) {
    return channel(std::move(pattern), [](const std::string&) { return std::make_unique<C>(); }, options, at);
  }
  node& channel(std::string pattern, channel_factory factory, const channel_options& options = {},
                code_place at = code_place::here());

  /// A built-in open channel: anyone subscribes and publishes.
  node& open_channel(std::string pattern, const channel_options& options = {}, code_place at = code_place::here());

  /// `path` (`/echo`) is a raw mount.
  template <class M>
  node& mount(std::string path) {
    return mount(std::move(path), [] { return std::make_unique<M>(); });
  }
  node& mount(std::string path, mount_factory factory);

  /// Who a client is: asked once for each WebSocket, event stream, session of polls, poll of an inbox without cursor and
  /// raw mount's client, before anything else, and again for each `authenticate`. Without a hook everybody is anonymous.
  ///
  ///     node.on_connect([&](const troupe::handshake& who) -> troupe::connect_result {
  ///       const auto user = logins.find(who.cookie("login"));
  ///       if (user.empty())
  ///         return troupe::refuse(troupe::error_code::unauthorised, "log in first");
  ///       return troupe::identity{user};
  ///     });
  ///
  /// Thread: the I/O threads, several at once: it must not block. What takes time is promised (`later`), done elsewhere.
  /// Errors: what it throws refuses the client with `internal`. A refusal is an HTTP status before the upgrade, the
  /// stream or the poll; of a code that says "try again" an event stream is closed without one, and comes again.
  node& on_connect(connect_hook hook);

  /// Requests for `path` with `method` (GET, POST, PUT, PATCH, DELETE) are the application's. `{name}` stands for one part of
  /// the path; of several that fit the more literal has it.
  ///
  ///     node.route("GET", "/hello/{name}", [](const troupe::http_call& c) -> troupe::http_result {
  ///       return troupe::http_reply::text("hello, " + std::string{c.parameter("name")});
  ///     });
  ///
  /// HEAD is asked as GET is, OPTIONS and a wrong method are answered. Before files of `pages`, behind what the node serves
  /// itself: a path of those throws, as one that is there does. Thread and blocking: as `on_connect`. Errors: what it throws
  /// is answered 500, and in the log. `on_connect` is not asked: `http_call::about` has what it would be asked about. Throws
  /// std::invalid_argument.
  node& route(const std::string& method, const std::string& path, http_handler handler);

  /// Serves the files of `directory` under `/`.
  node& pages(std::string directory);

  /// Lines of the log go to `sink`, and none to stderr. `log.level` still says which; `log.format` and `log.queue_bytes`
  /// mean nothing then. What it uses outlives the node, which also speaks while it stops.
  node& log_to(log_sink sink);

  /// Its actors live in the application's actor system instead of one of its own, whose scheduler and threads are then the
  /// application's choice (`threads.workers` means nothing). `system` outlives the node.
  node& use(caf::actor_system& system);

  /// An actor of the application's own, under the node's supervision tree: it starts with the node, is restarted when it
  /// fails, is seen in `troupe tree` and the observer, and ends with the node, after the channels.
  ///
  ///     node.supervise(troupe::child("feed", [](caf::local_actor& parent) { return parent.spawn<price_feed>(); }));
  ///
  /// Also while it runs: then it waits for the start (not from an actor), and throws std::runtime_error if that fails or
  /// the name is taken. One that fails more often than channels may (`channels.restart_intensity`) is given up, alone.
  node& supervise(const child_spec& child);

  // -- metrics of its own: on any thread, also while it runs -------------------

  /// Counters, gauges and histograms of the application's own, at `/metrics` beside the node's: see <troupe/metrics.hpp>.
  ///
  ///     auto bids = node.counter("auction_bids_total", "Bids that were taken.", {{"house", "north"}});
  ///
  /// Each call makes a series; those of one name have the same help and the same names of labels. They stay as long as
  /// the node, so let no client choose a label's value. Throws std::invalid_argument for a name that is no good
  /// (`a-z0-9_`; a counter's ends with `_total`, no other does; `troupe_` and `process_` are ours), or a series that is
  /// there; std::length_error past `limits.metric_series` (1,000).
  troupe::counter counter(const std::string& name, const std::string& help, metric_labels labels = {});
  troupe::gauge gauge(const std::string& name, const std::string& help, metric_labels labels = {});
  /// `bounds`: of its buckets, rising, 1 to 64.
  troupe::histogram histogram(const std::string& name, const std::string& help, std::vector<double> bounds,
                              metric_labels labels = {});

  // -- as a program -----------------------------------------------------------

  /// Whether `run` is going to serve. False for `--help`, `config check`, `tree` and all that only prints: what an
  /// application starts beside the node (threads, actors of its own) has no business then.
  [[nodiscard]] bool serves() const noexcept;

  /// Carries out the command line: serves until SIGTERM, SIGINT or another thread's `stop`, and a whole drain, or prints
  /// and ends. Returns the exit status. While it serves the process's signals are its own (SIGHUP reloads), whatever
  /// threads there are; then what was there before is put back. A drain that takes longer than `drain.deadline` ends the
  /// process with 70, and the log names who was stuck.
  int run();

  // -- within a program -------------------------------------------------------

  /// Starts it; it listens when this returns. Nothing happens if it runs; another thread that starts it is waited for. A
  /// node that was stopped may be started again. Throws node_error; std::logic_error if the command line says not to serve.
  void start();

  /// Drains it as SIGTERM does, and waits until nothing of it runs. Nothing happens if it does not run. Whoever is still
  /// there at the deadline (default: `drain.deadline`) is named, in the result and the log, and left behind: code that
  /// does not return cannot be ended, and what it needs stays until it does. Throws std::logic_error on a thread of the
  /// node (a handler, a hook), which would wait for itself.
  stop_result stop();
  stop_result stop(std::chrono::milliseconds deadline);

  /// Begins to stop it, and returns at once: from anywhere, handlers too.
  void request_stop();

  [[nodiscard]] node_phase phase() const;

  /// `http://127.0.0.1:43210`, and its port, also of `listen.port = 0`. Empty, and 0, unless it runs.
  [[nodiscard]] std::string address() const;
  [[nodiscard]] std::uint16_t port() const;

  /// To speak to its channels and clients from any thread, also before it starts and after it has stopped: see
  /// <troupe/outlet.hpp>. Each call makes another one; copies of one keep their order.
  troupe::outlet outlet();

  /// `who`, an actor of the application's, becomes a client of the node, as whom it is said to be: see
  /// <troupe/actor_client.hpp>. While the node does not run the client says `stopped`, for good.
  actor_client client(const caf::actor& who, identity as = {});

  /// Where its actors live, for actors of the application's own; as long as it runs. Those are to end before the node
  /// stops (`supervise` sees to that), and so are threads that have spawned any: it waits for both. Throws
  /// std::logic_error unless it runs.
  [[nodiscard]] caf::actor_system& system();

 private:
  struct state;
  explicit node(std::unique_ptr<state> state);
  void must_be_idle() const;
  int serve();
  std::unique_ptr<state> state_;
};

} // namespace troupe
