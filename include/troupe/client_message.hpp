#pragma once

#include <troupe/payload.hpp>
#include <troupe/publication.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// What a channel said, as its reader gets it: a publication, or something for this client alone. A value; any thread.
struct client_message {
  std::string channel{};
  std::string event{}; ///< `message` for a publication without a name
  payload data{};
  offset_t offset = 0;        ///< 0: ephemeral, or said to this client alone
  std::int64_t timestamp = 0; ///< ms since 1970, the node's clock
  std::string from{};         ///< the session that said it; empty: the node itself
  bool is_private = false;    ///< said to this client alone
};

/// We are in a channel, or in again after a loss.
struct client_joined {
  payload data{};                  ///< what the channel's class says to newcomers
  bool first = true;               ///< false: in again
  std::optional<bool> recovered{}; ///< whether all since our position follows; nothing: we had none
};

/// Somebody who is in a channel. `user` and `data` are there if the node knows them.
struct client_member {
  std::string session{};
  std::string user{};
  payload data{};
};

/// Who came and who went. Who is in both has gone and come again: apply `left` first.
struct client_presence {
  std::vector<client_member> joined{}, left{};
};

/// A page of what was said, oldest first.
struct client_history {
  std::vector<client_message> publications{};
  position at{};                   ///< where the channel stands
  bool more = false;               ///< there is more beyond this page
  std::optional<bool> recovered{}; ///< with `since`: whether nothing after it is missing
};

} // namespace troupe
