#pragma once

#include "transports/http_refusal.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::transports {

/// Takes a chunked body apart (RFC 9112 section 7.1): extensions and trailers are read and ignored.
///
/// Pure; thread: any. Never holds more than the body's limit plus one line.
class chunked_body {
 public:
  enum class state : std::uint8_t { more, done, refused };

  /// Takes bytes off the front of `in` and appends the body's to `out`, at most `bytes_max` in all.
  state feed(std::string_view& in, std::string& out, std::size_t bytes_max);

  /// After `refused`.
  [[nodiscard]] const http_refusal& why() const noexcept { return refusal_; }

 private:
  enum class part : std::uint8_t { size_line, data, data_end, trailer };

  bool take_line(std::string_view& in);
  state on_line(std::size_t body_bytes, std::size_t bytes_max);
  state refuse(const http_refusal& why);

  part part_ = part::size_line;
  std::uint64_t left_ = 0; // of the current chunk
  std::size_t trailer_bytes_ = 0;
  std::string line_;
  http_refusal refusal_{};
};

} // namespace troupe::transports
