#pragma once

#include <troupe/channel.hpp>
#include <troupe/channel_options.hpp>
#include <troupe/handshake.hpp>
#include <troupe/testing/node_client.hpp>
#include <troupe/testing/settings_in.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::testing {

/// An HTTP response of a node under test.
struct http_answer {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> headers{}; ///< names in lower case
  std::string body{};
};

/// What a storm does to a node and its clients, one thing at a time, by chance. `seed` makes it the same again.
struct storm_plan {
  std::uint64_t seed = 1;
  std::size_t steps = 100;
  bool crashes = false; ///< channels' objects fail, too
};

/// What a node under test is made of.
struct node_shape {
  std::uint32_t shards = 2; ///< clients land on them in turn
  std::uint64_t seed = 7; ///< of epochs, tokens' jitter and the like
};

/// A whole node in time that is stepped, without threads or sockets: its real actors and endpoints, and clients over each
/// transport. Everything happens when it is told to, in the same order each time.
///
///     troupe::testing::node_under_test n;
///     n.channel<room>("room:*");
///     for (const auto over : troupe::testing::all_wires) {
///       auto ada = n.connect({.over = over});
///       CHECK(ada.join("room:tea", room_entry{"Ada", "c1"}).ok());
///     }
///
/// It takes what `troupe::node` takes, before it is first used: then it starts. `configuration` is text as in its file,
/// `settings` the same from code.
/// Owner: the test. Thread: the test's, one at a time; hooks run on it, too. Its clients and answers are handles into it.
/// Errors: settings_error for a bad configuration, of options at the start; std::invalid_argument for a bad pattern;
/// std::logic_error for what comes after the start.
class node_under_test {
 public:
  using channel_factory = std::function<std::unique_ptr<troupe::channel>(const std::string& name)>;

  explicit node_under_test(std::string_view configuration = {}, node_shape shape = {});
  explicit node_under_test(const node_settings& settings, node_shape shape = {});
  ~node_under_test();
  node_under_test(const node_under_test&) = delete;
  node_under_test& operator=(const node_under_test&) = delete;

  // -- what the application adds ----------------------------------------------

  template <class C>
  node_under_test& channel(std::string pattern, const channel_options& options = {}) {
    return channel(std::move(pattern), [](const std::string&) { return std::make_unique<C>(); }, options);
  }
  node_under_test& channel(std::string pattern, channel_factory factory, const channel_options& options = {});
  node_under_test& open_channel(std::string pattern, const channel_options& options = {});
  node_under_test& on_connect(connect_hook hook);

  // -- clients ----------------------------------------------------------------

  /// A client that connects. Whether it was let in, its `refused()` tells.
  node_client connect(connect_details how = {});
  /// A request by HTTP, whose answer must not take time: throws `unmet` if it is not there.
  http_answer request(std::string method, std::string target, std::string body = {},
                      std::vector<std::pair<std::string, std::string>> headers = {});
  /// As `POST /api/publish` with the node's key.
  answer publish(const std::string& channel, const std::string& event, payload data);
  template <class T>
    requires(!std::same_as<T, payload>)
  answer publish(const std::string& channel, const std::string& event, const T& data) {
    return publish(channel, event, as_payload(data));
  }

  // -- time -------------------------------------------------------------------

  /// Lets time pass, in steps of 10 ms.
  void pass(std::chrono::milliseconds time);
  /// Milliseconds since 1970, as channels know it. It begins at 1,700,000,000,000.
  [[nodiscard]] std::int64_t now();

  // -- what goes wrong --------------------------------------------------------

  /// Fails a channel's object, as `troupe kill` does. False: there is no such channel.
  bool crash(const std::string& channel);
  /// Ends an actor of the node as a failure would: "broker", "shard-0", "telemetry"; its supervisor starts it again.
  void fail_actor(std::string_view name);
  /// Clients drop, return over other wires, stop reading and read on; time passes; `meanwhile` is called at each step, to
  /// say something. In the end all are back and read.
  void storm(const storm_plan& plan, const std::function<void(std::size_t step)>& meanwhile);
  /// The node begins to stop, as after SIGTERM: clients are told `closing`.
  void drain();

  // -- knowing ----------------------------------------------------------------

  /// Lines of its log, "warn channel failed …".
  [[nodiscard]] std::vector<std::string> log() const;
  /// How often the limit with that key was passed.
  [[nodiscard]] std::uint64_t limit_passed(const std::string& key);

 private:
  const std::shared_ptr<node_bench> bench_;
};

} // namespace troupe::testing
