#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "config/settings.hpp"

namespace troupe::config {

// -- values -------------------------------------------------------------------

/// What a key's value is; bytes and durations take units.
enum class value_kind : std::uint8_t { flag, count, bytes, duration, text, choice, list };

/// Counts, bytes and milliseconds are numbers, choices are their words.
using value = std::variant<bool, std::uint64_t, std::string, std::vector<std::string>>;

/// What a text (or an item of a list) must be, in words, if `text` is not that; null if it is.
using text_rule = const char* (*)(std::string_view text);

/// All values that a key may have.
struct domain {
  value_kind kind = value_kind::text;
  std::uint64_t min = 0;
  std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
  std::string_view choices{}; // separated by `|`
  text_rule rule = nullptr;
};

constexpr domain flag() { return {.kind = value_kind::flag}; }
constexpr domain count(std::uint64_t min, std::uint64_t max) { return {value_kind::count, min, max, {}, nullptr}; }
constexpr domain bytes(std::uint64_t min, std::uint64_t max) { return {value_kind::bytes, min, max, {}, nullptr}; }
constexpr domain duration(milliseconds min, milliseconds max) {
  return {value_kind::duration,
          static_cast<std::uint64_t>(min.count()),
          static_cast<std::uint64_t>(max.count()),
          {},
          nullptr};
}
constexpr domain text(text_rule rule = nullptr) { return {.kind = value_kind::text, .rule = rule}; }
constexpr domain list(text_rule rule = nullptr) { return {.kind = value_kind::list, .rule = rule}; }
constexpr domain one_of(std::string_view choices) { return {.kind = value_kind::choice, .choices = choices}; }

// -- keys ---------------------------------------------------------------------

/// What SIGHUP does with a changed key.
enum class on_reload : std::uint8_t { applies, needs_restart };

/// One registered key: how a field of `settings` (or of a namespace) is named, bounded, explained, read and written.
/// Constant data and plain functions; thread: any.
template <class Owner>
struct basic_key {
  std::string_view name; // `group.key`, or the bare name of a namespace's key
  domain allowed;
  on_reload reload;
  bool secret;
  std::string_view doc; // one sentence
  value (*get)(const Owner&);
  void (*set)(Owner&, const value&);
};

using key = basic_key<settings>;
using namespace_key = basic_key<name_space>;

// -- fields -------------------------------------------------------------------

/// The words of an enumeration, in the order of its values.
template <class Enum>
inline constexpr std::array<std::string_view, 0> words_of{};
template <>
inline constexpr std::array<std::string_view, 2> words_of<channel_kind>{"open", "application"};
template <>
inline constexpr std::array<std::string_view, 2> words_of<history_place>{"memory", "disk"};
template <>
inline constexpr std::array<std::string_view, 3> words_of<permission>{"anyone", "members", "nobody"};
template <>
inline constexpr std::array<std::string_view, 3> words_of<overflow_policy>{"gap", "latest", "disconnect"};

template <class T>
value to_value(const T& field) {
  if constexpr (std::is_enum_v<T>)
    return std::string{words_of<T>[static_cast<std::size_t>(field)]};
  else if constexpr (std::is_same_v<T, milliseconds>)
    return static_cast<std::uint64_t>(field.count());
  else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
    return static_cast<std::uint64_t>(field);
  else
    return field;
}

/// `from` has been found to be in the key's domain.
template <class T>
void assign(T& field, const value& from) {
  if constexpr (std::is_enum_v<T>) {
    for (std::size_t i = 0; i < words_of<T>.size(); ++i)
      if (words_of<T>[i] == std::get<std::string>(from))
        field = static_cast<T>(i);
  } else if constexpr (std::is_same_v<T, milliseconds>)
    field = milliseconds{static_cast<milliseconds::rep>(std::get<std::uint64_t>(from))};
  else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
    field = static_cast<T>(std::get<std::uint64_t>(from));
  else
    field = std::get<T>(from);
}

template <class Owner, class T>
Owner owner_of(T Owner::*);

/// Follows member pointers: `reach<&settings::limits, &limit_settings::channels>(s)` is `s.limits.channels`.
template <auto First, auto... Rest, class Owner>
constexpr auto& reach(Owner& owner) {
  if constexpr (sizeof...(Rest) == 0)
    return owner.*First;
  else
    return reach<Rest...>(owner.*First);
}

/// Registers the field that `First, Rest...` lead to.
template <auto First, auto... Rest, class Owner = decltype(owner_of(First))>
constexpr basic_key<Owner> field(std::string_view name, domain allowed, on_reload reload, std::string_view doc,
                                 bool secret = false) {
  return {name,
          allowed,
          reload,
          secret,
          doc,
          [](const Owner& o) { return to_value(reach<First, Rest...>(o)); },
          [](Owner& o, const value& v) { assign(reach<First, Rest...>(o), v); }};
}

} // namespace troupe::config
