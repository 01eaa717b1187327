#include <troupe/publication.hpp>

#include <algorithm>
#include <charconv>

namespace troupe {

bool audience::contains(session_id reader) const noexcept {
  return std::binary_search(sessions.begin(), sessions.end(), reader);
}

std::string to_string(session_id id) {
  auto text = "s" + std::to_string(id.counter());
  if (id.shard() != 0 || id.node() != 0)
    text += "-" + std::to_string(id.shard());
  if (id.node() != 0)
    text += "-" + std::to_string(id.node());
  return text;
}

namespace {

/// A number without leading zeros, up to `most`; moves `text` past it.
std::optional<std::uint64_t> take_number(std::string_view& text, std::uint64_t most) noexcept {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto length = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || number > most || (text[0] == '0' && length > 1))
    return std::nullopt;
  text.remove_prefix(length);
  return number;
}

} // namespace

std::optional<session_id> parse_session_id(std::string_view text) noexcept {
  if (!text.starts_with('s'))
    return std::nullopt;
  text.remove_prefix(1);
  const auto counter = take_number(text, (std::uint64_t{1} << session_id::counter_bits) - 1);
  if (!counter || *counter == 0)
    return std::nullopt;
  std::uint64_t fields[2]{}; // shard, node
  for (auto& field : fields) {
    if (text.empty())
      break;
    if (!text.starts_with('-'))
      return std::nullopt;
    text.remove_prefix(1);
    const auto number = take_number(text, &field == fields ? 0xff : 0xffff);
    if (!number || (text.empty() && *number == 0))
      return std::nullopt;
    field = *number;
  }
  if (!text.empty())
    return std::nullopt;
  return session_id{static_cast<std::uint16_t>(fields[1]), static_cast<std::uint8_t>(fields[0]), *counter};
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
