#include "actors/endpoints/origin_policy.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace troupe::actors {

namespace {

using transports::error_response;

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

std::string_view scheme_of(std::string_view origin) { return origin.substr(0, std::min(origin.find("://"), origin.size())); }

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
  if (!origin)
    return true;
  for (const auto& allowed : listen.origins)
    if (allowed == "*" || lower(allowed) == lower(*origin))
      return true;
  const auto scheme = scheme_of(*origin);
  if (scheme.size() == origin->size()) // `null`
    return false;
  const auto page = split(origin->substr(scheme.size() + 3));
  const auto target = split(request.header("host").value_or(""));
  if (page.port != target.port)
    return false;
  return page.host == target.host || (is_loopback(page.host) && is_loopback(target.host));
}

std::optional<transports::http_response> forged(const config::listen_settings& listen,
                                                const transports::http_request& request) {
  if (!request.header("origin"))
    return std::nullopt;
  if (!origin_allowed(listen, request))
    return error_response(403, "bad_origin", "pages of that origin may not send this; listen.origins says which may");
  const auto type = lower(request.header("content-type").value_or(""));
  if (type.substr(0, type.find(';')).find("application/json") == std::string::npos)
    return error_response(415, "bad_content_type", "a page sends JSON: Content-Type: application/json");
  return std::nullopt;
}

} // namespace troupe::actors
