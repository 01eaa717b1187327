#pragma once
/// `Sec-WebSocket-Accept`: what a server answers to a client's key (RFC 6455, 4.2.2).

#include <string>
#include <string_view>

namespace troupe::bench {

[[nodiscard]] std::string accept_key(std::string_view key);

} // namespace troupe::bench
