#pragma once
/// The three ways, over a network. All that is named here outlives them.

#include "clients/cpp/core/codec.hpp"
#include "clients/cpp/transports/network.hpp"
#include "clients/cpp/transports/transport.hpp"

namespace troupe::clients {

struct transport_environment {
  network& net;
  clock& time;
  const client_limits& limits;
  const client_times& times;
};

/// Both ways on one connection, in order.
[[nodiscard]] std::unique_ptr<transport> make_websocket(const transport_environment& around, codec c);

/// Envelopes by Server-Sent Events, commands by POST.
[[nodiscard]] std::unique_ptr<transport> make_sse(const transport_environment& around);

/// Long polling, commands by POST.
[[nodiscard]] std::unique_ptr<transport> make_poll(const transport_environment& around);

} // namespace troupe::clients
