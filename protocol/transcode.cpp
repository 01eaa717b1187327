#include "protocol/transcode.hpp"

#include "protocol/base64.hpp"
#include "protocol/json_document.hpp"
#include "protocol/json_text.hpp"
#include "protocol/msgpack_parse.hpp"
#include "protocol/msgpack_text.hpp"

namespace troupe::protocol {

namespace {

// -- JSON to msgpack ----------------------------------------------------------

using simdjson::dom::element_type;

void pack(msgpack_out& out, simdjson::dom::element value);

void pack_array(msgpack_out& out, simdjson::dom::array items) {
  std::size_t count = 0; // size() saturates at 2^24
  for ([[maybe_unused]] auto item : items)
    ++count;
  out.array(count);
  for (auto item : items)
    pack(out, item);
}

void pack_object(msgpack_out& out, simdjson::dom::object members) {
  std::size_t count = 0;
  for ([[maybe_unused]] auto member : members)
    ++count;
  out.map(count);
  for (auto member : members) {
    out.string(member.key);
    pack(out, member.value);
  }
}

/// Each `get` asks for the type that `type()` has told, so none fails.
void pack(msgpack_out& out, simdjson::dom::element value) {
  switch (value.type()) {
    case element_type::ARRAY: return pack_array(out, known_as<simdjson::dom::array>(value));
    case element_type::OBJECT: return pack_object(out, known_as<simdjson::dom::object>(value));
    case element_type::INT64: return out.integer(known_as<std::int64_t>(value));
    case element_type::UINT64: return out.unsigned_integer(known_as<std::uint64_t>(value));
    case element_type::DOUBLE: return out.number(known_as<double>(value));
    case element_type::STRING: return out.string(known_as<std::string_view>(value));
    case element_type::BOOL: return out.boolean(known_as<bool>(value));
    case element_type::NULL_VALUE: return out.nil();
  }
}

// -- msgpack to JSON ----------------------------------------------------------

/// Writes JSON as the parser goes: each item and member ends with a comma, which the end of its container replaces.
struct json_visitor : msgpack::null_visitor {
  explicit json_visitor(std::string& text) : out(text) {}

  bool visit_nil() { return append("null"); }
  bool visit_boolean(bool v) { return append(v ? "true" : "false"); }
  bool visit_positive_integer(std::uint64_t v) { return append_json_unsigned(out, v), true; }
  bool visit_negative_integer(std::int64_t v) { return append_json_integer(out, v), true; }
  bool visit_float32(float v) { return append_json_number(out, v), true; }
  bool visit_float64(double v) { return append_json_number(out, v), true; }
  bool visit_str(const char* v, std::uint32_t size) { return append_json_string(out, {v, size}), true; }
  bool visit_bin(const char* v, std::uint32_t size) {
    out += '"';
    append_base64(out, {v, size});
    out += '"';
    return true;
  }
  bool visit_ext(const char*, std::uint32_t) { return false; }

  bool start_array(std::uint32_t) { return append("["); }
  bool end_array_item() { return append(","); }
  bool end_array() { return close(']'); }
  bool start_map(std::uint32_t) { return append("{"); }
  bool end_map_key() { return append(":"); }
  bool end_map_value() { return append(","); }
  bool end_map() { return close('}'); }

  bool append(std::string_view text) { return out += text, true; }
  bool close(char bracket) {
    if (out.back() == ',')
      out.pop_back();
    return out += bracket, true;
  }

  std::string& out;
};

} // namespace

void append_msgpack_of_json(std::string& out, std::string_view json) {
  msgpack_out pack_to(out);
  if (const auto document = parse_json(json, trusted_depth_max))
    pack(pack_to, *document);
  else
    pack_to.nil();
}

void append_json_of_msgpack(std::string& out, std::string_view msgpack) {
  const auto begin = out.size();
  json_visitor visitor(out);
  std::size_t at = 0;
  if (!parse_msgpack(msgpack, at, visitor)) {
    out.resize(begin);
    out += "null";
  }
}

} // namespace troupe::protocol
