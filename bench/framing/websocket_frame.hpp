#pragma once
/// RFC 6455 frames, both directions, as far as the benchmarks need them: no extensions, no fragments.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::bench {

enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// One frame at the front of received bytes; the payload views them, still masked if `mask` is set.
struct frame_view {
  opcode kind = opcode::text;
  bool final = true;
  std::optional<std::uint32_t> mask{}; ///< the four bytes as they lie in memory
  std::string_view payload{};
  std::size_t size = 0; ///< header and payload
};

/// The first frame of `bytes`; none: more bytes are needed.
[[nodiscard]] std::optional<frame_view> first_frame(std::string_view bytes) noexcept;

/// `payload` unmasked.
[[nodiscard]] std::string unmasked(const frame_view& frame);

/// Appends a frame as servers send it: unmasked.
void append_server_frame(std::string& out, opcode kind, std::string_view payload);

/// Appends a frame as clients must send it: masked.
void append_client_frame(std::string& out, opcode kind, std::string_view payload, std::uint32_t mask);

} // namespace troupe::bench
