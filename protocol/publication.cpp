#include <troupe/publication.hpp>

#include <charconv>

namespace troupe {

std::string to_string(session_id id) { return "s" + std::to_string(id.value); }

std::optional<session_id> parse_session_id(std::string_view text) noexcept {
  if (text.size() < 2 || text[0] != 's' || text[1] == '0')
    return std::nullopt;
  session_id id;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), id.value);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return id;
}

std::optional<position> parse_position(std::string_view text) {
  const auto dash = text.rfind('-');
  if (dash == std::string_view::npos || dash == 0)
    return std::nullopt;
  position at{std::string{text.substr(0, dash)}, 0};
  const auto* end = text.data() + text.size();
  const auto [read_to, error] = std::from_chars(text.data() + dash + 1, end, at.offset);
  if (error != std::errc{} || read_to != end)
    return std::nullopt;
  return at;
}

} // namespace troupe
