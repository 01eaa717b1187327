#include "protocol/decode/envelope.hpp"

#include "protocol/decode/readable_id.hpp"
#include "protocol/msgpack_parse.hpp"
#include "protocol/names.hpp"

#include <cmath>
#include <string>

namespace troupe::protocol {

namespace {

/// Checks one value by the rules of payloads and remembers it if it is a scalar.
struct value_visitor : msgpack::null_visitor {
  value_visitor(std::size_t depth, std::size_t depth_max, bool bytes_allowed)
      : depth_(depth), depth_max_(depth_max), bytes_allowed_(bytes_allowed) {}

  bool visit_nil() { return scalar(value_kind::null); }
  bool visit_boolean(bool v) { return found_.flag = v, scalar(value_kind::boolean); }
  bool visit_negative_integer(std::int64_t v) { return found_.integer = v, scalar(value_kind::integer); }
  bool visit_positive_integer(std::uint64_t v) {
    found_.huge = v;
    found_.integer = static_cast<std::int64_t>(v);
    return scalar(v <= INT64_MAX ? value_kind::integer : value_kind::huge);
  }
  bool visit_float32(float v) { return visit_float64(v); }
  bool visit_float64(double v) {
    found_.real = v;
    return std::isfinite(v) ? scalar(value_kind::real) : refuse("NaN and infinities are not accepted");
  }
  bool visit_str(const char* v, std::uint32_t size) {
    const std::string_view text(v, size);
    if (!is_utf8(text))
      return refuse("a string is not UTF-8");
    if (nest_ == 0)
      found_.kind = value_kind::text, found_.text = text;
    return true;
  }
  bool visit_bin(const char* v, std::uint32_t size) {
    if (nest_ != 0 || !bytes_allowed_)
      return refuse("bin is only accepted as the whole data");
    found_.text = {v, size};
    return scalar(value_kind::bytes);
  }
  bool visit_ext(const char*, std::uint32_t) { return refuse("ext is not accepted"); }

  bool start_array(std::uint32_t count) { return open(value_kind::array, count); }
  bool end_array() { return --nest_, true; }
  bool start_map(std::uint32_t count) { return open(value_kind::object, count); }
  bool start_map_key() { return in_key_ = true; }
  bool end_map_key() { return in_key_ = false, true; }
  bool end_map() { return --nest_, true; }

  void parse_error(std::size_t, std::size_t) { why_ = "not msgpack"; }
  void insufficient_bytes(std::size_t, std::size_t) { why_ = "truncated"; }

  [[nodiscard]] const value& found() const noexcept { return found_; }
  [[nodiscard]] failure why() const { return {error_code::bad_message, "not accepted: " + why_}; }

 private:
  bool refuse(std::string why) { return why_ = std::move(why), false; }

  bool scalar(value_kind kind) {
    if (in_key_)
      return refuse("a map key is not a string");
    if (nest_ == 0)
      found_.kind = kind;
    return true;
  }

  bool open(value_kind kind, std::uint32_t count) {
    if (!scalar(kind))
      return false;
    ++nest_;
    if (count != 0 && depth_ + nest_ > depth_max_)
      return refuse("nested deeper than " + std::to_string(depth_max_));
    return true;
  }

  std::size_t depth_;
  std::size_t depth_max_;
  bool bytes_allowed_;
  std::size_t nest_ = 0;
  bool in_key_ = false;
  value found_;
  std::string why_;
};

/// Values one after the other, each checked whole before it is handed on.
class value_reader {
 public:
  value_reader(std::string_view bytes, std::size_t depth, std::size_t depth_max)
      : bytes_(bytes), depth_(depth), depth_max_(depth_max) {}

  tl::expected<value, failure> next(bool bytes_allowed) {
    value_visitor visitor(depth_, depth_max_, bytes_allowed);
    const auto begin = at_;
    if (!parse_msgpack(bytes_, at_, visitor))
      return tl::unexpected(visitor.why());
    auto v = visitor.found();
    v.raw = bytes_.substr(begin, at_ - begin);
    return v;
  }

  /// The count of a map's members if the next value is a map; then its keys and values follow.
  std::optional<std::uint32_t> enter_map() {
    const auto count = enter_msgpack_map(bytes_, at_); // truncated: reading it as a value says so
    if (count)
      ++depth_;
    return count;
  }

  [[nodiscard]] bool at_end() const noexcept { return at_ == bytes_.size(); }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t depth_;
  std::size_t depth_max_;
};

/// Only the whole `data` may be bytes.
constexpr bool may_be_bytes(std::optional<key> k) noexcept { return k == key::data; }

tl::expected<void, failure> read_members(envelope& into, value_reader& reader, std::uint32_t count,
                                         std::size_t depth_max, bool in_since) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto name = reader.next(false);
    if (!name)
      return tl::unexpected(name.error());
    if (name->kind != value_kind::text)
      return tl::unexpected(failure{error_code::bad_message, "not accepted: a map key is not a string"});
    const auto k = key_of(name->text, in_since);
    const auto v = reader.next(may_be_bytes(k));
    if (!v)
      return tl::unexpected(v.error());
    if (!k)
      continue;
    into.put(*k, *v);
    if (*k == key::since && v->kind == value_kind::object) {
      value_reader inner(v->raw, 1, depth_max);
      const auto inner_count = inner.enter_map();
      if (auto read = read_members(into, inner, inner_count.value_or(0), depth_max, true); !read)
        return read;
    }
  }
  return {};
}

tl::unexpected<failure> bytes_behind() {
  return tl::unexpected(failure{error_code::bad_message, "not accepted: bytes after the value"});
}

tl::expected<envelope, failure> read_envelope(std::string_view bytes, const decode_limits& limits) {
  envelope message;
  message.encoding = encoding::msgpack;
  value_reader reader(bytes, 0, limits.depth_max);
  if (const auto count = reader.enter_map()) {
    if (auto read = read_members(message, reader, *count, limits.depth_max, false); !read)
      return tl::unexpected(read.error());
    message.whole.kind = value_kind::object;
    message.whole.raw = bytes;
  } else {
    const auto v = reader.next(true);
    if (!v)
      return tl::unexpected(v.error());
    message.whole = *v;
  }
  if (!reader.at_end())
    return bytes_behind();
  return message;
}

} // namespace

tl::expected<value, failure> msgpack_value(std::string_view bytes, std::size_t depth_max) {
  value_reader reader(bytes, 0, depth_max);
  auto v = reader.next(true);
  if (v && !reader.at_end())
    return bytes_behind();
  return v;
}

tl::expected<envelope, decode_failure> msgpack_envelope(std::string_view bytes, const decode_limits& limits) {
  return read_envelope(bytes, limits).map_error([bytes](failure why) {
    return decode_failure{readable_id_in_msgpack(bytes), std::move(why)};
  });
}

} // namespace troupe::protocol
