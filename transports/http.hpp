#pragma once
/// HTTP requests and responses as values, without sockets and without Beast.

#include "transports/body_source.hpp"

#include <any>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::transports {

/// A request whose header and body have been read and checked (RFC 9112): one Host, one length, a target that
/// decodes to UTF-8 without control characters. Header names are in lower case.
struct http_request {
  std::string method;
  std::string path;  ///< percent-decoded, starts with '/'
  std::vector<std::pair<std::string, std::string>> query; ///< decoded, in order; `+` is a space
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool keep_alive = true;
  bool upgrade = false; ///< a valid WebSocket upgrade request (RFC 6455 section 4.2.1)
  std::string peer;     ///< address:port, for logs; authorises nothing
  std::any read{};      ///< what the handler has read out of it already, to find its shard

  [[nodiscard]] std::optional<std::string_view> header(std::string_view lower_name) const;
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> parameters(std::string_view name) const;
};

/// An answer; the connection adds its length, its date and what becomes of the connection.
struct http_response {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> headers; ///< without Content-Length, Date
  std::string body;
  std::shared_ptr<body_source> rest{}; ///< what follows `body`; null: nothing

  /// A JSON body; `{"error":{"code":…,"message":…}}` for errors is made by `error_response`.
  static http_response json(unsigned status, std::string body);
};

/// `{"error":{"code","message"}}` with a status of 400 or more.
[[nodiscard]] http_response error_response(unsigned status, std::string_view code, std::string_view message);

} // namespace troupe::transports
