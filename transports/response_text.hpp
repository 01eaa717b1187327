#pragma once
/// The text of a response (RFC 9112 section 4). Pure; thread: any.

#include "transports/http.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::transports {

/// What a response's text depends on beside the response.
struct response_options {
  bool head_only = false;   ///< answer to HEAD: the length of the body, without the body
  bool until_close = false; ///< a stream: no length, ends by closing
  bool keep_alive = true;
};

[[nodiscard]] std::string response_text(const http_response& r, std::string_view date, response_options options);

} // namespace troupe::transports
