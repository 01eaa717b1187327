#include "protocol/names.hpp"

#include <simdjson.h>

namespace troupe::protocol {

namespace {

/// U+2028 and U+2029: line ends to some readers of JavaScript and of logs.
bool is_line_separator(std::string_view text, std::size_t at) noexcept {
  return text.substr(at, 2) == "\xe2\x80" && at + 2 < text.size() && (text[at + 2] == '\xa8' || text[at + 2] == '\xa9');
}

/// C1 controls, U+0080 to U+009F, are C2 80 to C2 9F.
bool is_c1(std::string_view text, std::size_t at) noexcept {
  return text[at] == '\xc2' && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0;
}

bool has_unprintable(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7f || is_c1(text, i) || is_line_separator(text, i))
      return true;
  }
  return false;
}

std::optional<std::string> text_error(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max)
    return "longer than " + std::to_string(bytes_max) + " bytes";
  if (!is_utf8(text))
    return "not UTF-8";
  if (has_unprintable(text))
    return "contains a control character";
  return std::nullopt;
}

} // namespace

bool is_utf8(std::string_view text) noexcept {
  return text.empty() || simdjson::validate_utf8(text.data(), text.size());
}

std::optional<std::string> channel_name_error(std::string_view name) {
  if (name.empty())
    return "empty";
  return text_error(name, channel_name_bytes_max);
}

std::optional<std::string> event_name_error(std::string_view name) { return text_error(name, event_name_bytes_max); }

bool is_reserved_event(std::string_view name) noexcept {
  return name == "open" || name == "error" || name == "gap" || name.starts_with('$');
}

std::string inbox_of(std::string_view user) { return "user:" + std::string{user}; }

std::optional<std::string> pattern_error(std::string_view pattern) {
  if (auto why = channel_name_error(pattern))
    return why;
  if (const auto star = pattern.find('*'); star != std::string_view::npos && star + 1 != pattern.size())
    return "`*` may only be the last character";
  return std::nullopt;
}

} // namespace troupe::protocol
