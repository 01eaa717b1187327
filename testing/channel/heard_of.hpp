#pragma once

#include "protocol/messages.hpp"

#include <troupe/testing/heard.hpp>

#include <string>

namespace troupe::testing {

/// A message of the wire as tests read it.
[[nodiscard]] heard_message heard_of(const protocol::server_message& what);
[[nodiscard]] heard_message heard_of(const publication& what);

/// ` +s2 -s1 away s3 back s4 came ada gone bob`, ` all +s1`, ` 1001`.
[[nodiscard]] std::string text_of(const protocol::presence_change& what);

} // namespace troupe::testing
