#include "protocol/json_numbers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

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

/// Other than 0.
bool is_integer(std::string_view text) noexcept {
  if (text.starts_with('-'))
    text.remove_prefix(1);
  return !text.empty() && text.front() != '0' && std::all_of(text.begin(), text.end(), is_digit);
}

template <class T>
bool fits(std::string_view text) noexcept {
  T ignored{};
  return std::from_chars(text.data(), text.data() + text.size(), ignored).ec == std::errc{};
}

bool is_wide(std::string_view text) noexcept {
  return is_integer(text) && !fits<std::int64_t>(text) && !(text.front() != '-' && fits<std::uint64_t>(text));
}

/// Overwrites the integer `text` at `at` with the double nearest to it: its 17 digits, `e`, and an exponent that fills
/// up. One that no double can be stays as it is.
void write_as_double(char* at, std::string_view text) {
  double nearest = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), nearest).ec != std::errc{})
    return;
  constexpr int digits = 17; // tell doubles apart
  std::array<char, 32> scientific; // -d.dddddddddddddddde+XX
  std::snprintf(scientific.data(), scientific.size(), "%.*e", digits - 1, nearest);
  const char* from = scientific.data();
  char* const end = at + text.size();
  if (*from == '-')
    *at++ = *from++;
  *at++ = *from++;
  at = std::copy_n(from + 1, digits - 1, at);
  *at++ = 'e';
  int exponent = std::atoi(from + 1 + digits) - (digits - 1);
  for (char* c = end; c != at; exponent /= 10)
    *--c = static_cast<char>('0' + exponent % 10);
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
    write_as_double(copy->data() + begin, text);
  });
  return copy;
}

bool has_only_numbers_of_good_form(std::string_view json) noexcept {
  bool good = true;
  each_number(json, [&](std::size_t, std::string_view text) { good = good && has_good_form(text); });
  return good;
}

} // namespace troupe::protocol
