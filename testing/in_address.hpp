#pragma once
/// Text in the query of an address.

#include <string>
#include <string_view>

namespace troupe::testing {

/// `a b` as it stands there: `a%20b` (RFC 3986, 2.1).
[[nodiscard]] std::string in_address(std::string_view text);

} // namespace troupe::testing
