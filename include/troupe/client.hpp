#pragma once

#include <troupe/client_channel.hpp>
#include <troupe/client_error.hpp>
#include <troupe/client_message.hpp>
#include <troupe/client_options.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>

namespace troupe {

/// How a client is connected.
struct client_status {
  enum class phase : std::uint8_t {
    idle,       ///< `connect` was not called yet
    connecting, ///< an attempt runs
    open,       ///< the node knows us: what is said, it hears
    waiting,    ///< no connection, because of `reason`; the next attempt is `retry_in` later
    closed,     ///< over: by `close`, or since coming back would only fail again (kicked, unauthorised …)
  };

  phase state = phase::idle;
  std::optional<client_transport> transport; ///< which is open or being tried
  std::string reason;                        ///< why there is no connection; empty if there is
  std::chrono::milliseconds retry_in{0};     ///< of `waiting`, from when it was told
};

[[nodiscard]] const char* to_string(client_status::phase p) noexcept;

/// One session with a Troupe node, over whatever connection there is: a WebSocket, or where that is blocked or silent
/// an event stream or long polls. It comes back after a failure, goes on where it was, and tells nothing twice.
///
///     troupe::client client{{.url = "http://127.0.0.1:8080"}};
///     auto updates = client.channel("updates");
///     updates.on("message", [](const troupe::client_message& m) { std::cout << m.data.json() << '\n'; });
///     updates.subscribe();
///     client.connect();
///
/// Owner: whoever made it; it moves. Thread: any, all of it; it has a thread of its own for the network, and one for
/// callbacks unless the options say otherwise. Ends: by `close` and the destructor, or by itself where coming back
/// would only fail again. The destructor may run on any thread, also within a callback; when it returns no callback
/// runs any more (but the one that called it), and everything asked has its answer. It waits for a callback that runs
/// on another thread, and at most `client_times::goodbye` for the node to hear that we go. Bounds: `client_limits`.
/// Throws std::invalid_argument for options that mean nothing.
class client {
 public:
  explicit client(client_options options);
  ~client();
  client(client&&) noexcept;
  client& operator=(client&&) noexcept;

  // -- the connection ---------------------------------------------------------

  /// Connects, now and whenever the connection is lost.
  void connect();

  /// Ends the session: channels are left, what waits fails as `closed`.
  void close(std::string reason = "closed");

  [[nodiscard]] client_status status() const;

  /// Our public name, which others read in `from`; empty where it is not known.
  [[nodiscard]] std::string session_id() const;

  /// There is reason to doubt the connection: the network has changed, or the machine slept. Asks at once; without a
  /// connection, tries at once, and what was blocked may not be any more.
  void network_changed();

  /// Shows another token, now and from now on. Ready when the node has taken it; refused, the one before stays.
  std::future<void> authenticate(std::string token);

  /// The round trip to the node.
  std::future<std::chrono::milliseconds> ping();

  // -- what is told; set before `connect` -------------------------------------

  void on_state(std::function<void(const client_status&)> then);

  /// What the node says to a command that nobody waits for, and what callbacks throw.
  void on_error(std::function<void(const client_error&)> then);

  /// The session goes on. `all_kept` is false if what channels said to us alone may be missing.
  void on_resumed(std::function<void(bool all_kept)> then);

  // -- channels ---------------------------------------------------------------

  /// The channel of this name; `wishes` are those of the first who asks, until it has ended.
  [[nodiscard]] client_channel channel(const std::string& name, client_wishes wishes = {});

  /// Publishes where no membership is needed.
  std::future<position> publish(const std::string& channel, std::string event, payload data = {},
                                client_publish how = {});

  // -- callbacks --------------------------------------------------------------

  /// With `client_options::polled`: runs the callbacks that wait, and says how many.
  std::size_t poll();

  /// What a client is; not for applications.
  class state;

 private:
  std::shared_ptr<state> state_;
};

} // namespace troupe
