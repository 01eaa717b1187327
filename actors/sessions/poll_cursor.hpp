#pragma once

#include "actors/sessions/channel_log.hpp"

#include <troupe/publication.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

/// How far a poll's client got in one channel. A value.
struct poll_position {
  std::string channel;
  position at;             ///< without epoch: its client has left it
  sequence entry = 0;      ///< where to go on in the log of this session's shard; 0: not known
  std::uint64_t acked = 0; ///< its private messages up to this number have arrived
};

/// The opaque `cursor` of a poll: whose it is, and how far its client got in each channel.
///
/// It holds everything needed to go on after the session itself is gone: a poll with an old cursor opens a new
/// session at the same positions. The token stands in front, readable alone (`token_of`): it says which shard a poll
/// belongs to. The rest is base64url of msgpack; a client that forges one reaches no more than one that asks for the
/// channels. A value; pure.
struct poll_cursor {
  std::string token;
  std::string user; ///< of an inbox; empty: none
  std::vector<poll_position> positions;
  std::uint64_t count = 0; ///< messages its client has been told
  bool envelopes = false;  ///< it asked for them
  std::uint64_t said = 0;  ///< of what was said beside the channels, so much

  [[nodiscard]] std::string to_text() const;

  /// Nothing: it is none of ours.
  [[nodiscard]] static std::optional<poll_cursor> from_text(std::string_view text);

  /// The token in front of a cursor, without reading the rest; empty: there is none.
  [[nodiscard]] static std::string_view token_of(std::string_view text) noexcept;
};

} // namespace troupe::actors
