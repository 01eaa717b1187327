#pragma once

#include "protocol/messages.hpp"
#include "transports/http.hpp"

#include <string_view>

namespace troupe::actors {

/// An error as an HTTP response: `{"error":{"code","message"}}`, beside it `id` and `channel` where the error has them,
/// and `Retry-After` with 429 and 503. Pure.
[[nodiscard]] transports::http_response http_refusal(const protocol::error& what);

/// The same with a status of one's own.
[[nodiscard]] transports::http_response http_refusal(unsigned status, const protocol::error& what);

/// Of a client that is to stay away (`keeps_away`): what a WebSocket reads in its close code.
[[nodiscard]] transports::http_response http_refusal(protocol::close_code code, std::string_view reason);

/// Of a failure that answers no command.
[[nodiscard]] transports::http_response http_refusal(const failure& why);

} // namespace troupe::actors
