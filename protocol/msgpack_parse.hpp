#pragma once
/// One msgpack value fed to a visitor (msgpack-c). The only place that runs msgpack-c's parser, and the only one
/// that catches what it throws. It allocates a few bytes per level of nesting, nothing for declared lengths.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// msgpack-c's narrow headers do not include what they use.
#include <msgpack/unpack.hpp>

#include <msgpack/null_visitor.hpp>
#include <msgpack/parse.hpp>

namespace troupe::protocol {

/// Reads the value that begins at `at` and moves `at` behind it. False if the visitor stopped, or the bytes end
/// early (`insufficient_bytes` was called) or are no msgpack (`parse_error` was called).
template <class Visitor>
[[nodiscard]] bool parse_msgpack(std::string_view bytes, std::size_t& at, Visitor& visitor) {
  try {
    return msgpack::parse(bytes.data(), bytes.size(), at, visitor);
  } catch (const msgpack::unpack_error&) {
    visitor.parse_error(at, at);
    return false;
  }
}

/// If the value at `at` is a map: how many members it has; `at` is then at the first key. Nothing: it is none, or the
/// bytes end within its head.
[[nodiscard]] inline std::optional<std::uint32_t> enter_msgpack_map(std::string_view bytes, std::size_t& at) noexcept {
  const auto head = at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
  const std::size_t width = head == 0xde ? 2 : head == 0xdf ? 4 : 0;
  if (((head & 0xf0) != 0x80 && width == 0) || bytes.size() - at < 1 + width)
    return std::nullopt;
  std::uint32_t count = width == 0 ? head & 0x0f : 0;
  for (std::size_t i = 1; i <= width; ++i)
    count = count << 8 | static_cast<unsigned char>(bytes[at + i]);
  at += 1 + width;
  return count;
}

} // namespace troupe::protocol
