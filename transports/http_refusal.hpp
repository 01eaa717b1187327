#pragma once

#include "transports/http.hpp"

#include <string>
#include <string_view>

namespace troupe::transports {

/// Why a request is refused before anyone handles it: a status, a code, a sentence.
struct http_refusal {
  unsigned status = 400;
  std::string_view code;    ///< short, snake_case, a literal
  std::string_view message; ///< a literal

  [[nodiscard]] http_response response() const { return error_response(status, code, message); }
};

} // namespace troupe::transports
