#pragma once

#include <troupe/payload.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
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

// -- the tree -----------------------------------------------------------------

/// One value of a payload that is being read: what it is, and what it says.
/// A view, as good as a pointer. Owner: whoever reads the payload, for as long as it does. Thread: that one's.
class field_reader {
 public:
  explicit field_reader(const nlohmann::json& value) noexcept : value_(&value) {}

  [[nodiscard]] bool is_null() const noexcept;
  [[nodiscard]] bool is_array() const noexcept;
  [[nodiscard]] bool is_object() const noexcept;

  [[nodiscard]] const bool* boolean() const noexcept;     ///< null: it is none
  [[nodiscard]] const std::string* text() const noexcept; ///< null: it is none
  [[nodiscard]] std::optional<double> number() const noexcept; ///< of any kind
  /// One that was written without a sign.
  [[nodiscard]] std::optional<std::uint64_t> unsigned_integer() const noexcept;
  /// One with a sign, or a number with a fraction of zero up to 2^53.
  [[nodiscard]] std::optional<std::int64_t> integer() const noexcept;

  [[nodiscard]] std::size_t size() const noexcept;                    ///< of an array
  [[nodiscard]] field_reader item(std::size_t index) const noexcept;  ///< of an array, below its size
  [[nodiscard]] std::optional<field_reader> find(std::string_view name) const; ///< in an object

  /// Calls `visit(name, field_reader)` for each member of an object.
  template <class F>
  void each_member(F&& visit) const {
    each_member([](void* to, const std::string& name, field_reader member) { (*static_cast<F*>(to))(name, member); },
                &visit);
  }

  /// The value itself: <troupe/json_fields.hpp> knows its type.
  [[nodiscard]] const nlohmann::json& tree() const noexcept { return *value_; }

 private:
  using member_visitor = void (*)(void* to, const std::string& name, field_reader member);
  void each_member(member_visitor visit, void* to) const;

  const nlohmann::json* value_;
};

/// Where one value of a payload is to be written; null as long as nothing was. Written once.
/// A view, as good as a pointer: good until the next item of its array is begun. Thread: of whoever makes the payload.
class field_writer {
 public:
  explicit field_writer(nlohmann::json& value) noexcept : value_(&value) {}

  void boolean(bool value) const;
  void integer(std::int64_t value) const;
  void unsigned_integer(std::uint64_t value) const;
  void number(double value) const;
  void text(std::string_view value) const;

  void array(std::size_t size) const; ///< an empty one, with room for so many
  [[nodiscard]] field_writer item() const; ///< another, behind those that it has
  void object() const;                ///< an empty one
  [[nodiscard]] field_writer member(std::string_view name) const;

  /// The value itself: <troupe/json_fields.hpp> knows its type.
  [[nodiscard]] nlohmann::json& tree() const noexcept { return *value_; }

 private:
  nlohmann::json* value_;
};

/// How a `T` is written to a payload and read from one. Specialise it for types of your own that are no structs:
///
///     template <>
///     struct troupe::field_format<colour> {
///       static void write(const colour& value, troupe::field_writer to) { to.text(value.name()); }
///       static colour read(troupe::field_reader from, const troupe::field_path* where) {
///         return colour{troupe::read_field<std::string>(from, where)}; // or throw_payload_error(where, "expected a colour")
///       }
///     };
///
/// What can be a field, and what `payload::of` and `payload::as` take: bool, integers, floats, std::string,
/// std::vector, std::optional, std::map<std::string, T>, structs with TROUPE_FIELDS, payload, and, with
/// <troupe/json_fields.hpp>, nlohmann::json.
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
void write_field(const T& value, field_writer to) {
  field_format<T>::write(value, to);
}

template <class T>
[[nodiscard]] T read_field(field_reader from, const field_path* where = nullptr) {
  return field_format<T>::read(from, where);
}

// -- formats ------------------------------------------------------------------

template <>
struct field_format<bool> {
  static void write(bool value, field_writer to) { to.boolean(value); }
  static bool read(field_reader from, const field_path* where) {
    if (const auto* value = from.boolean())
      return *value;
    throw_payload_error(where, "expected true or false");
  }
};

