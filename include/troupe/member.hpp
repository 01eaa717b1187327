#pragma once

#include <troupe/publication.hpp>

#include <string>
#include <string_view>

namespace troupe {

/// How a member is reached just now.
enum class transport_kind : std::uint8_t { websocket, sse, poll, actor };

[[nodiscard]] std::string_view to_string(transport_kind kind) noexcept;

/// One subscriber of a channel, or who calls or publishes without being one. A value: equal if the session is.
/// What a channel keeps about somebody it keeps by `id`: it stays the same until the member's one leave, and is never
/// given to anybody else.
struct member {
  session_id id;    ///< 0: the node's own API calls
  /// Who it is, as `node::on_connect` said. Without such a hook: whose inbox it polls, unchecked. Empty: anonymous.
  std::string user;
  transport_kind transport = transport_kind::websocket;
  /// Its connection is lost, and it may come back within `session.resume_window`: `channel::on_away`.
  bool away = false;
  payload data{}; ///< what `node::on_connect` knows of it, when it came in; null without

  friend bool operator==(const member& a, const member& b) noexcept { return a.id == b.id; }
};

/// Every join is followed by exactly one leave with one of these.
enum class leave_reason : std::uint8_t {
  left,           ///< it said so
  lost,           ///< its connection or its shard is gone, or it was too far behind
  kicked,         ///< by the channel, or by the API
  channel_failed, ///< the channel gave up; no object is there to hear it, only the node's events tell
  node_lost,      ///< the node that it was connected to is gone
  drained         ///< the channel stopped: idle, `stop`, or the node's drain
};

/// As clients read it: "left", "channel failed", …
[[nodiscard]] std::string_view to_string(leave_reason reason) noexcept;

} // namespace troupe
