#pragma once

#include "transports/http_refusal.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::transports {

inline constexpr std::size_t query_parameters_max = 100;

/// The target of a request (RFC 9112 section 3.2): path and query, decoded and checked. Pure; thread: any.
struct http_target {
  std::string path;      ///< decoded; `*` for `OPTIONS *`
  std::string authority; ///< of an absolute target, which stands above the Host header; else empty
  std::vector<std::pair<std::string, std::string>> query;
};

/// Nothing wrong: `into` is filled. `method` decides whether `*` is a target.
[[nodiscard]] std::optional<http_refusal> parse_http_target(std::string_view method, std::string_view target,
                                                            http_target& into);

/// `%xx` decoded; nothing if a `%` is no escape, or the result is no UTF-8 or holds control characters (C0, DEL).
[[nodiscard]] std::optional<std::string> decode_percent(std::string_view text, bool plus_is_space);

} // namespace troupe::transports
