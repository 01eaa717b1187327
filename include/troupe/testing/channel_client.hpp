#pragma once

#include <troupe/member.hpp>
#include <troupe/testing/answer.hpp>
#include <troupe/testing/heard.hpp>

#include <chrono>
#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::testing {

class channel_bench;

/// `data` as a payload: a struct with TROUPE_FIELDS, a number, a string, a container of these, or a payload.
template <class T>
[[nodiscard]] payload as_payload(const T& data) {
  return payload::of(data);
}

/// Who a client is, and how it comes in.
struct client_details {
  std::string user{}; ///< as `node::on_connect` would say
  payload data{};     ///< likewise
  transport_kind transport = transport_kind::websocket;
  bool presence = false;           ///< it is told who is there
  std::optional<position> since{}; ///< it goes on from there
  bool invited = false;            ///< may come in where the namespace says `subscribe = "nobody"`
};

/// What a client says along with a call.
struct call_options {
  std::string key{}; ///< idempotency key; empty: none
  std::optional<std::chrono::milliseconds> timeout{}; ///< none: `channels.call_timeout`
};

/// What a client says along with a publish.
struct publish_options {
  std::string key{};      ///< idempotency key; empty: none
  bool echo = true;       ///< it hears it, too
  bool ephemeral = false; ///< not kept
};

/// One client of a channel under test, in or not. Made by `channel_tester::join` and `client`.
///
/// A handle; copies are the same client. Ends with the kit it came from: not to be used afterwards.
/// Thread: the test's. What it commands has taken effect, and been heard, when the function returns.
class channel_client {
 public:
  channel_client(std::shared_ptr<channel_bench> bench, session_id id);

  [[nodiscard]] session_id id() const noexcept { return id_; }
  /// It is a member, connected or away.
  [[nodiscard]] bool is_in() const;
  /// The answer to its last `join`.
  [[nodiscard]] answer joined() const;

  // -- commands ---------------------------------------------------------------

  /// Comes in, for the first time or again. `since`: goes on from there instead of from now.
  answer join(payload params = {}, std::optional<position> since = {});
  template <class T>
    requires(!std::same_as<T, payload>)
  answer join(const T& params, std::optional<position> since = {}) {
    return join(as_payload(params), std::move(since));
  }
  answer leave();

  answer call(std::string event, payload data = {}, call_options how = {});
  template <class T>
    requires(!std::same_as<T, payload>)
  answer call(std::string event, const T& data, call_options how = {}) {
    return call(std::move(event), as_payload(data), std::move(how));
  }

  answer publish(std::string event, payload data, publish_options how = {});
  template <class T>
    requires(!std::same_as<T, payload>)
  answer publish(std::string event, const T& data, publish_options how = {}) {
    return publish(std::move(event), as_payload(data), std::move(how));
  }

  /// Answers the oldest question that it has not answered. Throws `unmet` if there is none.
  void reply(payload data);
  template <class T>
    requires(!std::same_as<T, payload>)
  void reply(const T& data) {
    reply(as_payload(data));
  }

  // -- its connection ---------------------------------------------------------

  /// Loses its connection: it stays a member, hears nothing, and is gone for good after `session.resume_window`.
  void drop();
  /// Is back in time, and hears what it missed.
  void come_back();
  /// Is gone for good: `on_leave` hears `lost`.
  void lose();

  // -- what it heard ----------------------------------------------------------

  /// All, in order.
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
  /// Questions that it was asked.
  template <class T = payload>
  [[nodiscard]] heard_values<T> asks(std::string_view event) const {
    return values_of<T>(heard(), "ask", event);
  }
  /// Where it stands in the channel's stream.
  [[nodiscard]] position at() const;

 private:
  std::shared_ptr<channel_bench> bench_;
  session_id id_;
};

} // namespace troupe::testing
