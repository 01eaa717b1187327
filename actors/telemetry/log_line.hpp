#pragma once

#include "actors/messages/events.hpp"

#include <troupe/log_record.hpp>

#include <string>
#include <string_view>

namespace troupe::actors {

using troupe::log_level;

/// What an operator reads of an event. A value.
struct log_line {
  log_level level = log_level::info;
  std::string text;
  std::string topic; ///< lines of one topic are written once in a while, with how many were left out; empty: always
  std::string_view event{}; ///< what it is about, for machines: a name that lasts; empty: only words
};

/// How much an event matters; costs nothing.
[[nodiscard]] log_level level_of(const node_event& what);

/// The event in words.
[[nodiscard]] log_line line_of(const node_event& what);

/// Name and data of an event as `$node:events` and a log in JSON tell it.
struct told_event {
  std::string_view name; ///< empty: it is not told
  std::string json;
};
[[nodiscard]] told_event told(const node_event& what);

/// Address and port of the client that it is about; empty: it is about none, or nobody knows.
[[nodiscard]] std::string_view peer_of(const node_event& what);

/// Whether who announces it has written its line already: what telemetry, which needs a worker, might never come to.
[[nodiscard]] bool is_written_at_once(const node_event& what);

/// Whether it is about the channel that tells events: that one reports nothing about itself.
[[nodiscard]] bool about_itself(const node_event& what);

} // namespace troupe::actors
