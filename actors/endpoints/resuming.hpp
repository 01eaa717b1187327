#pragma once

#include "actors/endpoints/endpoint_state.hpp"
#include "actors/sessions/handshakes.hpp"
#include "actors/sessions/session.hpp"
#include "transports/http.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

/// Offered beside the real subprotocols of a WebSocket, with the token of the session to be resumed behind it: where an
/// address with a secret in it would stand in somebody's log.
inline constexpr std::string_view token_subprotocol = "troupe.token.";

/// In the order of the client's preference. RFC 6455 section 4.2.2. Views into the request.
[[nodiscard]] std::vector<std::string_view> offered_subprotocols(const transports::http_request& request);

/// `format=envelope`: streams and polls of clients with a library, whose sessions survive.
[[nodiscard]] bool wants_envelopes(const transports::http_request& request);

/// What a request says of a session that it would resume. A value; pure.
struct resume_request {
  std::string token;
  std::uint64_t received = 0; ///< messages
  std::uint64_t attempt = 0;  ///< which of its client's; 0: it does not say
  std::map<std::string, position> positions{}; ///< in each channel, as the client saw them
  std::uint64_t came = 0;     ///< which connection of the shard it is; 0: not known yet

  /// `?token=…&received=…`, and perhaps `&attempt=…` and `&at=CHANNEL@EPOCH-OFFSET` for each channel. Nothing: it asks
  /// for none, or an EventSource repeats its address and says by `Last-Event-ID` where it stands now.
  [[nodiscard]] static std::optional<resume_request> of(const transports::http_request& request);

  /// Of one that has just come: its place among all connections is settled now, however long it takes to know who asks.
  [[nodiscard]] static std::optional<resume_request> arrived(const request_context& at,
                                                             const transports::http_request& request);
};

/// Which of `shards` the session lives on whose token a request has, in its query or among its subprotocols; `otherwise`
/// if none.
[[nodiscard]] std::size_t home_of_token(const transports::http_request& request, std::size_t shards, std::size_t otherwise);

/// The session that a client, who is `as`, may resume at once; null: it gets a new one. Then it reads another token.
[[nodiscard]] session* find_resumed(const request_context& at, const std::optional<resume_request>& asked,
                                    const identity_ptr& as);

} // namespace troupe::actors
