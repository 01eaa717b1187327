#pragma once
/// What an operator reads of an event. Pure.

#include "actors/messages/events.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace troupe::actors {

enum class log_level : std::uint8_t { debug, info, warning, error };

struct log_line {
  log_level level = log_level::info;
  std::string text;
  std::string topic; ///< lines of one topic are written once in a while, with how many were left out; empty: always
};

[[nodiscard]] log_line line_of(const node_event& what);

/// Name and data of the event as `$node:events` tells it; no name: it is not told.
struct told_event {
  std::string_view name;
  std::string json;
};
[[nodiscard]] told_event told(const node_event& what);

/// Whether it is about the channel that tells events: that one reports nothing about itself.
[[nodiscard]] bool about_itself(const node_event& what);

} // namespace troupe::actors
