#pragma once

#include "actors/endpoints/endpoint_state.hpp"
#include "actors/sessions/handshakes.hpp"
#include "transports/exchange.hpp"

#include <functional>
#include <string>

namespace troupe::actors {

/// Who goes on with a request once it is known whose it is; null: the application does not say.
using known_callback = std::function<void(const transports::exchange_ptr&, identity_ptr who)>;

/// Has the application say who sends a request, now or later, then calls `then`. A refusal is answered here, and a
/// client that gives up meanwhile is forgotten. The node's operator (API key, observer's cookie) comes in whoever it is.
/// Thread: the shard's. What `then` throws is answered 500.
void identify(const request_context& at, transports::exchange_ptr exchange, transport_kind how, std::string subprotocol,
              known_callback then);

} // namespace troupe::actors
