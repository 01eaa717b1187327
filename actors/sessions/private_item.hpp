#pragma once

#include "actors/sessions/channel_log.hpp"
#include "protocol/messages.hpp"

#include <cstddef>
#include <cstdint>

namespace troupe::actors {

/// Something said to one session alone, and its place between the publications of its channel. A value.
struct private_item {
  sequence anchor = 0;      ///< the log's head when it was said
  offset_t after = 0;       ///< the channel's offset when it was said; beyond all if in another epoch than its replay
  std::uint64_t number = 0; ///< of the session, for acknowledging polls
  protocol::server_message what;
  std::size_t bytes = 0;
  bool last = false;   ///< `unsubscribed`
  bool silent = false; ///< its client has heard it otherwise: nothing is written

  /// A gap that was told to who came back before, and has been told more since.
  [[nodiscard]] bool is_stale(const position& at) const {
    const auto* gap = std::get_if<protocol::gap>(&what);
    return gap && gap->at.epoch == at.epoch && gap->at.offset < at.offset;
  }
};

} // namespace troupe::actors
