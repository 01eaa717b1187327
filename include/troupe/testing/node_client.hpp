#pragma once

#include <troupe/testing/channel_client.hpp>
#include <troupe/testing/wire.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::testing {

class node_bench;
class caller;

/// How a client comes, and what it shows of itself. `on_connect` sees it.
struct connect_details {
  wire over = wire::websocket_json;
  std::vector<std::pair<std::string, std::string>> headers{}; ///< names in lower case: {{"cookie", "login=ada"}}
  std::string query{};                                        ///< of the address, without `?`: "key=1&lang=de"
};

/// What a client says along with a subscribe.
struct join_options {
  bool presence = false;           ///< it is told who is there
  std::optional<position> since{}; ///< it goes on from there
};

/// One client of a node under test, with a session of its own. Made by `node_under_test::connect`.
///
/// A handle; copies are the same client. Ends with the kit. Thread: the test's. What it commands has taken effect, as far as
/// it needs no time, when the function returns.
class node_client {
 public:
  node_client(std::shared_ptr<node_bench> bench, std::shared_ptr<caller> who);

  // -- its connection ---------------------------------------------------------

  [[nodiscard]] bool connected() const;
  /// `s4`; empty: it has none.
  [[nodiscard]] std::string session() const;
  /// The HTTP status that it was refused with; 0: it was not.
  [[nodiscard]] unsigned refused() const;
  /// Why the node closed its WebSocket (docs/protocol.md lists the codes); 0: it did not.
  [[nodiscard]] unsigned close_code() const;

  /// Loses its connection. Its session waits for it (`session.resume_window`); what it had posted and was not answered yet is
  /// never answered.
  void drop();
  /// Goes on with its session, over the same wire or another, and hears what it missed. False: the session was over, and it
  /// has a new one, in no channel.
  bool come_back(std::optional<wire> over = {});
  /// Says goodbye: the session ends. (Streams and polls cannot: theirs end after their time.)
  void close();
  /// Takes nothing of what the node writes, as a client whose network is stuck; or again.
  void stop_reading();
  void read_again();

  // -- commands ---------------------------------------------------------------

  answer join(const std::string& channel, payload params = {}, join_options how = {});
  template <class T>
    requires(!std::same_as<T, payload>)
  answer join(const std::string& channel, const T& params, join_options how = {}) {
    return join(channel, as_payload(params), std::move(how));
  }
  answer leave(const std::string& channel);
  answer call(const std::string& channel, const std::string& event, payload data = {}, call_options how = {});
  template <class T>
    requires(!std::same_as<T, payload>)
  answer call(const std::string& channel, const std::string& event, const T& data, call_options how = {}) {
    return call(channel, event, as_payload(data), std::move(how));
  }
  answer publish(const std::string& channel, const std::string& event, payload data, publish_options how = {});
  template <class T>
    requires(!std::same_as<T, payload>)
  answer publish(const std::string& channel, const std::string& event, const T& data, publish_options how = {}) {
    return publish(channel, event, as_payload(data), std::move(how));
  }
  answer authenticate(const std::string& token);
  /// Answers the oldest question that it has not answered. Throws `unmet` if there is none.
  void reply(payload data);
  template <class T>
    requires(!std::same_as<T, payload>)
  void reply(const T& data) {
    reply(as_payload(data));
  }

  // -- what it heard ----------------------------------------------------------

  /// All, in order, of all sessions that it had.
  [[nodiscard]] const std::vector<heard_message>& heard() const;
  /// What it heard since this was asked before, a line each.
  std::string news();
  template <class T = payload>
  [[nodiscard]] heard_values<T> broadcasts(std::string_view event) const {
    return values_of<T>(heard(), "broadcast", event);
  }
  template <class T = payload>
  [[nodiscard]] heard_values<T> pushes(std::string_view event) const {
    return values_of<T>(heard(), "push", event);
  }
  template <class T = payload>
  [[nodiscard]] heard_values<T> asks(std::string_view event) const {
    return values_of<T>(heard(), "ask", event);
  }

 private:
  std::shared_ptr<node_bench> bench_;
  std::shared_ptr<caller> who_;
};

} // namespace troupe::testing
