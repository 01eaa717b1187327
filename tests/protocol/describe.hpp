#pragma once
/// A command in one line of words, to compare decoders with each other and with what a golden file says.

#include "protocol/decoder.hpp"

#include <string>

namespace troupe::protocol::test {

[[nodiscard]] std::string describe(const command& c);

/// The command, or `code: message` of the failure and its id.
[[nodiscard]] std::string describe(const decoded& d);

} // namespace troupe::protocol::test
