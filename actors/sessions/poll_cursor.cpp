#include "actors/sessions/poll_cursor.hpp"

#include "protocol/base64.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace troupe::actors {

namespace {

/// The alphabet of RFC 4648 section 5, without padding: safe in a query.
std::string to_url_alphabet(std::string base64) {
  while (base64.ends_with('='))
    base64.pop_back();
  for (auto& c : base64)
    c = c == '+' ? '-' : c == '/' ? '_' : c;
  return base64;
}

std::string from_url_alphabet(std::string_view text) {
  std::string base64{text};
  for (auto& c : base64)
    c = c == '-' ? '+' : c == '_' ? '/' : c;
  return base64;
}

/// Throws for what is no count: a forged number with a fraction, or NaN, has no conversion.
std::uint64_t count(const nlohmann::json& value) {
  return value.get_ref<const nlohmann::json::number_unsigned_t&>();
}

} // namespace

std::string poll_cursor::to_text() const {
  auto places_json = nlohmann::json::array();
  for (const auto& p : positions)
    places_json.push_back({p.channel, p.at.epoch, p.at.offset, p.entry, p.acked});
  const auto bytes = nlohmann::json::to_msgpack({token, user, std::move(places_json)});
  std::string base64;
  protocol::append_base64(base64, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return to_url_alphabet(std::move(base64));
}

std::optional<poll_cursor> poll_cursor::from_text(std::string_view text) try {
  const auto bytes = protocol::decode_base64(from_url_alphabet(text));
  if (!bytes)
    return std::nullopt;
  const auto read = nlohmann::json::from_msgpack(*bytes);
  poll_cursor c{read.at(0).get<std::string>(), read.at(1).get<std::string>(), {}};
  for (const auto& p : read.at(2))
    c.positions.push_back(
        {p.at(0).get<std::string>(), {p.at(1).get<std::string>(), count(p.at(2))}, count(p.at(3)), count(p.at(4))});
  return c;
} catch (const nlohmann::json::exception&) {
  return std::nullopt;
}

} // namespace troupe::actors
