#pragma once
/// The head of an HTTP/1.1 message: its first line and its header fields.

#include <cstddef>
#include <optional>
#include <string_view>

namespace troupe::bench {

struct http_head {
  std::string_view text; ///< up to and including the empty line

  /// The value of a header field, without the spaces around it; none: not there.
  [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const noexcept;

  /// Of a response; 0: the first line is none of a response.
  [[nodiscard]] int status() const noexcept;
};

/// The head at the front of `bytes`; none: more bytes are needed.
[[nodiscard]] std::optional<http_head> first_head(std::string_view bytes) noexcept;

} // namespace troupe::bench
