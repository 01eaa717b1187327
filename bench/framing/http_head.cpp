#include "framing/http_head.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::bench {

namespace {

constexpr std::string_view line_end = "\r\n";

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace

std::optional<std::string_view> http_head::field(std::string_view name) const noexcept {
  for (auto at = text.find(line_end); at != std::string_view::npos && at + 2 < text.size();) {
    const auto start = at + 2;
    at = text.find(line_end, start);
    const auto line = text.substr(start, at - start);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && same_name(line.substr(0, colon), name))
      return trimmed(line.substr(colon + 1));
  }
  return std::nullopt;
}

int http_head::status() const noexcept {
  constexpr std::string_view version = "HTTP/1.1 ";
  int code = 0;
  if (text.starts_with(version))
    std::from_chars(text.data() + version.size(), text.data() + text.size(), code);
  return code;
}

std::optional<http_head> first_head(std::string_view bytes) noexcept {
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos)
    return std::nullopt;
  return http_head{bytes.substr(0, end + 4)};
}

} // namespace troupe::bench
