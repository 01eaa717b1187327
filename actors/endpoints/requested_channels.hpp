#pragma once

#include "actors/endpoints/endpoint_state.hpp"
#include "transports/http.hpp"

#include <troupe/publication.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

/// Which channels the address of an event stream or a first poll names, and where each goes on. A value; pure.
struct requested_channels {
  std::vector<std::string> names;               ///< in order, each once
  std::vector<std::optional<position>> since{}; ///< of each; nothing: from now on
  bool none = false; ///< `channel=`: a session in no channel is wanted

  /// `?channel=a&channel=b`.
  [[nodiscard]] static requested_channels of(const transports::http_request& request);

  /// Reads `e1-o1,e2-o2`, in the order of the names; `-` or nothing for a channel without. One channel: the whole is its
  /// position. What is no position of ours is one that nobody has: the channel says that it was not recovered.
  void go_on_from(std::string_view positions);
};

/// The refusal of an address that names more channels than an event stream or a poll may have (`limits.sse_channels`),
/// counted; nothing: it may.
[[nodiscard]] std::optional<transports::http_response> too_many_channels(const request_context& at,
                                                                         const requested_channels& named);

} // namespace troupe::actors
