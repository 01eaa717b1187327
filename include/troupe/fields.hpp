#pragma once

#include <troupe/payload.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace troupe {

/// Where in a payload a value lies: links on the stack, from the inside out.
struct field_path {
  const field_path* around = nullptr;
  std::string_view name;  ///< empty: an item
  std::size_t index = 0;
  bool whole = false;     ///< the payload itself: its name is said where it is wrong as a whole, not before its fields
};

[[nodiscard]] std::string to_string(const field_path& path);
[[noreturn]] void throw_payload_error(const field_path* where, std::string_view what);

/// How a `T` is written to a tree and read from one. Specialise it for types of your own that are no structs.
///
/// What can be a field, and what `payload::of` and `payload::as` take: bool, integers, floats, std::string,
/// std::vector, std::optional, std::map<std::string, T>, structs with TROUPE_FIELDS, nlohmann::json and payload.
/// Reading: a field that is absent is an error that names it, unless it is a std::optional (absent or null: none); other
/// keys are ignored; integers are range-checked (2.0 is an integer), and the error names the path:
/// "moves[3].x: expected an integer". Writing: an optional without value is left out.
/// Thread: any. Errors: payload_error.
template <class T>
struct field_format;

/// A struct with TROUPE_FIELDS.
template <class T>
concept with_fields = requires { typename T::troupe_fields_of; };

template <class T>
[[nodiscard]] nlohmann::json to_tree(const T& value) {
  return field_format<T>::write(value);
}

template <class T>
[[nodiscard]] T from_tree(const nlohmann::json& tree, const field_path* where = nullptr) {
  return field_format<T>::read(tree, where);
}

// -- formats ------------------------------------------------------------------

template <>
struct field_format<bool> {
  static nlohmann::json write(bool value) { return value; }
  static bool read(const nlohmann::json& tree, const field_path* where) {
    if (!tree.is_boolean())
      throw_payload_error(where, "expected true or false");
    return tree.get<bool>();
  }
};

template <std::integral T>
struct field_format<T> {
  static nlohmann::json write(T value) { return value; }
  static T read(const nlohmann::json& tree, const field_path* where) {
    if (tree.is_number_unsigned())
      return narrow(tree.get<std::uint64_t>(), where);
    if (tree.is_number_integer())
      return narrow(tree.get<std::int64_t>(), where);
    constexpr double exact_max = 9007199254740992.0; // 2^53
    if (tree.is_number_float())
      if (const auto number = tree.get<double>(); std::abs(number) <= exact_max && std::trunc(number) == number)
        return narrow(static_cast<std::int64_t>(number), where);
    throw_payload_error(where, "expected an integer");
  }

 private:
  template <class From>
  static T narrow(From number, const field_path* where) {
    using limits = std::numeric_limits<T>;
    if (std::cmp_less(number, limits::min()) || std::cmp_greater(number, limits::max()))
      throw_payload_error(where, "expected an integer from " + std::to_string(limits::min()) + " to " +
                                     std::to_string(limits::max()));
    return static_cast<T>(number);
  }
};

template <std::floating_point T>
struct field_format<T> {
  static nlohmann::json write(T value) { return value; }
  static T read(const nlohmann::json& tree, const field_path* where) {
    if (!tree.is_number())
      throw_payload_error(where, "expected a number");
    return tree.get<T>();
  }
};

template <>
struct field_format<std::string> {
  static nlohmann::json write(const std::string& value) { return value; }
  static std::string read(const nlohmann::json& tree, const field_path* where) {
    if (!tree.is_string())
      throw_payload_error(where, "expected a string");
    return tree.get<std::string>();
  }
};

template <class T>
struct field_format<std::vector<T>> {
  static nlohmann::json write(const std::vector<T>& items) {
    auto tree = nlohmann::json::array();
    for (const T& item : items)
      tree.push_back(to_tree<T>(item));
    return tree;
  }
  static std::vector<T> read(const nlohmann::json& tree, const field_path* where) {
    if (!tree.is_array())
      throw_payload_error(where, "expected an array");
    std::vector<T> items;
    items.reserve(tree.size());
    for (const auto& item : tree) {
      const field_path at{where, {}, items.size()};
      items.push_back(from_tree<T>(item, &at));
    }
    return items;
  }
};

template <class T>
struct field_format<std::map<std::string, T>> {
  static nlohmann::json write(const std::map<std::string, T>& members) {
    auto tree = nlohmann::json::object();
    for (const auto& [name, member] : members)
      tree[name] = to_tree<T>(member);
    return tree;
  }
  static std::map<std::string, T> read(const nlohmann::json& tree, const field_path* where) {
    if (!tree.is_object())
      throw_payload_error(where, "expected an object");
    std::map<std::string, T> members;
    for (const auto& [name, member] : tree.items()) {
      const field_path at{where, name};
      members.emplace(name, from_tree<T>(member, &at));
    }
    return members;
  }
};

