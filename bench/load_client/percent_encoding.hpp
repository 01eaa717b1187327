#pragma once
/// Text as part of a URL's query.

#include <string>
#include <string_view>

namespace troupe::bench {

[[nodiscard]] inline std::string percent_encoded(std::string_view text) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:";
  constexpr char digits[] = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (plain.find(c) != std::string_view::npos)
      result += c;
    else
      (((result += '%') += digits[byte >> 4])) += digits[byte & 15];
  }
  return result;
}

} // namespace troupe::bench
