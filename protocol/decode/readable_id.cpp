#include "protocol/decode/readable_id.hpp"

#include "protocol/decode/command_reader.hpp"
#include "protocol/json_document.hpp"
#include "protocol/msgpack_parse.hpp"
#include "protocol/names.hpp"

#include <optional>

namespace troupe::protocol {

namespace {

constexpr std::string_view id_key = "id";
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

request_id text_id(std::string_view text) {
  return text.size() <= id_bytes_max && is_utf8(text) ? request_id(std::string(text)) : request_id();
}

/// Keeps the id if it is the only one.
class found_ids {
 public:
  void add(request_id id) {
    ++count_;
    id_ = std::move(id);
  }
  [[nodiscard]] request_id only() && { return count_ == 1 ? std::move(id_) : request_id(); }

 private:
  int count_ = 0;
  request_id id_;
};

// -- JSON ---------------------------------------------------------------------

/// The members of an object that may be broken: goes on as long as keys, colons and commas stand where they should.
class loose_members {
 public:
  explicit loose_members(std::string_view text) : text_(text) {
    if (text_.starts_with(byte_order_mark))
      text_.remove_prefix(byte_order_mark.size());
    skip_space();
    open_ = take('{');
  }

  /// The next member, both as raw text; false if there is none that can be told.
  bool next(std::string_view& name, std::string_view& value) {
    skip_space();
    const auto name_begin = at_;
    if (!open_ || !skip_string())
      return false;
    name = text_.substr(name_begin, at_ - name_begin);
    skip_space();
    if (!take(':'))
      return false;
    skip_space();
    const auto value_begin = at_;
    skip_value();
    value = trim_json(text_.substr(value_begin, at_ - value_begin));
    open_ = at_ < text_.size() && text_[at_] == ',';
    const bool told = open_ || (at_ < text_.size() && text_[at_] == '}');
    ++at_;
    return told; // a value that the text's end cuts off may be another
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }

  bool take(char c) {
    const bool there = at_ < text_.size() && text_[at_] == c;
    at_ += there ? 1 : 0;
    return there;
  }

  bool skip_string() {
    if (!take('"'))
      return false;
    while (at_ < text_.size() && text_[at_] != '"')
      at_ += text_[at_] == '\\' ? 2 : 1;
    return take('"');
  }

  /// Up to the comma or brace that ends it.
  void skip_value() {
    std::size_t nest = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (!skip_string())
          return;
        continue;
      }
      if (nest == 0 && (c == ',' || c == '}' || c == ']'))
        return;
      if (c == '{' || c == '[')
        ++nest;
      else if (c == '}' || c == ']')
        --nest;
      ++at_;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool open_ = false;
};

bool is_id_key(std::string_view quoted) {
  if (quoted.find('\\') == std::string_view::npos)
    return quoted.substr(1, quoted.size() - 2) == id_key;
  const auto name = parse_json(quoted, trusted_depth_max);
  return name && known_as<std::string_view>(*name) == id_key;
}

request_id id_of_json(std::string_view raw) {
  const auto parsed = parse_json(raw, trusted_depth_max);
  if (!parsed)
    return {};
  switch (parsed->type()) {
    case simdjson::dom::element_type::INT64: return known_as<std::int64_t>(*parsed);
    case simdjson::dom::element_type::STRING: return text_id(known_as<std::string_view>(*parsed));
    case simdjson::dom::element_type::DOUBLE:
      if (const auto number = as_integer({.kind = value_kind::real, .real = known_as<double>(*parsed)}))
        return *number;
      return {};
    default: return {};
  }
}

// -- msgpack ------------------------------------------------------------------

/// Takes any value, and keeps it if it may be a key or an id.
struct loose_visitor : msgpack::null_visitor {
  bool visit_positive_integer(std::uint64_t v) {
    return keep(v <= INT64_MAX ? request_id(static_cast<std::int64_t>(v)) : request_id());
  }
  bool visit_negative_integer(std::int64_t v) { return keep(v); }
  bool visit_float32(float v) { return visit_float64(v); }
  bool visit_float64(double v) {
    const auto number = as_integer({.kind = value_kind::real, .real = v});
    return keep(number ? request_id(*number) : request_id());
  }
  bool visit_str(const char* v, std::uint32_t size) { return keep(text_id({v, size})); }
  bool start_array(std::uint32_t) { return ++nest, true; }
  bool end_array() { return --nest, true; }
  bool start_map(std::uint32_t) { return ++nest, true; }
  bool end_map() { return --nest, true; }
  void parse_error(std::size_t, std::size_t) {}
  void insufficient_bytes(std::size_t, std::size_t) {}

  bool keep(request_id id) {
    if (nest == 0)
      found = std::move(id);
    return true;
  }

  std::size_t nest = 0;
  request_id found;
};

/// The next value; nothing if the bytes end early or are no msgpack.
std::optional<request_id> next_value(std::string_view bytes, std::size_t& at) {
  loose_visitor visitor;
  if (at >= bytes.size() || !parse_msgpack(bytes, at, visitor))
    return std::nullopt;
  return std::move(visitor.found);
}

} // namespace

request_id readable_id_in_json(std::string_view bytes) {
  found_ids ids;
  loose_members members(bytes);
  for (std::string_view name, value; members.next(name, value);)
    if (is_id_key(name))
      ids.add(id_of_json(value));
  return std::move(ids).only();
}

request_id readable_id_in_msgpack(std::string_view bytes) {
  found_ids ids;
  std::size_t at = 0;
  const auto count = enter_msgpack_map(bytes, at);
  for (std::uint32_t i = 0; i < count.value_or(0); ++i) {
    const auto name = next_value(bytes, at);
    auto value = name ? next_value(bytes, at) : std::nullopt;
    if (!value)
      break;
    if (const auto* text = std::get_if<std::string>(&*name); text && *text == id_key)
      ids.add(std::move(*value));
  }
  return std::move(ids).only();
}

} // namespace troupe::protocol
