#include "actors/sessions/poll_cursor.hpp"

#include "protocol/base64.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace troupe::actors {

namespace {

constexpr char separator = '~'; // stands in no token, and needs no escape in a query

bool is_token_text(std::string_view text) {
  constexpr std::string_view safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  return text.find_first_not_of(safe) == std::string_view::npos;
}

/// Throws for what is no count: a forged number with a fraction, or NaN, has no conversion.
std::uint64_t number(const nlohmann::json& value) {
  return value.get_ref<const nlohmann::json::number_unsigned_t&>();
}

/// Lets nothing through that is nested deeper than a cursor: whoever forges one would have us read it on all of our stack.
class shallow final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return ++depth_ <= depth_max; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return --depth_, true; }
  bool start_array(std::size_t) override { return ++depth_ <= depth_max; }
  bool end_array() override { return --depth_, true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

 private:
  static constexpr int depth_max = 3; // all, the places, a place
  int depth_ = 0;
};

} // namespace

std::string poll_cursor::to_text() const {
  auto places_json = nlohmann::json::array();
  for (const auto& p : positions)
    places_json.push_back({p.channel, p.at.epoch, p.at.offset, p.entry, p.acked});
  const auto bytes = nlohmann::json::to_msgpack({user, std::move(places_json), count, envelopes, said});
  auto text = token + separator;
  protocol::append_base64url(text, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return text;
}

std::string_view poll_cursor::token_of(std::string_view text) noexcept {
  const auto end = text.rfind(separator);
  return end == std::string_view::npos ? std::string_view{} : text.substr(0, end);
}

std::optional<poll_cursor> poll_cursor::from_text(std::string_view text) try {
  const auto token = token_of(text);
  if (token.empty() || !is_token_text(token))
    return std::nullopt;
  const auto bytes = protocol::decode_base64url(text.substr(token.size() + 1));
  if (!bytes)
    return std::nullopt;
  shallow check;
  if (!nlohmann::json::sax_parse(*bytes, &check, nlohmann::json::input_format_t::msgpack))
    return std::nullopt;
  const auto read = nlohmann::json::from_msgpack(*bytes);
  poll_cursor c{std::string{token}, read.at(0).get<std::string>(), {}, number(read.at(2)),
                read.at(3).get<bool>(), number(read.at(4))};
  for (const auto& p : read.at(1))
    c.positions.push_back(
        {p.at(0).get<std::string>(), {p.at(1).get<std::string>(), number(p.at(2))}, number(p.at(3)), number(p.at(4))});
  return c;
} catch (const nlohmann::json::exception&) {
  return std::nullopt;
}

} // namespace troupe::actors
