#pragma once

#include "protocol/error_code.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace troupe::transports {

/// Takes the frames of one WebSocket client apart (RFC 6455 section 5), strictly, and puts its messages together.
///
/// A message that lies whole in what was read is handed on from there, without a copy; only one that came in parts has
/// memory here, which grows with what arrives, never to what the peer announces.
/// Pure: it knows no socket. Owner: a WebSocket connection. Bounded: a message of `message_bytes_max`.
class frame_reader {
 public:
  enum class event : std::uint8_t { more, message, ping, pong, close, broken };

  explicit frame_reader(std::size_t message_bytes_max) noexcept : message_bytes_max_(message_bytes_max) {}

  /// Takes bytes off the front of `in`, unmasking them there, until something is whole. After `broken`: no more.
  event next(std::span<char>& in);

  // -- after message, ping, pong and close ------------------------------------

  /// Valid until the next call, as long as what was given to `next` is.
  [[nodiscard]] std::string_view payload() const noexcept { return payload_; }
  [[nodiscard]] bool is_text() const noexcept { return text_; }

  /// Of a close frame: 0 if it names none.
  [[nodiscard]] std::uint16_t close_status() const noexcept;
  [[nodiscard]] std::string_view close_reason() const noexcept;

  // -- after broken -----------------------------------------------------------

  [[nodiscard]] protocol::close_code why() const noexcept { return why_; }
  [[nodiscard]] std::string_view rule() const noexcept { return rule_; } ///< a literal

  // -- memory -----------------------------------------------------------------

  /// Bytes of a message in parts.
  [[nodiscard]] std::size_t held() const noexcept { return parts_.size(); }

 private:
  bool take_head(std::span<char>& in);
  bool check_start();
  bool check_length();
  event take_payload(std::span<char>& in);
  event end_of_control();
  event end_of_message();
  bool is_utf8_so_far(bool whole);
  [[nodiscard]] std::size_t head_bytes() const noexcept;
  [[nodiscard]] bool is_control() const noexcept { return (opcode_ & 8u) != 0; }
  void unmask(std::span<char> bytes) noexcept;
  bool refuse(protocol::close_code code, std::string_view rule) noexcept;

  const std::size_t message_bytes_max_;
  std::uint64_t left_ = 0;           // of the current frame's payload
  std::string parts_;                // of the message
  std::string control_;              // a control frame that came in parts
  std::string_view payload_;
  std::string_view rule_;
  std::size_t checked_ = 0;          // bytes of `parts_` known to be UTF-8
  std::array<unsigned char, 14> head_{};
  std::uint8_t head_size_ = 0;       // bytes of it that are here
  std::array<unsigned char, 4> mask_{};
  std::uint8_t mask_at_ = 0;
  std::uint8_t opcode_ = 0;
  std::uint8_t message_opcode_ = 0;  // 0: none has begun
  bool final_ = false;
  bool in_payload_ = false;
  bool text_ = false;
  bool over_ = false;                // what `payload_` shows is to be let go of
  protocol::close_code why_ = protocol::close_code::none;
};

} // namespace troupe::transports
