#include "protocol/json_numbers.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace troupe::protocol {

namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool in_number(char c) noexcept {
  return is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/// Calls `visit` with where each number begins and its text; text within strings is passed over.
template <class Visit>
void each_number(std::string_view json, Visit visit) {
  for (std::size_t at = 0; at < json.size(); ++at) {
    if (json[at] == '"') {
      for (++at; at < json.size() && json[at] != '"'; ++at)
        if (json[at] == '\\')
          ++at;
    } else if (is_digit(json[at]) || json[at] == '-') {
      const auto begin = at;
      while (at < json.size() && in_number(json[at]))
        ++at;
      visit(begin, json.substr(begin, at - begin));
      --at;
    }
  }
}

bool is_integer(std::string_view text) noexcept {
  if (text.starts_with('-'))
    text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

template <class T>
bool fits(std::string_view text) noexcept {
  T ignored{};
  return std::from_chars(text.data(), text.data() + text.size(), ignored).ec == std::errc{};
}

bool is_wide(std::string_view text) noexcept {
  return is_integer(text) && !fits<std::int64_t>(text) && !(text.front() != '-' && fits<std::uint64_t>(text));
}

std::string_view without_digits(std::string_view text) noexcept {
  text.remove_prefix(static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin()));
  return text;
}

bool has_good_form(std::string_view text) noexcept {
  const auto digits = [&text] {
    const auto before = text.size();
    text = without_digits(text);
    return text.size() != before;
  };
  if (text.starts_with('-'))
    text.remove_prefix(1);
  const bool from_zero = text.starts_with('0');
  const auto whole = text.size();
  if (!digits() || (from_zero && whole - text.size() > 1))
    return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!digits())
      return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-'))
      text.remove_prefix(1);
    if (!digits())
      return false;
  }
  return text.empty();
}

} // namespace

std::optional<std::string> with_wide_integers_as_doubles(std::string_view json) {
  std::optional<std::string> copy;
  each_number(json, [&](std::size_t begin, std::string_view text) {
    if (!is_wide(text))
      return;
    if (!copy)
      copy.emplace(json);
    const auto end = begin + text.size();
    (*copy)[end - 2] = 'e'; // the first 17 digits and their number are all that a double keeps
    (*copy)[end - 1] = '2';
  });
  return copy;
}

bool has_only_numbers_of_good_form(std::string_view json) noexcept {
  bool good = true;
  each_number(json, [&](std::size_t, std::string_view text) { good = good && has_good_form(text); });
  return good;
}

} // namespace troupe::protocol
