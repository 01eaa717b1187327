#pragma once

#include "transports/chunked_body.hpp"
#include "transports/http.hpp"
#include "transports/http_header.hpp"
#include "transports/http_refusal.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::transports {

/// Takes HTTP/1.1 requests out of the bytes of one connection, one after the other, strictly checked.
///
/// Pure: it knows no socket. Owner: an HTTP connection. Bounded: a header, a body, and what came behind the request
/// (whoever feeds it bounds that).
class request_reader {
 public:
  enum class state : std::uint8_t { more, ready, refused };

  request_reader(std::size_t header_bytes_max, std::size_t body_bytes_max) noexcept
      : header_bytes_max_(header_bytes_max), body_bytes_max_(body_bytes_max) {}

  /// Keeps `bytes` for later: those behind a request that is being answered.
  void hold(std::string_view bytes) { held_ += bytes; }
  [[nodiscard]] std::size_t held() const noexcept { return held_.size(); }

  /// All that is held: of a request that is being read, and behind it.
  [[nodiscard]] std::size_t bytes() const noexcept { return held_.size() + request_.body.size(); }

  /// Goes on with what is held.
  state advance();

  state feed(std::string_view bytes) {
    hold(bytes);
    return advance();
  }

  /// After `ready`: the request, without its peer. The next `advance` begins another one.
  http_request take();

  /// Whether a part of a request is there.
  [[nodiscard]] bool begun() const noexcept { return part_ != part::head || !held_.empty(); }

  /// True once if the client waits for a 100 before it sends the body.
  bool take_expectation() noexcept;

  /// What was read beyond the request.
  std::string take_rest() { return std::exchange(held_, {}); }

  // -- after `refused` --------------------------------------------------------

  [[nodiscard]] const http_refusal& why() const noexcept { return refusal_; }

  /// It wanted to become a WebSocket.
  [[nodiscard]] bool refused_upgrade() const noexcept { return refused_upgrade_; }

 private:
  enum class part : std::uint8_t { head, length_body, chunked_body, whole };

  state read_head();
  state read_length_body();
  state read_chunked_body();
  state on_head(http_head&& head);
  state refuse(const http_refusal& why);
  bool skip_empty_line();

  std::size_t header_bytes_max_;
  std::size_t body_bytes_max_;
  std::string held_;
  head_scanner scanner_;
  http_request request_;
  std::uint64_t left_ = 0; // of a body with a length
  class chunked_body chunks_;
  http_refusal refusal_;
  part part_ = part::head;
  bool expects_continue_ = false;
  bool skipped_line_ = false;
  bool refused_upgrade_ = false;
};

} // namespace troupe::transports
