#pragma once
/// One msgpack value fed to a visitor (msgpack-c). The only place that runs msgpack-c's parser, and the only one
/// that catches what it throws. It allocates a few bytes per level of nesting, nothing for declared lengths.

#include <cstddef>
#include <cstdint>
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

} // namespace troupe::protocol
