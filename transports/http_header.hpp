#pragma once
/// The header block of a request, checked strictly (RFC 9112 sections 2-6, RFC 9110 sections 5-7).
///
/// What two parsers could read in two ways is refused: bare line feeds, folded lines, a space before a colon, two
/// lengths, a length and a coding, unknown codings, a second Host. Pure; thread: any.

#include "transports/http_refusal.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace troupe::transports {

inline constexpr std::size_t header_fields_max = 100;
inline constexpr std::size_t method_bytes_max = 32;

enum class body_framing : std::uint8_t { none, length, chunked };

/// A header block taken apart.
struct http_head {
  std::string method;
  std::string target; ///< as sent, visible ASCII or bytes >= 0x80
  bool http_1_1 = true;
  std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case, values trimmed
  body_framing framing = body_framing::none;
  std::uint64_t content_length = 0;
  bool keep_alive = true;
  bool expects_continue = false;
};

/// `block` is the request line and the header lines, each with its CRLF, and the empty line.
[[nodiscard]] std::variant<http_head, http_refusal> parse_http_head(std::string_view block);

/// Watches bytes arrive until the block is whole, and refuses what can be no header without waiting for its end.
class head_scanner {
 public:
  struct verdict {
    std::size_t size = 0;                   ///< of the whole block; 0: not yet
    std::optional<http_refusal> refusal{};
  };

  /// `bytes` begin where the request begins and grow from call to call.
  verdict look(std::string_view bytes, std::size_t bytes_max);

  void reset() noexcept { line_ = looked_ = 0; }

 private:
  std::size_t line_ = 0; // where the current line begins
  std::size_t looked_ = 0;
};

/// Whether the comma-separated list `value` holds `token`, whatever the case.
[[nodiscard]] bool has_token(std::string_view value, std::string_view token) noexcept;

[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

} // namespace troupe::transports
