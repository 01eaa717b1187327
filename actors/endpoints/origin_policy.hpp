#pragma once
/// Which requests are meant for this node, and which pages may send them. Pure.
///
/// A peer address authorises nothing: behind a proxy on the same host the whole internet is loopback. `Host` is compared
/// with the names of this node, against DNS rebinding; `Origin` tells a browser's page from a program.

#include "config/settings.hpp"
#include "transports/http.hpp"

#include <optional>
#include <string_view>

namespace troupe::actors {

/// The answer to a request that is addressed to somebody else; nothing: it is for us.
[[nodiscard]] std::optional<transports::http_response> misdirected(const config::listen_settings& listen,
                                                                   const transports::http_request& request);

/// Whether the page that sent the request may: no Origin (no browser), the node's own, or a configured one.
[[nodiscard]] bool origin_allowed(const config::listen_settings& listen, const transports::http_request& request);

/// The answer to a browser's POST that could be forged by another page: Origin and JSON content type are looked at.
[[nodiscard]] std::optional<transports::http_response> forged(const config::listen_settings& listen,
                                                              const transports::http_request& request);

} // namespace troupe::actors