template <class T>
struct field_format<std::optional<T>> {
  static nlohmann::json write(const std::optional<T>& value) { return value ? to_tree<T>(*value) : nullptr; }
  static std::optional<T> read(const nlohmann::json& tree, const field_path* where) {
    return tree.is_null() ? std::nullopt : std::optional<T>(from_tree<T>(tree, where));
  }
};

template <>
struct field_format<nlohmann::json> {
  static nlohmann::json write(const nlohmann::json& value) { return value; }
  static nlohmann::json read(const nlohmann::json& tree, const field_path*) { return tree; }
};

/// Bytes inside a struct are written as a string of base64.
template <>
struct field_format<payload> {
  static nlohmann::json write(const payload& value);
  static payload read(const nlohmann::json& tree, const field_path*) { return payload::from(tree); }
};

template <class T>
inline constexpr bool is_optional_field = false;
template <class T>
inline constexpr bool is_optional_field<std::optional<T>> = true;

template <with_fields T>
struct field_format<T> {
  static nlohmann::json write(const T& value) {
    auto tree = nlohmann::json::object();
    T::troupe_each_field(value, [&]<class F>(std::string_view name, const F& field) {
      if constexpr (is_optional_field<F>)
        if (!field)
          return;
      tree[std::string(name)] = to_tree<F>(field);
    });
    return tree;
  }
  static T read(const nlohmann::json& tree, const field_path* where) {
    if (!tree.is_object())
      throw_payload_error(where, "expected an object");
    T value{};
    T::troupe_each_field(value, [&]<class F>(std::string_view name, F& field) {
      const field_path at{where, name};
      if (const auto found = tree.find(name); found != tree.end())
        field = from_tree<F>(*found, &at);
      else if constexpr (!is_optional_field<F>)
        throw_payload_error(&at, "missing");
    });
    return value;
  }
};

// -- payload ------------------------------------------------------------------

template <class T>
payload payload::of(const T& value) {
  if constexpr (std::same_as<T, payload>)
    return value;
  else if constexpr (std::convertible_to<const T&, std::string_view>)
    return from(std::string(std::string_view(value)));
  else
    return from(to_tree<T>(value));
}

template <class T>
T payload::as([[maybe_unused]] std::string_view called) const {
  if constexpr (std::same_as<T, payload>) {
    return *this;
  } else {
    const field_path whole{nullptr, called, 0, true};
    return from_tree<T>(value(), &whole);
  }
}

} // namespace troupe

// -- TROUPE_FIELDS ------------------------------------------------------------

/// Structs as payloads: `struct move { int x = 0, y = 0; TROUPE_FIELDS(x, y) };`
///
/// Inside a struct: names the members that are its fields, up to 256. It stays an aggregate. The same struct reads JSON
/// and msgpack; what its fields may be stands above `field_format`.
#define TROUPE_FIELDS(...)                                                                                            \
  using troupe_fields_of = void;                                                                                      \
  template <class Self, class Visit>                                                                                  \
  static void troupe_each_field([[maybe_unused]] Self& self, [[maybe_unused]] Visit visit) {                          \
    __VA_OPT__(TROUPE_EXPAND(TROUPE_FIELD_STEP(__VA_ARGS__)))                                                         \
  }

#define TROUPE_FIELD_STEP(field, ...) visit(#field, self.field); __VA_OPT__(TROUPE_FIELD_AGAIN TROUPE_PARENS(__VA_ARGS__))
#define TROUPE_FIELD_AGAIN() TROUPE_FIELD_STEP
#define TROUPE_PARENS ()
#define TROUPE_EXPAND(...) TROUPE_EXPAND4(TROUPE_EXPAND4(TROUPE_EXPAND4(TROUPE_EXPAND4(__VA_ARGS__))))
#define TROUPE_EXPAND4(...) TROUPE_EXPAND3(TROUPE_EXPAND3(TROUPE_EXPAND3(TROUPE_EXPAND3(__VA_ARGS__))))
#define TROUPE_EXPAND3(...) TROUPE_EXPAND2(TROUPE_EXPAND2(TROUPE_EXPAND2(TROUPE_EXPAND2(__VA_ARGS__))))
#define TROUPE_EXPAND2(...) TROUPE_EXPAND1(TROUPE_EXPAND1(TROUPE_EXPAND1(TROUPE_EXPAND1(__VA_ARGS__))))
#define TROUPE_EXPAND1(...) __VA_ARGS__
