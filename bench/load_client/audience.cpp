#include "load_client/audience.hpp"

#include <charconv>
#include <optional>

namespace troupe::bench {

namespace {

/// The number behind the first `"offset":` in `text`.
std::optional<std::uint64_t> offset_in(std::string_view text) noexcept {
  constexpr std::string_view key = R"("offset":)";
  const auto at = text.find(key);
  std::uint64_t value = 0;
  if (at == std::string_view::npos ||
      std::from_chars(text.data() + at + key.size(), text.data() + text.size(), value).ec != std::errc{})
    return std::nullopt;
  return value;
}

} // namespace

void audience::hear(std::size_t subscriber, std::string_view text) {
  const auto at = now();
  for (auto one = stamps_.find(text); one;) {
    const auto next = stamps_.find(text, one->end);
    auto offset = offset_in(text.substr(one->end, next ? next->end - one->end : std::string_view::npos));
    if (!offset && !next)
      offset = offset_in(text);
    ledger_.deliver(subscriber, one->what, offset, at);
    one = next;
  }
}

void audience::hear(std::size_t subscriber, std::string_view data, std::uint64_t offset) {
  if (const auto one = stamps_.find(data))
    ledger_.deliver(subscriber, one->what, offset, now());
}

void audience::trouble(std::string_view what) {
  if (troubles_++ == 0)
    first_trouble_ = what;
}

} // namespace troupe::bench
