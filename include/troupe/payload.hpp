#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace troupe {

/// How the bytes of a payload were given to us; they are passed on untouched to whoever reads the same encoding.
enum class encoding : std::uint8_t { json, msgpack, bytes };

/// Data that does not have the shape a typed handler declared.
class payload_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What an application says: the data of a publication, a call, a reply.
///
///     auto p = troupe::payload::of(move{3, 4});  // a struct with TROUPE_FIELDS, see <troupe/fields.hpp>
///     p.json();                                  // {"x":3,"y":4}
///     p.as<move>().x;                            // 3
///
/// An immutable value: copies share one buffer, so handing a payload on costs a reference count.
/// Thread: any; the other encoding is made at most once, whoever asks first. Views live as long as a copy of the payload.
/// Errors: `checked_json` and `checked_msgpack` throw `payload_error` with place and reason; the constructors whose
/// parameter is called `valid` trust their input. `as<T>()` throws `payload_error`, which names the field, and reaches the
/// caller as `bad_message`.
class payload {
 public:
  // -- constructors -----------------------------------------------------------

  /// JSON null.
  payload();

  /// JSON text from wherever: a file, another service, a person. Checked whole by the rules for what clients send: one
  /// value in UTF-8, numbers within a double, no lone surrogates, at most `depth_max` containers within each other. White
  /// space around it is left out. Not checked: how long it is, and that no key of an object comes twice, which is handed
  /// on as it is (reading it, the last counts).
  ///
  ///     try {
  ///       broadcast("forecast", troupe::payload::checked_json(text_of_file));
  ///     } catch (const troupe::payload_error& wrong) {
  ///       complain(wrong.what()); // "byte 17: not JSON: a string is malformed"
  ///     }
  static payload checked_json(std::string_view text, std::size_t depth_max = 32);

  /// The same of msgpack: one value; maps with strings for keys, strings in UTF-8, no ext, no NaN, no infinity, and `bin`
  /// only as the whole. `byte 9: not accepted: a map key is not a string`: what stands there was read when it was refused.
  static payload checked_msgpack(std::string_view bytes, std::size_t depth_max = 32);

  /// One valid JSON value in UTF-8.
  static payload json_text(std::string valid);

  /// One valid msgpack value: string keys, UTF-8 strings, no ext, no NaN, no nested bin.
  static payload msgpack_value(std::string valid);

  /// Raw bytes: `bin` in msgpack, base64 in JSON.
  static payload binary(std::string bytes);

  /// A tree: <nlohmann/json.hpp> is yours to include.
  static payload from(const nlohmann::json& value);

  /// A struct with TROUPE_FIELDS, a number, a string, or a container of these (see fields.hpp).
  template <class T>
  static payload of(const T& value);

  // -- reading ----------------------------------------------------------------

  [[nodiscard]] troupe::encoding encoding() const noexcept;

  /// The bytes as given.
  [[nodiscard]] std::string_view raw() const noexcept;

  /// JSON text. Of binary data: a JSON string that holds base64.
  [[nodiscard]] std::string_view json() const;

  /// One msgpack value. Of binary data: a `bin`.
  [[nodiscard]] std::string_view msgpack() const;

  /// Append the same without keeping a copy in the payload: for those who write a publication once.
  void append_json(std::string& out) const;
  void append_msgpack(std::string& out) const;

  /// The value as a tree. Of binary data: a json binary.
  [[nodiscard]] nlohmann::json value() const;

  /// The value as `T`; throws payload_error, which names the field, or calls the whole what it is `called` to clients.
  template <class T>
  [[nodiscard]] T as(std::string_view called = "data") const;

  /// The same, or nothing if it has another shape: where somebody's nonsense is not to end what goes on for others.
  template <class T>
  [[nodiscard]] std::optional<T> try_as() const {
    try {
      return as<T>();
    } catch (const payload_error&) {
      return std::nullopt;
    }
  }

  [[nodiscard]] bool is_null() const noexcept;

  /// Memory this payload keeps alive, in bytes, for accounting; the same for all its life. Not counted is the other
  /// encoding, which only `json()` and `msgpack()` make and keep.
  [[nodiscard]] std::size_t size() const noexcept;

  /// Same encoding and same bytes.
  friend bool operator==(const payload& a, const payload& b) noexcept;

 private:
  struct body;
  explicit payload(std::shared_ptr<const body> shared) noexcept;
  static payload of_text(std::string_view text);
  std::shared_ptr<const body> body_; // null: JSON null
};

} // namespace troupe
