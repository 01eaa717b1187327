#include "framing/websocket_frame.hpp"

#include <cstring>

namespace troupe::bench {

namespace {

constexpr std::uint8_t final_bit = 0x80, opcode_bits = 0x0f, mask_bit = 0x80, length_bits = 0x7f;
constexpr std::size_t length_16 = 126, length_64 = 127;

std::uint64_t big_endian(const unsigned char* from, std::size_t count) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i)
    value = value << 8 | from[i];
  return value;
}

void append_header(std::string& out, opcode kind, std::size_t length, std::uint8_t masked) {
  out.push_back(static_cast<char>(final_bit | static_cast<std::uint8_t>(kind)));
  const auto append = [&](std::size_t marker, int bytes) {
    out.push_back(static_cast<char>(masked | marker));
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
      out.push_back(static_cast<char>(length >> shift));
  };
  if (length < length_16)
    append(length, 0);
  else if (length <= 0xffff)
    append(length_16, 2);
  else
    append(length_64, 8);
}

void apply_mask(char* data, std::size_t size, std::uint32_t mask) noexcept {
  char key[4];
  std::memcpy(key, &mask, sizeof key);
  for (std::size_t i = 0; i < size; ++i)
    data[i] = static_cast<char>(data[i] ^ key[i & 3]);
}

} // namespace

std::optional<frame_view> first_frame(std::string_view bytes) noexcept {
  const auto* raw = reinterpret_cast<const unsigned char*>(bytes.data());
  if (bytes.size() < 2)
    return std::nullopt;
  std::uint64_t length = raw[1] & length_bits;
  std::size_t header = 2;
  if (const std::size_t extra = length == length_16 ? 2 : length == length_64 ? 8 : 0; extra != 0) {
    if (bytes.size() < header + extra)
      return std::nullopt;
    length = big_endian(raw + header, extra);
    header += extra;
  }
  frame_view frame{.kind = static_cast<opcode>(raw[0] & opcode_bits), .final = (raw[0] & final_bit) != 0};
  if ((raw[1] & mask_bit) != 0) {
    if (bytes.size() < header + 4)
      return std::nullopt;
    std::memcpy(&frame.mask.emplace(), raw + header, 4);
    header += 4;
  }
  if (bytes.size() - header < length)
    return std::nullopt;
  frame.payload = bytes.substr(header, length);
  frame.size = header + length;
  return frame;
}

std::string unmasked(const frame_view& frame) {
  std::string result{frame.payload};
  if (frame.mask)
    apply_mask(result.data(), result.size(), *frame.mask);
  return result;
}

void append_server_frame(std::string& out, opcode kind, std::string_view payload) {
  append_header(out, kind, payload.size(), 0);
  out.append(payload);
}

void append_client_frame(std::string& out, opcode kind, std::string_view payload, std::uint32_t mask) {
  append_header(out, kind, payload.size(), mask_bit);
  out.append(reinterpret_cast<const char*>(&mask), sizeof mask);
  out.append(payload);
  apply_mask(out.data() + out.size() - payload.size(), payload.size(), mask);
}

} // namespace troupe::bench
