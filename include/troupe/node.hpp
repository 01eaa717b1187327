#pragma once

#include <troupe/channel.hpp>
#include <troupe/handshake.hpp>
#include <troupe/raw_mount.hpp>

#include <functional>
#include <memory>
#include <string>

namespace caf {
class actor_system;
}

namespace troupe {

/// One process of Troupe: its actors, its sockets, and what the application adds to them.
///
///     int main(int argc, char** argv) {
///       auto node = troupe::node::from_command_line(argc, argv);
///       node.channel<room>("room:*").open_channel("updates");
///       return node.run();
///     }
///
/// Owner: `main`. Thread: set up and run from one thread; `run` blocks until SIGTERM or SIGINT and a whole drain.
/// Errors: bad configuration is printed with file, line and key, and `run` returns 78 (sysexits EX_CONFIG).
class node {
 public:
  using channel_factory = std::function<std::unique_ptr<troupe::channel>(const std::string& name)>;
  using mount_factory = std::function<std::unique_ptr<raw_mount>()>;

  /// Reads flags, environment and configuration file (docs/configuration.md).
  static node from_command_line(int argc, char** argv);

  node(node&&) noexcept;
  ~node();

  // -- what the application adds ----------------------------------------------

  /// Channels whose names match `pattern` (`board:*`) are objects of `C`. A namespace of the same pattern in the
  /// configuration sets its limits and rights; without one the defaults apply: anyone may subscribe.
  template <class C>
  node& channel(std::string pattern) {
    return channel(std::move(pattern), [](const std::string&) { return std::make_unique<C>(); });
  }
  node& channel(std::string pattern, channel_factory factory);

  /// A built-in open channel: anyone subscribes and publishes.
  node& open_channel(std::string pattern);

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

  /// Serves the files of `directory` under `/`.
  node& pages(std::string directory);

  // -- running ----------------------------------------------------------------

  /// Whether `run` is going to serve. False for `--help`, `config check`, `tree` and all that only prints: what an
  /// application starts beside the node (threads, actors of its own) has no business then.
  [[nodiscard]] bool serves() const noexcept;

  /// Carries out the command line: serves until told to stop, or prints and ends. Returns the exit status.
  int run();

 private:
  struct state;
  explicit node(std::unique_ptr<state> state);
  std::unique_ptr<state> state_;
};

} // namespace troupe
