#include "transports/frame_reader.hpp"

#include "protocol/names.hpp"
#include "transports/control_frame.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace troupe::transports {

namespace {

using protocol::close_code;

constexpr unsigned final_bit = 0x80, reserved_bits = 0x70, opcode_bits = 0x0f;
constexpr unsigned mask_bit = 0x80, length_bits = 0x7f;
constexpr std::size_t mask_bytes = 4;
constexpr std::size_t control_bytes_max = 125;

enum opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, closing = 8, ping = 9, pong = 10 };

bool is_known(unsigned code) { return code <= binary || (code >= closing && code <= pong); }

std::uint64_t big_endian(const unsigned char* bytes, std::size_t n) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < n; ++i)
    value = value << 8 | bytes[i];
  return value;
}

/// RFC 6455 section 7.4, and the registry of IANA.
bool may_be_sent(unsigned code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1013) || (code >= 3000 && code <= 4999);
}

} // namespace

frame_reader::event frame_reader::next(std::span<char>& in) {
  payload_ = {};
  if (std::exchange(over_, false)) {
    if (is_control())
      std::string().swap(control_);
    else
      std::string().swap(parts_);
  }
  for (;;) {
    if (!in_payload_) {
      if (!take_head(in))
        return why_ == close_code::none ? event::more : event::broken;
      in_payload_ = true;
    }
    if (in.empty() && left_ != 0)
      return event::more;
    if (const event e = take_payload(in); e != event::more)
      return e;
  }
}

// -- the head of a frame ------------------------------------------------------

std::size_t frame_reader::head_bytes() const noexcept {
  if (head_size_ < 2)
    return 2;
  const unsigned length = head_[1] & length_bits;
  return 2 + (length == 126 ? 2u : length == 127 ? 8u : 0u) + mask_bytes;
}

/// False: more is needed, or a rule is broken.
bool frame_reader::take_head(std::span<char>& in) {
  while (head_size_ < head_bytes()) {
    if (in.empty())
      return false;
    head_[head_size_++] = static_cast<unsigned char>(in.front());
    in = in.subspan(1);
    if (head_size_ == 2 && !check_start())
      return false;
  }
  std::copy_n(head_.begin() + head_size_ - mask_bytes, mask_bytes, mask_.begin());
  mask_at_ = 0;
  return check_length();
}

bool frame_reader::check_start() {
  final_ = (head_[0] & final_bit) != 0;
  opcode_ = head_[0] & opcode_bits;
  if ((head_[0] & reserved_bits) != 0)
    return refuse(close_code::protocol_error, "reserved bits are set, but no extension was agreed on");
  if (!is_known(opcode_))
    return refuse(close_code::protocol_error, "the opcode is reserved");
  if ((head_[1] & mask_bit) == 0)
    return refuse(close_code::protocol_error, "a client masks its frames");
  if (is_control() && (!final_ || (head_[1] & length_bits) > control_bytes_max))
    return refuse(close_code::protocol_error, "a control frame is whole and at most 125 bytes long");
  if (!is_control() && (opcode_ == continuation) != (message_opcode_ != 0))
    return refuse(close_code::protocol_error, opcode_ == continuation ? "nothing is there to be continued"
                                                                      : "the message before is not over");
  return true;
}

bool frame_reader::check_length() {
  const unsigned length = head_[1] & length_bits;
  left_ = length == 126 ? big_endian(&head_[2], 2) : length == 127 ? big_endian(&head_[2], 8) : length;
  if ((length == 126 && left_ < 126) || (length == 127 && left_ <= 0xffff))
    return refuse(close_code::protocol_error, "a length is written as short as it can be");
  if (is_control())
    return true;
  if (opcode_ != continuation)
    message_opcode_ = opcode_;
  if (left_ > message_bytes_max_ - parts_.size())
    return refuse(close_code::too_large, "the message is too large");
  return true;
}

// -- its payload --------------------------------------------------------------

void frame_reader::unmask(std::span<char> bytes) noexcept {
  std::array<unsigned char, 8> key; // the mask twice: eight bytes at a time
  for (std::size_t i = 0; i < key.size(); ++i)
    key[i] = mask_[(mask_at_ + i) % mask_.size()];
  std::uint64_t wide = 0;
  std::memcpy(&wide, key.data(), sizeof wide);
  std::size_t i = 0;
  for (; i + sizeof wide <= bytes.size(); i += sizeof wide) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, &bytes[i], sizeof eight);
    eight ^= wide;
    std::memcpy(&bytes[i], &eight, sizeof eight);
  }
  for (; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) ^ key[i % key.size()]);
  mask_at_ = static_cast<std::uint8_t>((mask_at_ + bytes.size()) % mask_.size());
}

/// `more`: the frame, or the message, goes on.
frame_reader::event frame_reader::take_payload(std::span<char>& in) {
  const auto here = in.first(static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size())));
  in = in.subspan(here.size());
  unmask(here);
  left_ -= here.size();
  std::string& held = is_control() ? control_ : parts_;
  const bool whole = left_ == 0 && final_ && held.empty();
  if (whole)
    payload_ = {here.data(), here.size()};
  else
    held.append(here.data(), here.size());
  if (left_ == 0) {
    in_payload_ = false;
    head_size_ = 0;
  }
  if (is_control()) {
    if (left_ != 0)
      return event::more;
    if (!whole)
      payload_ = control_;
    return end_of_control();
  }
  if (message_opcode_ == text && !(whole ? protocol::is_utf8(payload_) : is_utf8_so_far(left_ == 0 && final_))) {
    refuse(close_code::bad_payload, "a text is not UTF-8");
    return event::broken;
  }
  if (left_ != 0 || !final_)
    return event::more;
  if (!whole)
    payload_ = parts_;
  return end_of_message();
}

frame_reader::event frame_reader::end_of_message() {
  text_ = std::exchange(message_opcode_, std::uint8_t{0}) == text;
  checked_ = 0;
  over_ = true;
  return event::message;
}

frame_reader::event frame_reader::end_of_control() {
  over_ = true;
  if (opcode_ == ping)
    return event::ping;
  if (opcode_ == pong)
    return event::pong;
  const bool sound = payload_.empty() || (payload_.size() >= 2 && may_be_sent(close_status()));
  if (!sound)
    refuse(close_code::protocol_error, "a close frame has no payload, or a status that may be sent");
  else if (!protocol::is_utf8(close_reason()))
    refuse(close_code::bad_payload, "the reason of a close is not UTF-8");
  return why_ == close_code::none ? event::close : event::broken;
}

/// A character may still be incomplete, unless the message is `whole`.
bool frame_reader::is_utf8_so_far(bool whole) {
  auto fresh = std::string_view(parts_).substr(checked_);
  if (!whole)
    fresh.remove_suffix(incomplete_bytes(fresh));
  checked_ += fresh.size();
  return protocol::is_utf8(fresh);
}

// -- close frames, and the end ------------------------------------------------

std::uint16_t frame_reader::close_status() const noexcept {
  if (payload_.size() < 2)
    return 0;
  return static_cast<std::uint16_t>(big_endian(reinterpret_cast<const unsigned char*>(payload_.data()), 2));
}

std::string_view frame_reader::close_reason() const noexcept {
  return payload_.size() < 2 ? std::string_view{} : payload_.substr(2);
}

bool frame_reader::refuse(close_code code, std::string_view rule) noexcept {
  why_ = code;
  rule_ = rule;
  return false;
}

} // namespace troupe::transports
