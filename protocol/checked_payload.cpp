// Payloads of text and bytes that nobody has checked, and where it is wrong.

#include <troupe/payload.hpp>

#include "protocol/decoder.hpp"

#include <nlohmann/json.hpp>

#include <limits>
#include <optional>
#include <string>

namespace troupe {

namespace {

constexpr auto any_size = std::numeric_limits<std::size_t>::max();

/// Notes where a parser gives up.
struct giving_up final : nlohmann::json_sax<nlohmann::json> {
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t bytes_read, const std::string&, const nlohmann::detail::exception&) override {
    place = bytes_read == 0 ? 0 : bytes_read - 1;
    return false;
  }
  std::optional<std::size_t> place;
};

/// The bracket that opens one container too many, in text that is JSON up to there.
std::optional<std::size_t> too_deep_at(std::string_view text, std::size_t depth_max) {
  std::size_t open = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\')
      ++i;
    else if (c == '"')
      in_string = !in_string;
    else if (in_string)
      continue;
    else if (c == '}' || c == ']')
      --open;
    else if ((c == '{' || c == '[') && ++open > depth_max) {
      const auto next = text.find_first_not_of(" \t\r\n", i + 1);
      if (next == std::string_view::npos || (text[next] != '}' && text[next] != ']'))
        return i;
    }
  }
  return std::nullopt;
}

/// Nothing: another parser would take it.
std::optional<std::size_t> place_in_json(std::string_view text, std::size_t depth_max, std::string_view reason) {
  if (reason.starts_with("not accepted: nested"))
    return too_deep_at(text, depth_max);
  if (text.starts_with("\xef\xbb\xbf")) // that parser leaves it out
    return 0;
  giving_up found;
  nlohmann::json::sax_parse(text, &found);
  return found.place;
}

/// As many bytes as can be read before one is refused. With more it stays refused: the first that is wrong decides.
std::size_t place_in_msgpack(std::string_view bytes, std::size_t depth_max) {
  std::size_t good = 0, bad = bytes.size() + 1; // so many are taken, or but too few; so many are refused
  while (bad - good > 1) {
    const auto half = good + (bad - good) / 2;
    const auto read = protocol::read_msgpack(bytes.substr(0, half), {any_size, depth_max});
    const bool refused = !read && !read.error().message.ends_with("truncated");
    (refused ? bad : good) = half;
  }
  return good;
}

[[noreturn]] void fail(std::optional<std::size_t> place, const std::string& reason) {
  throw payload_error((place ? "byte " + std::to_string(*place) + ": " : std::string()) + reason);
}

} // namespace

payload payload::checked_json(std::string_view text, std::size_t depth_max) {
  auto read = protocol::read_json(text, {any_size, depth_max});
  if (!read)
    fail(place_in_json(text, depth_max, read.error().message), read.error().message);
  return *std::move(read);
}

payload payload::checked_msgpack(std::string_view bytes, std::size_t depth_max) {
  auto read = protocol::read_msgpack(bytes, {any_size, depth_max});
  if (!read)
    fail(place_in_msgpack(bytes, depth_max), read.error().message);
  return *std::move(read);
}

} // namespace troupe
