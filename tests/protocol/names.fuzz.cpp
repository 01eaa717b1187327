// Names, patterns and namespaces, against a second reading of the same rules. Input: a channel name and then patterns,
// separated by 0x1e.

#include "config/namespaces.hpp"
#include "protocol/names.hpp"
#include "tests/fuzz/require.hpp"

#include <optional>

using namespace troupe;
using fuzz::require;

namespace {

/// Takes a character off `text` (RFC 3629, section 4); nothing if none begins there.
std::optional<char32_t> take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (size == 0 || size > text.size())
    return std::nullopt;
  char32_t character = size == 1 ? lead : lead & (0x7f >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80)
      return std::nullopt;
    character = character << 6 | (next & 0x3f);
  }
  constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (character < smallest[size] || character > 0x10ffff || (character >= 0xd800 && character < 0xe000))
    return std::nullopt;
  text.remove_prefix(size);
  return character;
}

bool is_utf8(std::string_view text) {
  while (!text.empty())
    if (!take_character(text))
      return false;
  return true;
}

bool is_printable(std::string_view text) {
  while (!text.empty()) {
    const auto c = take_character(text);
    if (!c || *c < 0x20 || (*c >= 0x7f && *c < 0xa0) || *c == 0x2028 || *c == 0x2029)
      return false;
  }
  return true;
}

void check_names(std::string_view name) {
  require(protocol::is_utf8(name) == is_utf8(name), "UTF-8 is what RFC 3629 says");
  require(!protocol::channel_name_error(name) == (!name.empty() && name.size() <= 255 && is_printable(name)),
          "a channel's name is printable text of 1 to 255 bytes");
  require(!protocol::event_name_error(name) == (name.size() <= 64 && is_printable(name)),
          "an event's name is printable text of at most 64 bytes");
  const auto star = name.find('*');
  require(!protocol::pattern_error(name) ==
              (!protocol::channel_name_error(name) && (star == std::string_view::npos || star + 1 == name.size())),
          "a pattern is a name, perhaps with a star at its end");
}

bool is_prefix(const config::name_space& n) { return n.pattern.ends_with('*'); }

/// Whether `a` wins over `b` where both cover a channel: a name beats a prefix, a longer prefix a shorter one.
bool wins(const config::name_space& a, const config::name_space& b) {
  return is_prefix(a) == is_prefix(b) ? a.pattern.size() > b.pattern.size() : !is_prefix(a);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  auto input = fuzz::as_text(bytes, size);
  const auto channel = fuzz::take_record(input);
  check_names(channel);

  std::vector<config::name_space> all;
  while (!input.empty()) {
    const auto pattern = fuzz::take_record(input);
    check_names(pattern);
    if (!protocol::pattern_error(pattern))
      all.emplace_back().pattern = pattern;
  }
  const auto* found = config::find_namespace(all, channel);
  for (const auto& n : all)
    if (config::covers(n.pattern, channel))
      require(found && !wins(n, *found), "no other namespace that covers the channel is more precise");
  require(!found || config::covers(found->pattern, channel), "the namespace covers the channel");
  return 0;
}
