#include "protocol/decode/envelope.hpp"

#include "protocol/decode/readable_id.hpp"
#include "protocol/json_document.hpp"

namespace troupe::protocol {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

value read_value(element e, std::string_view raw) {
  value v;
  v.raw = raw;
  switch (e.type()) {
    case element_type::ARRAY: v.kind = value_kind::array; break;
    case element_type::OBJECT: v.kind = value_kind::object; break;
    case element_type::NULL_VALUE: v.kind = value_kind::null; break;
    case element_type::BOOL:
      v.kind = value_kind::boolean;
      v.flag = known_as<bool>(e);
      break;
    case element_type::INT64:
      v.kind = value_kind::integer;
      v.integer = known_as<std::int64_t>(e);
      break;
    case element_type::UINT64:
      v.kind = value_kind::huge;
      v.huge = known_as<std::uint64_t>(e);
      break;
    case element_type::DOUBLE:
      v.kind = value_kind::real;
      v.real = known_as<double>(e);
      break;
    case element_type::STRING:
      v.kind = value_kind::text;
      v.text = known_as<std::string_view>(e);
      break;
  }
  return v;
}

/// The document and the raw text are walked side by side: simdjson knows what the keys say, the text where values lie.
void read_members(envelope& into, element object, std::string_view text, bool in_since) {
  raw_values raw(text);
  for (const auto member : known_as<simdjson::dom::object>(object)) {
    const auto raw_value = raw.next();
    const auto k = key_of(member.key, in_since);
    if (!k)
      continue;
    const auto v = read_value(member.value, raw_value);
    into.put(*k, v);
    if (*k == key::since && v.kind == value_kind::object)
      read_members(into, member.value, raw_value, true);
  }
}

} // namespace

tl::expected<envelope, decode_failure> json_envelope(std::string_view bytes, const decode_limits& limits) {
  const auto document = parse_json(bytes, limits.depth_max);
  if (!document)
    return tl::unexpected(decode_failure{readable_id_in_json(bytes), document.error()});
  const auto text = trim_json(bytes);
  envelope message;
  message.whole = read_value(*document, text);
  if (message.whole.kind == value_kind::object)
    read_members(message, *document, text, false);
  return message;
}

} // namespace troupe::protocol
