#pragma once

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

/// A client as others see it (`s9`). Public: it authorises nothing. Opaque to all but the node that made it: clients and
/// applications compare it and write it down, nothing more. A value, 8 bytes; any thread.
/// Its fields say who made it: a number of the node, one of the I/O thread there, and a counter that never repeats, also
/// when the node is started anew. The one without any is no client: the node itself, or its API.
class session_id {
 public:
  static constexpr unsigned node_bits = 16, shard_bits = 8, counter_bits = 40;

  constexpr session_id() = default;
  /// What `value` gave, for ids that were written down as a number.
  constexpr explicit session_id(std::uint64_t value) noexcept : value_(value) {}
  /// Fields that are too large are cut to their bits.
  constexpr session_id(std::uint16_t node, std::uint8_t shard, std::uint64_t counter) noexcept
      : value_(std::uint64_t{node} << (shard_bits + counter_bits) | std::uint64_t{shard} << counter_bits |
               (counter & counter_max)) {}

  [[nodiscard]] constexpr std::uint16_t node() const noexcept {
    return static_cast<std::uint16_t>(value_ >> (shard_bits + counter_bits));
  }
  [[nodiscard]] constexpr std::uint8_t shard() const noexcept { return static_cast<std::uint8_t>(value_ >> counter_bits); }
  [[nodiscard]] constexpr std::uint64_t counter() const noexcept { return value_ & counter_max; }
  /// All fields as one number.
  [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }

  auto operator<=>(const session_id&) const = default;
  constexpr explicit operator bool() const noexcept { return value_ != 0; }

 private:
  static constexpr std::uint64_t counter_max = (std::uint64_t{1} << counter_bits) - 1;
  std::uint64_t value_ = 0;
};

/// `s` and the counter in decimal; then, where they are not 0, `-` and the shard, `-` and the node: `s9`, `s9-1`, `s9-0-3`.
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

/// Whom a publication is for that is not for all: a group as it was when that was said, or the sessions that were named.
/// Immutable, and shared by all that is said to a group until the group changes; any thread.
struct audience {
  std::string group{};                ///< empty: sessions were named
  std::vector<session_id> sessions{}; ///< each once, in order

  [[nodiscard]] bool contains(session_id reader) const noexcept;
  /// Memory that it keeps alive, in bytes.
  [[nodiscard]] std::size_t size() const noexcept {
    return sizeof(audience) + group.size() + sessions.size() * sizeof(session_id);
  }
};

/// One message of a channel, immutable once it is said: shared by history, logs and whoever reads it, on any thread.
struct publication {
  offset_t offset = 0;            ///< 0: ephemeral
  std::int64_t timestamp = 0;     ///< ms since 1970, set by the channel
  std::string event;              ///< empty: none
  payload data;
  session_id from;                ///< none: the node or its API
  std::vector<session_id> except; ///< who does not get it, now or on replay; at most 8
  std::shared_ptr<const audience> only{}; ///< who alone gets it, now or on replay; null: all but those

  /// Whether `reader` gets it. The node itself, which has no session, reads everything.
  [[nodiscard]] bool is_for(session_id reader) const noexcept {
    for (auto id : except)
      if (id == reader)
        return false;
    return !only || !reader || only->contains(reader);
  }

  /// Its data as `T`; throws payload_error. Whoever calls it includes <troupe/fields.hpp>, as <troupe/channel.hpp> does.
  template <class T>
  [[nodiscard]] T as() const {
    return data.as<T>();
  }

  /// Memory it keeps alive, in bytes, for accounting; its audience in full, though that may be shared.
  [[nodiscard]] std::size_t size() const noexcept {
    return sizeof(publication) + event.size() + data.size() + (only ? only->size() : 0);
  }
};

using publication_ptr = std::shared_ptr<const publication>;

} // namespace troupe

template <>
struct std::hash<troupe::session_id> {
  std::size_t operator()(troupe::session_id id) const noexcept { return std::hash<std::uint64_t>{}(id.value()); }
};
