#pragma once
// What operators ask the broker, the shards and telemetry for, and what those answer; in the interfaces of catalogue.hpp.

#include "actors/messages/list_query.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace troupe::actors {

// -- to the broker ------------------------------------------------------------

/// The API: a page of them.
struct list_channels {
  channel_query what{};
};
/// The API: one of them; an empty list if it does not live.
struct describe_known {
  std::string name;
};

// -- to a shard ---------------------------------------------------------------

/// The API: a page of its sessions.
struct list_sessions {
  session_query what{};
};
/// The API: one of them, with all that it is in.
struct describe_session {
  session_id who;
};

/// One client of a shard, as the observer shows it.
struct connection_description {
  struct channel_position {
    std::string channel;
    offset_t offset = 0;
    std::uint64_t behind = 0; ///< entries between its cursor and the log's head
  };
  session_id session;
  std::string transport;
  std::string user;
  std::string peer;       ///< address and port of its connection
  std::string agent;      ///< as its client calls itself
  std::int64_t since = 0; ///< ms since 1970
  std::vector<channel_position> channels; ///< in a list the first of them
  std::size_t in_channels = 0;
  std::uint64_t lag = 0;     ///< entries that it is behind, in the channel where that is most
  std::uint64_t queued = 0;  ///< bytes
  std::uint64_t journal = 0; ///< bytes kept until they are known to have arrived
  std::uint64_t received = 0, sent = 0; ///< bytes of its connection
  bool away = false;         ///< its client is; `transport` is how it was there last
  std::int64_t rank = 0;     ///< by which a list is sorted
};
/// The answer to `list_sessions`: a page of one shard, in order.
struct session_list {
  std::uint32_t shard = 0;
  std::vector<connection_description> rows;
  std::size_t matching = 0; ///< in all
  std::size_t behind = 0;   ///< of them, those from the page on
};

// -- to both ------------------------------------------------------------------

/// To itself: what was asked for is looked for in slices.
struct list_on {};

// -- to telemetry -------------------------------------------------------------

/// The API: the last hour.
struct tell_load {};
/// What the node did between two samples, and what was there at its end.
struct load_sample {
  std::int64_t at = 0; ///< ms since 1970
  std::uint64_t published = 0, delivered = 0, received = 0, errors = 0, restarts = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t sessions = 0, channels = 0;
};
/// The answer to `tell_load`: oldest first.
struct load_told {
  std::vector<load_sample> samples;
};

} // namespace troupe::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::list_channels)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::describe_known)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::list_sessions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::describe_session)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::session_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::list_on)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::tell_load)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::load_told)
