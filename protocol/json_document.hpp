#pragma once
/// JSON text as a validated document (simdjson). The only place that parses JSON from outside.
/// Thread: any; each thread has its parser, and a document lives until that thread parses the next.

#include "protocol/error_code.hpp"

#include <simdjson.h>
#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::protocol {

/// Depth to which text that was validated before may nest when it is read again.
inline constexpr std::size_t trusted_depth_max = 1000;

/// Checks all of `bytes`: grammar, UTF-8, numbers within a double (an integer beyond 64 bits reads as one; its text
/// says it all), no lone surrogates, nothing after the value, at most `depth_max` containers within each other (an
/// empty one does not count).
[[nodiscard]] tl::expected<simdjson::dom::element, failure> parse_json(std::string_view bytes, std::size_t depth_max);

/// The value of an element whose type() says that it is a T.
template <class T>
[[nodiscard]] T known_as(simdjson::dom::element e) noexcept {
  return e.get<T>().value_unsafe();
}

/// `bytes` without the white space around it.
[[nodiscard]] std::string_view trim_json(std::string_view bytes) noexcept;

/// The values in an object or array as raw text, in order. Precondition: `container` was validated.
class raw_values {
 public:
  explicit raw_values(std::string_view container) noexcept;

  /// The text of the next member's value, or of the next element; the caller knows how many there are.
  [[nodiscard]] std::string_view next() noexcept;

 private:
  void skip_space() noexcept;
  void skip_string() noexcept;
  void skip_value() noexcept;

  std::string_view text_;
  bool has_keys_;
  std::size_t at_ = 0;
};

/// A member of an object, or an element of an array (without a key), with its text as given.
struct json_part {
  std::string key;
  std::string_view text;
};

/// `valid` taken apart by one level; nothing if it is a scalar. Precondition: it was validated, and lives.
[[nodiscard]] std::vector<json_part> json_parts(std::string_view valid);

} // namespace troupe::protocol
