#pragma once

#include <troupe/channel.hpp>
#include <troupe/channel_options.hpp>
#include <troupe/testing/channel_client.hpp>
#include <troupe/testing/settings_in.hpp>
#include <troupe/testing/store_under_test.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::testing {

/// One channel without a node: all of `channel_under_test` that does not depend on the class of the object.
class channel_tester {
 public:
  using channel_factory = std::function<std::unique_ptr<channel>(const std::string& name)>;

  channel_tester(std::string name, channel_factory make, const node_settings& settings, const channel_options& options = {});
  ~channel_tester();
  channel_tester(const channel_tester&) = delete;
  channel_tester& operator=(const channel_tester&) = delete;

  // -- clients ----------------------------------------------------------------

  /// A client that asks to come in. Whether it may, its `joined()` tells.
  channel_client join(payload params = {}, client_details who = {});
  template <class T>
    requires(!std::same_as<T, payload>)
  channel_client join(const T& params, client_details who = {}) {
    return join(as_payload(params), std::move(who));
  }
  /// One that is not in: it may call, publish or join.
  channel_client client(client_details who = {});

  /// What clients command within `what` reaches the channel in one turn, as commands do that arrive together; nothing is
  /// heard before its end. Not within itself.
  void at_once(const std::function<void()>& what);

  // -- the node's API ---------------------------------------------------------

  /// As `POST /api/publish`, which asks no `on_publish`.
  answer publish(std::string event, payload data, publish_options how = {});
  template <class T>
    requires(!std::same_as<T, payload>)
  answer publish(std::string event, const T& data, publish_options how = {}) {
    return publish(std::move(event), as_payload(data), std::move(how));
  }
  /// As an outlet's `call`, from member id 0.
  answer call(std::string event, payload data = {}, call_options how = {});
  template <class T>
    requires(!std::same_as<T, payload>)
  answer call(std::string event, const T& data, call_options how = {}) {
    return call(std::move(event), as_payload(data), std::move(how));
  }
  /// Sends a member away, as the API does.
  void kick(const channel_client& who);

  // -- what was said ----------------------------------------------------------

  /// Broadcasts, in order, also those that nobody was there to hear, but of these only those that are kept.
  [[nodiscard]] const std::vector<heard_message>& said() const;
  template <class T = payload>
  [[nodiscard]] heard_values<T> broadcasts(std::string_view event) const {
    return values_of<T>(said(), "broadcast", event);
  }

  // -- time -------------------------------------------------------------------

  /// Lets time pass: timers run, deadlines pass, snapshots are taken, who is away for too long is lost, and a channel that
  /// nobody needs for `channels.idle` is stopped. Nothing waits: an hour takes a moment.
  void pass(std::chrono::milliseconds time);
  /// Milliseconds since 1970, as `channel::now`. It begins at 1,700,000,000,000.
  [[nodiscard]] std::int64_t now() const;

  // -- what goes wrong --------------------------------------------------------

  /// Fails the object, as `troupe kill` does: the next one takes its place.
  void crash(std::string reason = "crashed by its test");
  /// Fails the actor that it lives in: all under way is answered `unavailable`, a new object is made, and the members come
  /// in again by another `on_join`.
  void kill_actor();

  // -- how it ends, and begins again ------------------------------------------

  /// Stops the channel: a last snapshot is taken, members hear `unsubscribed` and are out. It begins again on next use.
  void stop(std::string reason = "stopped by its test");
  /// Stops it and starts it: a new object, with the last snapshot and the history.
  void restart();
  /// The same, with this for its last snapshot: one that an earlier version of the class has written.
  void restart_from(payload snapshot);
  template <class T>
    requires(!std::same_as<T, payload>)
  void restart_from(const T& snapshot) {
    restart_from(as_payload(snapshot));
  }
  /// It lives: it has not stopped, nor failed for good.
  [[nodiscard]] bool lives() const;

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] const std::string& name() const;
  [[nodiscard]] std::vector<member> members() const;
  /// All that is kept, oldest first.
  [[nodiscard]] std::vector<publication_ptr> history() const;
  /// The last snapshot that is kept.
  [[nodiscard]] std::optional<payload> snapshot() const;
  /// How often an object was replaced since the channel began to live.
  [[nodiscard]] std::uint64_t restarts() const;
  /// What handlers, hooks and timers threw, and what could not be kept: "bid: the sum is negative".
  [[nodiscard]] const std::vector<std::string>& failures() const;
  /// The limits that were passed, by their keys.
  [[nodiscard]] const std::vector<std::string>& limits_passed() const;

  [[nodiscard]] store_under_test store();

 protected:
  /// The object that is there now. Throws `unmet` if there is none.
  [[nodiscard]] channel& present_object() const;

 private:
  const std::shared_ptr<channel_bench> bench_;
};

} // namespace troupe::testing
