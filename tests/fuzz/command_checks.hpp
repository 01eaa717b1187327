#pragma once
/// Properties of whatever a decoder makes of a message, accepted or refused.

#include "protocol/decoder.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace troupe::fuzz {

/// Room for a message that was within the limits to be said in another encoding.
inline constexpr protocol::decode_limits roomy{1 << 24, 32};

/// The same command, and the same value as data, whichever encoding each came in.
void require_same(const protocol::command& a, const protocol::command& b);

/// The data is what the message said, byte for byte, and every wire form can write it. `whole` is `message` as a tree.
void check_accepted(const protocol::command& c, std::string_view message, const nlohmann::json& whole);

/// A refusal says why, in words that can be sent.
void check_refused(const protocol::decode_failure& why);

} // namespace troupe::fuzz
