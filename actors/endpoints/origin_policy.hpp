#pragma once
/// Which requests are meant for this node, and which pages may send them. Pure.
///
/// A peer address authorises nothing: behind a proxy on the same host the whole internet is loopback. `Host` is compared
/// with the names of this node, against DNS rebinding. A browser's page is known by `Origin`; but what a page fetches
/// as an image or a script carries none: there `Sec-Fetch-Site`, or what else only a browser sends, has to say where
/// from. Ports that are their scheme's own are equal to none.

#include "config/settings.hpp"
#include "transports/http.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe::actors {

/// The answer to a request that is addressed to somebody else; nothing: it is for us.
[[nodiscard]] std::optional<transports::http_response> misdirected(const config::listen_settings& listen,
                                                                   const transports::http_request& request);

/// Whether the page that sent the request may: no Origin (no browser), the node's own, or a configured one.
[[nodiscard]] bool origin_allowed(const config::listen_settings& listen, const transports::http_request& request);

/// Whether another site's page may have sent the request, in whatever way: for what moves, takes or opens anything.
[[nodiscard]] bool is_cross_site(const config::listen_settings& listen, const transports::http_request& request);
[[nodiscard]] transports::http_response cross_site_refusal();

/// Adds the headers by which a browser lets the page that asked read `to`, if that page may.
void let_page_read(transports::http_response& to, const config::listen_settings& listen,
                   const transports::http_request& request);

/// The answer to a browser that asks beforehand whether a page may use one of `methods` here (Fetch standard, CORS);
/// whether it may, `let_page_read` says.
[[nodiscard]] transports::http_response preflight(std::string methods);

/// The answer to a browser's POST that could be forged by another page: where it comes from and JSON content type are
/// looked at.
[[nodiscard]] std::optional<transports::http_response> forged(const config::listen_settings& listen,
                                                              const transports::http_request& request);

} // namespace troupe::actors
