#pragma once
/// Who is in a channel, and why they left.

#include <troupe/publication.hpp>

#include <string>
#include <string_view>

namespace troupe {

enum class transport_kind : std::uint8_t { websocket, sse, poll, actor };

[[nodiscard]] std::string_view to_string(transport_kind kind) noexcept;

/// One subscriber of a channel. A value: keep copies by `id`.
struct member {
  session_id id;
  std::string user; ///< empty: anonymous
  transport_kind transport = transport_kind::websocket;

  friend bool operator==(const member& a, const member& b) noexcept { return a.id == b.id; }
};

/// Every join is followed by exactly one leave with one of these.
enum class leave_reason : std::uint8_t { left, lost, kicked, channel_failed, node_lost, drained };

/// As clients read it: "left", "channel failed", …
[[nodiscard]] std::string_view to_string(leave_reason reason) noexcept;

} // namespace troupe