template <std::integral T>
struct field_format<T> {
  static void write(T value, field_writer to) {
    if constexpr (std::signed_integral<T>)
      to.integer(value);
    else
      to.unsigned_integer(value);
  }
  static T read(field_reader from, const field_path* where) {
    if (const auto number = from.unsigned_integer())
      return narrow(*number, where);
    if (const auto number = from.integer())
      return narrow(*number, where);
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
  static void write(T value, field_writer to) { to.number(static_cast<double>(value)); }
  static T read(field_reader from, const field_path* where) {
    if (const auto number = from.number())
      return static_cast<T>(*number);
    throw_payload_error(where, "expected a number");
  }
};

template <>
struct field_format<std::string> {
  static void write(const std::string& value, field_writer to) { to.text(value); }
  static std::string read(field_reader from, const field_path* where) {
    if (const auto* value = from.text())
      return *value;
    throw_payload_error(where, "expected a string");
  }
};

template <class T>
struct field_format<std::vector<T>> {
  static void write(const std::vector<T>& items, field_writer to) {
    to.array(items.size());
    for (const T& item : items)
      write_field<T>(item, to.item());
  }
  static std::vector<T> read(field_reader from, const field_path* where) {
    if (!from.is_array())
      throw_payload_error(where, "expected an array");
    std::vector<T> items;
    const auto size = from.size();
    items.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
      const field_path at{where, {}, i};
      items.push_back(read_field<T>(from.item(i), &at));
    }
    return items;
  }
};

template <class T>
struct field_format<std::map<std::string, T>> {
  static void write(const std::map<std::string, T>& members, field_writer to) {
    to.object();
    for (const auto& [name, member] : members)
      write_field<T>(member, to.member(name));
  }
  static std::map<std::string, T> read(field_reader from, const field_path* where) {
    if (!from.is_object())
      throw_payload_error(where, "expected an object");
    std::map<std::string, T> members;
    from.each_member([&](const std::string& name, field_reader member) {
      const field_path at{where, name};
      members.emplace_hint(members.end(), name, read_field<T>(member, &at));
    });
    return members;
  }
};

template <class T>
struct field_format<std::optional<T>> {
  static void write(const std::optional<T>& value, field_writer to) {
    if (value)
      write_field<T>(*value, to);
  }
  static std::optional<T> read(field_reader from, const field_path* where) {
    return from.is_null() ? std::nullopt : std::optional<T>(read_field<T>(from, where));
  }
};

/// Bytes inside a struct are written as a string of base64.
template <>
struct field_format<payload> {
  static void write(const payload& value, field_writer to);
  static payload read(field_reader from, const field_path*) { return payload::from(from.tree()); }
};

template <class T>
inline constexpr bool is_optional_field = false;
template <class T>
inline constexpr bool is_optional_field<std::optional<T>> = true;

template <with_fields T>
struct field_format<T> {
  static void write(const T& value, field_writer to) {
    to.object();
    T::troupe_each_field(value, [&]<class F>(std::string_view name, const F& field) {
      if constexpr (is_optional_field<F>)
        if (!field)
          return;
      write_field<F>(field, to.member(name));
    });
  }
  static T read(field_reader from, const field_path* where) {
    if (!from.is_object())
      throw_payload_error(where, "expected an object");
    T value{};
    T::troupe_each_field(value, [&]<class F>(std::string_view name, F& field) {
      const field_path at{where, name};
      if (const auto found = from.find(name))
        field = read_field<F>(*found, &at);
      else if constexpr (!is_optional_field<F>)
        throw_payload_error(&at, "missing");
    });
    return value;
  }
};

// -- payload ------------------------------------------------------------------

/// Used by `payload::of` and `payload::as`, below.
[[nodiscard]] payload payload_of(void (*write)(const void* value, field_writer to), const void* value);
void read_payload(const payload& from, void (*read)(field_reader from, void* into), void* into);

template <class T>
payload payload::of(const T& value) {
  if constexpr (std::same_as<T, payload>)
    return value;
  else if constexpr (std::convertible_to<const T&, std::string_view>)
    return of_text(value);
  else
    return payload_of([](const void* from, field_writer to) { write_field<T>(*static_cast<const T*>(from), to); }, &value);
}

template <class T>
T payload::as([[maybe_unused]] std::string_view called) const {
  if constexpr (std::same_as<T, payload>) {
    return *this;
  } else {
    struct reading {
      field_path whole;
      std::optional<T> value{};
    } into{{nullptr, called, 0, true}};
    read_payload(
        *this,
        [](field_reader from, void* to) {
          auto& r = *static_cast<reading*>(to);
          r.value.emplace(read_field<T>(from, &r.whole));
        },
        &into);
    return *std::move(into.value);
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
