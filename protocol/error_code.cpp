#include "protocol/error_code.hpp"

#include <array>
#include <cstddef>

namespace troupe::protocol {

namespace {

struct error_row {
  std::string_view name;
  int http;
  std::int64_t retry_ms = 0; // 0: trying again is of no use
};

/// In the order of `error_code`.
constexpr std::array<error_row, error_code_count> errors{{
    {"bad_message", 400},
    {"unknown_action", 400},
    {"unknown_event", 400},
    {"bad_channel", 400},
    {"not_joined", 403},
    {"already_subscribed", 409},
    {"refused", 403},
    {"unauthorised", 401},
    {"expired", 401},
    {"too_large", 413},
    {"limit", 429, 5000},
    {"busy", 503, 250},
    {"timeout", 504},
    {"unavailable", 503, 1000},
    {"not_found", 404},
    {"internal", 500},
}};

struct close_row {
  close_code code;
  bool may_retry;
  std::string_view reason;
};

constexpr std::array<close_row, 12> closes{{
    {close_code::none, true, "connection lost"},
    {close_code::normal, false, "bye"},
    {close_code::going_away, true, "node drains"},
    {close_code::protocol_error, false, "protocol error"},
    {close_code::bad_payload, false, "not UTF-8"},
    {close_code::too_large, false, "message too large"},
    {close_code::internal, true, "internal error"},
    {close_code::replaced, false, "replaced by another connection"},
    {close_code::heartbeat_lost, true, "heartbeat lost"},
    {close_code::overflow, true, "too far behind"},
    {close_code::kicked, false, "kicked"},
    {close_code::too_fast, true, "too many commands: come back later"},
}};

constexpr const close_row& row_of(close_code code) noexcept {
  for (const auto& row : closes)
    if (row.code == code)
      return row;
  return closes.front();
}

} // namespace

std::string_view to_string(error_code code) noexcept { return errors[static_cast<std::size_t>(code)].name; }

int http_status(error_code code) noexcept { return errors[static_cast<std::size_t>(code)].http; }

std::optional<std::int64_t> retry_after(const failure& why) noexcept {
  const auto known = std::int64_t{why.retry_after.count()};
  const auto pause = known > 0 ? known : errors[static_cast<std::size_t>(why.code)].retry_ms;
  return pause > 0 ? std::optional(pause) : std::nullopt;
}

std::optional<std::int64_t> retry_after_seconds(const failure& why) noexcept {
  const auto pause = retry_after(why);
  return pause ? std::optional((*pause + 999) / 1000) : std::nullopt;
}

bool may_retry(close_code code) noexcept { return row_of(code).may_retry; }

bool keeps_away(close_code code) noexcept { return code >= close_code::replaced && !may_retry(code); }

std::string_view default_reason(close_code code) noexcept { return row_of(code).reason; }

} // namespace troupe::protocol
