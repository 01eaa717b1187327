#include "protocol/decode/command_reader.hpp"

#include "protocol/base64.hpp"
#include "protocol/names.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace troupe::protocol {

namespace {

constexpr std::size_t quoted_bytes_max = 40;
constexpr std::size_t epoch_bytes_max = 64;
constexpr double exact_integers_max = 9007199254740992.0; // 2^53

} // namespace

std::string in_quotes(std::string_view text) {
  if (text.size() <= quoted_bytes_max)
    return "\"" + std::string(text) + "\"";
  auto cut = quoted_bytes_max;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80)
    --cut;
  return "\"" + std::string(text.substr(0, cut)) + "…\"";
}

std::optional<std::int64_t> as_integer(const value& v) noexcept {
  if (v.kind == value_kind::integer)
    return v.integer;
  if (v.kind == value_kind::real && std::abs(v.real) <= exact_integers_max && std::trunc(v.real) == v.real)
    return static_cast<std::int64_t>(v.real);
  return std::nullopt;
}

namespace {

/// A number is written as clients' libraries please: signed, or with a fraction of zero.
std::optional<offset_t> offset_in(const nlohmann::json& v) {
  if (v.is_number_unsigned() || (v.is_number_integer() && v.get<std::int64_t>() >= 0))
    return v.get<offset_t>();
  value number;
  number.kind = value_kind::real;
  number.real = v.is_number_float() ? v.get<double>() : -1;
  const auto whole = as_integer(number);
  return whole && *whole >= 0 ? std::optional{static_cast<offset_t>(*whole)} : std::nullopt;
}

} // namespace

// -- keys of all kinds --------------------------------------------------------

request_id command_reader::id() {
  const auto* v = given(key::id);
  if (!v)
    return {};
  if (const auto number = as_integer(*v))
    return *number;
  if (v->kind == value_kind::text && v->text.size() <= id_bytes_max)
    return std::string(v->text);
  fail(key::id, "expected an integer of 64 bits or a string of at most 64 bytes");
  return {};
}

std::string command_reader::channel() {
  auto name = text(key::channel);
  if (failed_)
    return {};
  if (const auto why = channel_name_error(name))
    fail(key::channel, *why, error_code::bad_channel);
  return name;
}

std::string command_reader::event() {
  auto name = optional_text(key::event, event_name_bytes_max).value_or("");
  if (const auto why = event_name_error(name))
    fail(key::event, *why);
  return name;
}

payload command_reader::data() {
  const auto& v = message_[key::data];
  const auto* named = given(key::encoding);
  if (!named)
    return to_payload(message_, v);
  if (named->kind != value_kind::text || named->text != "base64") {
    fail(key::encoding, "expected \"base64\"");
    return {};
  }
  auto bytes = v.kind == value_kind::text ? decode_base64(v.text) : std::nullopt;
  if (!bytes) {
    fail(key::data, "expected a string of base64");
    return {};
  }
  return payload::binary(std::move(*bytes));
}

payload command_reader::params() { return to_payload(message_, message_[key::params]); }

std::optional<position> command_reader::since() {
  const auto* v = given(key::since);
  if (!v)
    return std::nullopt;
  if (v->kind != value_kind::object) {
    fail(key::since, "expected {epoch, offset}");
    return std::nullopt;
  }
  return position{text(key::since_epoch, epoch_bytes_max), count(key::since_offset)};
}

std::map<std::string, position> command_reader::positions() {
  std::map<std::string, position> all;
  const auto* v = given(key::positions);
  if (!v)
    return all;
  constexpr std::string_view expected = "expected {channel: {epoch, offset}}";
  if (v->kind != value_kind::object) {
    fail(key::positions, expected);
    return all;
  }
  try {
    const auto given_json = to_payload(message_, *v).value();
    for (const auto& [channel, at] : given_json.items()) {
      if (at.is_null())
        continue;
      if (const auto offset = offset_in(at.at("offset")))
        all.emplace(channel, position{at.at("epoch").get<std::string>(), *offset});
      else
        fail(key::positions, expected);
    }
  } catch (const nlohmann::json::exception&) {
    fail(key::positions, expected);
  }
  return all;
}

// -- by type ------------------------------------------------------------------

std::string command_reader::text(key k, std::size_t bytes_max) {
  if (!given(k))
    fail(k, "missing");
  return optional_text(k, bytes_max).value_or("");
}

std::optional<std::string> command_reader::optional_text(key k, std::size_t bytes_max) {
  const auto* v = given(k);
  if (!v)
    return std::nullopt;
  if (v->kind != value_kind::text)
    fail(k, "expected a string");
  else if (v->text.size() > bytes_max)
    fail(k, "longer than " + std::to_string(bytes_max) + " bytes");
  else
    return std::string(v->text);
  return std::nullopt;
}

bool command_reader::flag(key k, bool otherwise) {
  const auto* v = given(k);
  if (!v)
    return otherwise;
  if (v->kind != value_kind::boolean)
    fail(k, "expected true or false");
  return v->flag;
}

std::uint64_t command_reader::count(key k) {
  if (!given(k))
    fail(k, "missing");
  return optional_count(k, std::numeric_limits<std::uint64_t>::max()).value_or(0);
}

std::optional<std::uint64_t> command_reader::optional_count(key k, std::uint64_t max) {
  const auto* v = given(k);
  if (!v)
    return std::nullopt;
  const auto number = v->kind == value_kind::huge ? std::nullopt : as_integer(*v);
  if (v->kind != value_kind::huge && !number) {
    fail(k, "expected an integer");
    return std::nullopt;
  }
  if (number && *number < 0) {
    fail(k, "negative");
    return std::nullopt;
  }
  const auto result = number ? static_cast<std::uint64_t>(*number) : v->huge;
  if (result > max) {
    fail(k, "more than " + std::to_string(max));
    return std::nullopt;
  }
  return result;
}

// -- failing ------------------------------------------------------------------

void command_reader::fail(key k, std::string_view why, error_code code) {
  if (!failed_)
    failed_ = failure{code, std::string(name_of(k)) + ": " + std::string(why)};
}

const value* command_reader::given(key k) const noexcept {
  const auto& v = message_[k];
  return v.kind == value_kind::absent || v.kind == value_kind::null ? nullptr : &v;
}

} // namespace troupe::protocol
