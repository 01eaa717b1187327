#pragma once
/// Appends pieces of msgpack to a string.

#include "protocol/json_text.hpp"

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include <msgpack/pack.hpp>

namespace troupe::protocol {

/// What msgpack-c's packer writes to.
struct string_sink {
  std::string& out;

  void write(const char* bytes, std::size_t count) { out.append(bytes, count); }
};

/// A packer in the words of this room; strings are repaired, because a reader may drop bad UTF-8.
class msgpack_out {
 public:
  explicit msgpack_out(std::string& out) : sink_{out}, packer_(sink_) {}
  msgpack_out(const msgpack_out&) = delete;
  msgpack_out& operator=(const msgpack_out&) = delete;

  void nil() { packer_.pack_nil(); }
  void boolean(bool value) { value ? packer_.pack_true() : packer_.pack_false(); }
  void integer(std::int64_t value) { packer_.pack_int64(value); }
  void unsigned_integer(std::uint64_t value) { packer_.pack_uint64(value); }
  void array(std::size_t count) { packer_.pack_array(static_cast<std::uint32_t>(count)); }
  void map(std::size_t count) { packer_.pack_map(static_cast<std::uint32_t>(count)); }

  /// Always float 64: msgpack-c would write 1.0 as an integer, and its test for that overflows at 2^64.
  void number(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    sink_.out += '\xcb';
    for (int shift = 56; shift >= 0; shift -= 8)
      sink_.out += static_cast<char>(bits >> shift);
  }

  void string(std::string_view text) {
    std::string scratch;
    text = repaired_utf8(text, scratch);
    packer_.pack_str(static_cast<std::uint32_t>(text.size()));
    sink_.write(text.data(), text.size());
  }

  void bytes(std::string_view value) {
    packer_.pack_bin(static_cast<std::uint32_t>(value.size()));
    sink_.write(value.data(), value.size());
  }

 private:
  string_sink sink_;
  msgpack::packer<string_sink> packer_;
};

} // namespace troupe::protocol
