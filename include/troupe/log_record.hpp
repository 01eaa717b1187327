#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace troupe {

/// How much a line of the log matters, in rising order.
enum class log_level : std::uint8_t { debug, info, warning, error };

/// `debug`, `info`, `warning`, `error`.
[[nodiscard]] std::string_view to_string(log_level level) noexcept;

/// One line of a node's log, for whoever keeps a log already. Views live as long as the call.
struct log_record {
  log_level level = log_level::info;
  std::string_view text;  ///< a sentence; one line
  std::string_view event; ///< what happened (`session_opened`); empty: only words
  std::string_view data;  ///< of the event, as JSON; empty: none
};

/// Takes the lines of a node. Thread: any of the node's, one call at a time; it must not wait: who announces waits for it.
/// What it throws is dropped, and the line with it (`troupe_log_lines_lost_total`).
using log_sink = std::function<void(const log_record&)>;

} // namespace troupe
