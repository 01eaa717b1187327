#include "protocol/decode/envelope.hpp"

#include <string>

namespace troupe::protocol {

namespace {

/// In the order of `key`.
constexpr std::array<std::string_view, key_count> names{
    "action",  "id",     "channel", "params", "since", "presence", "event",       "data",
    "encoding", "key",   "echo",    "ephemeral", "timeout", "ask", "before",      "limit",
    "token",   "received", "positions", "attempt", "credentials", "userId", "message", "since.epoch",
    "since.offset",
};

constexpr std::string_view since_prefix = "since.";
constexpr std::size_t first_of_since = static_cast<std::size_t>(key::since_epoch);

} // namespace

std::string_view name_of(key k) noexcept { return names[static_cast<std::size_t>(k)]; }

std::optional<key> key_of(std::string_view name, bool in_since) noexcept {
  const auto begin = in_since ? first_of_since : 0;
  const auto end = in_since ? key_count : first_of_since;
  for (auto i = begin; i < end; ++i)
    if (names[i].substr(in_since ? since_prefix.size() : 0) == name)
      return static_cast<key>(i);
  return std::nullopt;
}

void envelope::put(key k, const value& v) noexcept {
  auto& slot = values[static_cast<std::size_t>(k)];
  if (slot.kind != value_kind::absent && !twice)
    twice = k;
  slot = v;
}

payload to_payload(const envelope& message, const value& v) {
  if (v.kind == value_kind::absent)
    return {};
  if (v.kind == value_kind::bytes)
    return payload::binary(std::string(v.text));
  if (message.encoding == encoding::msgpack)
    return payload::msgpack_value(std::string(v.raw));
  return payload::json_text(std::string(v.raw));
}

} // namespace troupe::protocol
