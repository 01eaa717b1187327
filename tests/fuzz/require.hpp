#pragma once
/// What a fuzz target demands: a property in words. One that does not hold ends the run, and libFuzzer keeps the input.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace troupe::fuzz {

inline void require(bool holds, const char* property) {
  if (holds)
    return;
  std::fprintf(stderr, "does not hold: %s\n", property);
  std::abort();
}

inline std::string_view as_text(const std::uint8_t* bytes, std::size_t size) {
  return size == 0 ? std::string_view() : std::string_view(reinterpret_cast<const char*>(bytes), size);
}

/// Takes what stands before the next record separator (0x1e) off `input`.
inline std::string_view take_record(std::string_view& input) {
  const auto end = input.find('\x1e');
  const auto record = input.substr(0, end);
  input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
  return record;
}

} // namespace troupe::fuzz
