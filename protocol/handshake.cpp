#include <troupe/handshake.hpp>

#include <algorithm>

namespace troupe {

namespace {

std::string_view first_of(const handshake::fields& all, std::string_view name) noexcept {
  const auto found = std::find_if(all.begin(), all.end(), [name](const auto& field) { return field.first == name; });
  return found == all.end() ? std::string_view{} : std::string_view{found->second};
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view blank = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(blank), text.size()));
  return text.substr(0, text.find_last_not_of(blank) + 1);
}

std::string_view without_quotes(std::string_view text) noexcept {
  return text.size() > 1 && text.front() == '"' && text.back() == '"' ? text.substr(1, text.size() - 2) : text;
}

} // namespace

std::string_view handshake::header(std::string_view lower_name) const noexcept {
  return first_of(facts_.headers, lower_name);
}

std::string_view handshake::parameter(std::string_view name) const noexcept { return first_of(facts_.query, name); }

/// RFC 6265 section 4.2.1; HTTP/2 proxies may hand on several Cookie fields.
std::string_view handshake::cookie(std::string_view name) const noexcept {
  for (const auto& [field, value] : facts_.headers) {
    std::string_view rest = field == "cookie" ? std::string_view{value} : std::string_view{};
    while (!rest.empty()) {
      const auto end = std::min(rest.find(';'), rest.size());
      const auto pair = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto equal = pair.find('=');
      if (equal != std::string_view::npos && trimmed(pair.substr(0, equal)) == name)
        return without_quotes(trimmed(pair.substr(equal + 1)));
    }
  }
  return {};
}

} // namespace troupe
