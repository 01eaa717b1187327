#include "config/value_format.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace troupe::config {

namespace {

struct unit_line {
  std::string_view name;
  std::uint64_t factor;
};
constexpr auto byte_units =
    std::to_array<unit_line>({{"GiB", 1024ull * 1024 * 1024}, {"MiB", 1024ull * 1024}, {"KiB", 1024}, {"B", 1}});
constexpr auto time_units = std::to_array<unit_line>(
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"min", 60'000}, {"s", 1000}, {"ms", 1}});

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

/// The factor of a unit; none: the key's own unit.
const unit_line* find_unit(const domain& allowed, std::string_view name) {
  static constexpr unit_line own{"", 1};
  if (name.empty())
    return &own;
  const auto in = [name](const auto& units) -> const unit_line* {
    const auto found =
        std::find_if(units.begin(), units.end(), [name](const auto& u) { return same_word(u.name, name); });
    return found == units.end() ? nullptr : &*found;
  };
  if (allowed.kind == value_kind::bytes)
    return in(byte_units);
  return allowed.kind == value_kind::duration ? in(time_units) : nullptr;
}

std::string got(const domain& allowed, std::string_view text) {
  return "wants " + wanted(allowed) + ", got `" + std::string{text} + "`";
}

read_result read_number(const domain& allowed, std::string_view text) {
  const bool negative = text.starts_with('-');
  const auto digits = negative ? text.substr(1) : text;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error == std::errc::invalid_argument)
    return tl::unexpected(got(allowed, text));
  const auto* unit = find_unit(allowed, trimmed({end, static_cast<std::size_t>(digits.data() + digits.size() - end)}));
  if (!unit)
    return tl::unexpected(got(allowed, text));
  if (negative || error == std::errc::result_out_of_range ||
      number > std::numeric_limits<std::uint64_t>::max() / unit->factor)
    return tl::unexpected(range_error(allowed, text));
  return checked(allowed, number * unit->factor);
}

read_result read_list(const domain& allowed, std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    if (const auto item = trimmed(text.substr(0, comma)); !item.empty())
      items.emplace_back(item);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return checked(allowed, std::move(items));
}

template <class Units>
std::string with_unit(std::uint64_t number, const Units& units) {
  if (number == 0)
    return "0" + std::string{units.back().name};
  for (const auto& u : units)
    if (number % u.factor == 0 && (u.name != "m" || number >= 2 * u.factor) && u.name != "d")
      return std::to_string(number / u.factor) + std::string{u.name};
  return std::to_string(number);
}

std::string number_text(const domain& allowed, std::uint64_t number) {
  if (allowed.kind == value_kind::bytes)
    return with_unit(number, byte_units);
  if (allowed.kind == value_kind::duration)
    return with_unit(number, std::to_array<unit_line>({time_units[1], time_units[2], time_units[4], time_units[5]}));
  return std::to_string(number);
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04X", static_cast<unsigned>(static_cast<unsigned char>(c)));
      result += escape;
    } else {
      result += c;
    }
  }
  return result + '"';
}

bool is_choice(std::string_view choices, std::string_view word) {
  while (!choices.empty()) {
    const auto bar = std::min(choices.find('|'), choices.size());
    if (choices.substr(0, bar) == word)
      return true;
    choices.remove_prefix(std::min(bar + 1, choices.size()));
  }
  return false;
}

} // namespace

std::string wanted(const domain& allowed) {
  switch (allowed.kind) {
  case value_kind::flag:
    return "true or false";
  case value_kind::count:
    return "a whole number";
  case value_kind::bytes:
    return "a size such as \"64KiB\" (B, KiB, MiB, GiB; without unit: bytes)";
  case value_kind::duration:
    return "a duration such as \"10s\" (ms, s, m, h, d; without unit: ms)";
  case value_kind::list:
    return "a list of texts";
  case value_kind::text:
    return "a text";
  case value_kind::choice:
    break;
  }
  std::string words{allowed.choices};
  for (auto bar = words.find('|'); bar != std::string::npos; bar = words.find('|', bar))
    words.replace(bar, 1, words.find('|', bar + 1) == std::string::npos ? " or " : ", ");
  return words;
}

std::string range_error(const domain& allowed, std::string_view given) {
  return std::string{given} + " is out of range: " + number_text(allowed, allowed.min) + " to " +
         number_text(allowed, allowed.max);
}

read_result checked(const domain& allowed, value v) {
  if (const auto* number = std::get_if<std::uint64_t>(&v)) {
    if (*number < allowed.min || *number > allowed.max)
      return tl::unexpected(range_error(allowed, number_text(allowed, *number)));
  } else if (const auto* text = std::get_if<std::string>(&v)) {
    if (allowed.kind == value_kind::choice && !is_choice(allowed.choices, *text))
      return tl::unexpected(got(allowed, *text));
    if (const char* want = allowed.rule ? allowed.rule(*text) : nullptr)
      return tl::unexpected("wants " + std::string{want} + ", got `" + *text + "`");
  } else if (const auto* items = std::get_if<std::vector<std::string>>(&v)) {
    for (const auto& item : *items)
      if (const char* want = allowed.rule ? allowed.rule(item) : nullptr)
        return tl::unexpected("wants items that are " + std::string{want} + ", got `" + item + "`");
  }
  return v;
}

read_result read_text(const domain& allowed, std::string_view text) {
  switch (allowed.kind) {
  case value_kind::flag:
    if (text == "true" || text == "false")
      return text == "true";
    return tl::unexpected(got(allowed, text));
  case value_kind::count:
  case value_kind::bytes:
  case value_kind::duration:
    return read_number(allowed, trimmed(text));
  case value_kind::list:
    return read_list(allowed, text);
  case value_kind::text:
  case value_kind::choice:
    break;
  }
  return checked(allowed, std::string{text});
}

std::string write_toml(const domain& allowed, const value& v) {
  if (const auto* yes = std::get_if<bool>(&v))
    return *yes ? "true" : "false";
  if (const auto* number = std::get_if<std::uint64_t>(&v))
    return allowed.kind == value_kind::count ? std::to_string(*number) : '"' + number_text(allowed, *number) + '"';
  if (const auto* text = std::get_if<std::string>(&v))
    return quoted(*text);
  std::string result = "[";
  for (const auto& item : std::get<std::vector<std::string>>(v))
    result += (result.size() > 1 ? ", " : "") + quoted(item);
  return result + "]";
}

std::string write_plain(const domain& allowed, const value& v) {
  if (const auto* number = std::get_if<std::uint64_t>(&v))
    return number_text(allowed, *number);
  if (const auto* text = std::get_if<std::string>(&v))
    return *text;
  return write_toml(allowed, v);
}

} // namespace troupe::config
