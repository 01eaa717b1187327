#pragma once
/// A publication: one immutable message of a channel, and the positions that name it.

#include <troupe/payload.hpp>

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A client as others see it (`s9`). Public: it authorises nothing. 0 is no client: the node itself, or its API.
struct session_id {
  std::uint64_t value = 0;

  auto operator<=>(const session_id&) const = default;
  explicit operator bool() const noexcept { return value != 0; }
};

/// `s` and the number in decimal.
[[nodiscard]] std::string to_string(session_id id);

/// The reverse, for what `to_string` writes of a client and nothing else.
[[nodiscard]] std::optional<session_id> parse_session_id(std::string_view text) noexcept;

/// Offsets count a channel's publications within an epoch, from 1; 0 is "before the first" and, on a
/// publication, "ephemeral": never replayed, never counted as missed.
using offset_t = std::uint64_t;

/// A place in a channel's stream: after the publication `offset` of `epoch`.
struct position {
  std::string epoch;
  offset_t offset = 0;

  auto operator<=>(const position&) const = default;
};

/// `EPOCH-OFFSET`, as the id of an event stream's event names a place; nothing if it is none.
[[nodiscard]] std::optional<position> parse_position(std::string_view text);

struct publication {
  offset_t offset = 0;
  std::int64_t timestamp = 0;     ///< ms since 1970, set by the channel
  std::string event;              ///< empty: none
  payload data;
  session_id from;                ///< none: the node or its API
  std::vector<session_id> except; ///< who does not get it, now or on replay; at most 8

  [[nodiscard]] bool is_for(session_id reader) const noexcept {
    for (auto id : except)
      if (id == reader)
        return false;
    return true;
  }

  /// Memory it keeps alive, in bytes, for accounting.
  [[nodiscard]] std::size_t size() const noexcept { return sizeof(publication) + event.size() + data.size(); }
};

using publication_ptr = std::shared_ptr<const publication>;

} // namespace troupe

template <>
struct std::hash<troupe::session_id> {
  std::size_t operator()(troupe::session_id id) const noexcept { return std::hash<std::uint64_t>{}(id.value); }
};
