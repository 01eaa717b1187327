#pragma once
/// WebSocket frames as a server sends them: whole messages, unmasked (RFC 6455 section 5.2).

#include <cstddef>
#include <cstdint>
#include <string>

namespace troupe::protocol {

/// The frames that carry messages.
enum class opcode : std::uint8_t { text = 1, binary = 2 };

/// 2, 4 or 10: the shortest header that can tell `body_bytes`.
[[nodiscard]] constexpr std::size_t frame_header_bytes(std::size_t body_bytes) noexcept {
  return body_bytes < 126 ? 2 : body_bytes < 65536 ? 4 : 10;
}

/// Writes the header of a frame of `body_bytes` at `header`.
inline void write_frame_header(char* header, opcode code, std::size_t body_bytes) noexcept {
  const auto bytes = frame_header_bytes(body_bytes);
  header[0] = static_cast<char>(0x80 | static_cast<std::uint8_t>(code));
  header[1] = static_cast<char>(bytes == 2 ? body_bytes : bytes == 4 ? 126 : 127);
  for (std::size_t i = 2, shift = (bytes - 2) * 8; i < bytes; ++i) {
    shift -= 8;
    header[i] = static_cast<char>(body_bytes >> shift);
  }
}

/// Appends one frame around what `write_body` appends. `expected_bytes` is a guess at its size: a good one saves
/// moving the body.
template <class WriteBody>
void append_frame(std::string& out, opcode code, std::size_t expected_bytes, WriteBody write_body) {
  const auto begin = out.size();
  const auto reserved = frame_header_bytes(expected_bytes);
  out.append(reserved, '\0');
  write_body(out);
  const auto body_bytes = out.size() - begin - reserved;
  if (const auto needed = frame_header_bytes(body_bytes); needed > reserved)
    out.insert(begin, needed - reserved, '\0');
  else
    out.erase(begin, reserved - needed);
  write_frame_header(out.data() + begin, code, body_bytes);
}

} // namespace troupe::protocol
