#include "actors/endpoints/origin_policy.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace troupe::actors {

namespace {

using transports::error_response;
using transports::http_response;

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

struct authority {
  std::string host; ///< lower case, IPv6 without brackets
  std::string_view port;
};

authority split(std::string_view text) {
  const bool v6 = text.starts_with('[');
  const auto end = v6 ? text.find(']') : text.rfind(':');
  if (end == std::string_view::npos)
    return {lower(text), {}};
  const auto host = v6 ? text.substr(1, end - 1) : text.substr(0, end);
  const auto colon = v6 ? text.find(':', end) : end;
  return {lower(host), colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1)};
}

bool is_address(std::string_view host) {
  return host.find(':') != std::string_view::npos ||
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "::1" ||
         (host.starts_with("127.") && is_address(host));
}

/// A name that means this node. An address cannot be rebound, so a node that listens everywhere takes any.
bool is_ours(const config::listen_settings& listen, std::string_view host) {
  if (!listen.hosts.empty())
    return std::any_of(listen.hosts.begin(), listen.hosts.end(), [&](const auto& h) { return lower(h) == host; });
  const bool everywhere = listen.address == "0.0.0.0" || listen.address == "::";
  return is_loopback(host) || host == lower(listen.address) || (everywhere && is_address(host));
}

/// An origin taken apart, or the beginning of a URL: `https://example.org:8443/…`.
struct page_origin {
  std::string scheme; ///< lower case
  authority at;       ///< its port is empty where it is the scheme's own
};

std::string_view without_default(std::string_view port, std::string_view scheme) {
  const bool is_default = (scheme == "http" && port == "80") || (scheme == "https" && port == "443");
  return is_default ? std::string_view{} : port;
}

/// Nothing: it is none, such as `null`.
std::optional<page_origin> read_origin(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos)
    return std::nullopt;
  page_origin o;
  o.scheme = lower(text.substr(0, colon));
  text.remove_prefix(colon + 3);
  o.at = split(text.substr(0, text.find('/')));
  o.at.port = without_default(o.at.port, o.scheme);
  return o;
}

bool is_same(const page_origin& a, const page_origin& b) {
  return a.scheme == b.scheme && a.at.host == b.at.host && a.at.port == b.at.port;
}

bool is_listed(const config::listen_settings& listen, std::string_view origin, const page_origin& read) {
  return std::any_of(listen.origins.begin(), listen.origins.end(), [&](const std::string& allowed) {
    if (allowed == "*" || lower(allowed) == lower(origin))
      return true;
    const auto other = read_origin(allowed);
    return other && is_same(*other, read);
  });
}

/// Behind a proxy that ends TLS the node does not know its own scheme: the page's says which port may be left out.
bool is_own(const page_origin& page, std::string_view host) {
  const auto target = split(host);
  if (page.at.port != without_default(target.port, page.scheme))
    return false;
  return page.at.host == target.host || (is_loopback(page.at.host) && is_loopback(target.host));
}

bool may_send(const config::listen_settings& listen, std::string_view origin, std::string_view host) {
  const auto page = read_origin(origin);
  return is_listed(listen, origin, page.value_or(page_origin{})) || (page && is_own(*page, host));
}

} // namespace

std::optional<transports::http_response> misdirected(const config::listen_settings& listen,
                                                     const transports::http_request& request) {
  const auto host = request.header("host");
  if (!host || is_ours(listen, split(*host).host)) // without: HTTP/1.0, and no browser's
    return std::nullopt;
  return error_response(421, "bad_host", "this node does not answer to that Host; listen.hosts says to which");
}

bool origin_allowed(const config::listen_settings& listen, const transports::http_request& request) {
  const auto origin = request.header("origin");
  return !origin || may_send(listen, *origin, request.header("host").value_or(""));
}

/// Fetch Metadata (W3C) where the browser sends it: to https and loopback. `same-site` is another port, or a sibling.
bool is_cross_site(const config::listen_settings& listen, const transports::http_request& request) {
  const auto host = request.header("host").value_or("");
  if (const auto origin = request.header("origin"))
    return !may_send(listen, *origin, host);
  if (const auto site = request.header("sec-fetch-site"))
    return *site != "same-origin" && *site != "none";
  const bool is_simple = !request.header("x-requested-with") && !request.header("authorization").value_or("").starts_with("Bearer ");
  if (!is_simple) // no image or form carries these
    return false;
  if (const auto page = request.header("referer"))
    return !may_send(listen, page->substr(0, page->find('/', page->find("://") + 3)), host);
  return request.header("user-agent").value_or("").starts_with("Mozilla/"); // a browser whose page hides itself
}

http_response cross_site_refusal() {
  return error_response(403, "bad_origin",
                        "a page of another site may not ask for this; listen.origins says which may, and a program "
                        "that calls itself a browser sends X-Requested-With");
}

void let_page_read(http_response& to, const config::listen_settings& listen, const transports::http_request& request) {
  to.headers.emplace_back("Vary", "Origin");
  const auto origin = request.header("origin");
  if (!origin || !origin_allowed(listen, request))
    return;
  to.headers.emplace_back("Access-Control-Allow-Origin", std::string{*origin});
  to.headers.emplace_back("Access-Control-Expose-Headers", "Retry-After");
}

http_response preflight(std::string methods) {
  return {204,
          {{"Allow", methods + ", OPTIONS"},
           {"Access-Control-Allow-Methods", methods},
           {"Access-Control-Allow-Headers", "content-type, x-requested-with"},
           {"Access-Control-Max-Age", "600"}},
          {}};
}

std::optional<transports::http_response> forged(const config::listen_settings& listen,
                                                const transports::http_request& request) {
  if (is_cross_site(listen, request))
    return cross_site_refusal();
  if (!request.header("origin"))
    return std::nullopt;
  const auto type = lower(request.header("content-type").value_or(""));
  if (type.substr(0, type.find(';')).find("application/json") == std::string::npos)
    return error_response(415, "bad_content_type", "a page sends JSON: Content-Type: application/json");
  return std::nullopt;
}

} // namespace troupe::actors
