#pragma once
/// nlohmann::json as a field of a struct, and as what `payload::of` and `payload::as` take.
///
///     #include <troupe/json_fields.hpp>
///
///     struct note {
///       std::string by;
///       nlohmann::json anything;
///       TROUPE_FIELDS(by, anything)
///     };
///
/// A header of its own: nobody else pays for compiling that library's.

#include <troupe/fields.hpp>

#include <nlohmann/json.hpp>

namespace troupe {

template <>
struct field_format<nlohmann::json> {
  static void write(const nlohmann::json& value, field_writer to) { to.tree() = value; }
  static nlohmann::json read(field_reader from, const field_path*) { return from.tree(); }
};

} // namespace troupe
