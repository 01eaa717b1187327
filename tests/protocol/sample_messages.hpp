#pragma once
/// What the golden files of `golden/server` say, as values.

#include "protocol/messages.hpp"

#include <map>
#include <string>
#include <variant>

namespace troupe::protocol::test {

inline constexpr std::string_view sample_channel = "room:42";
inline constexpr std::string_view sample_epoch = "k3f";

/// A message to one client, or a publication of `sample_channel` in `sample_epoch`.
using sample = std::variant<server_message, publication>;

/// By the name of their golden file.
[[nodiscard]] std::map<std::string, sample> samples();

} // namespace troupe::protocol::test
