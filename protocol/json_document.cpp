#include "protocol/json_document.hpp"

#include "protocol/json_numbers.hpp"

#include <algorithm>
#include <string>

namespace troupe::protocol {

namespace {

/// A parser that grew past this for one document is replaced before the next.
constexpr std::size_t parser_bytes_kept_max = 1024 * 1024;

constexpr bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string reason_of(simdjson::error_code error, std::string_view bytes, std::size_t depth_max) {
  switch (error) {
    case simdjson::EMPTY: return "not JSON: empty";
    case simdjson::DEPTH_ERROR: return "not accepted: nested deeper than " + std::to_string(depth_max);
    case simdjson::UTF8_ERROR: return "not JSON: not UTF-8";
    case simdjson::NUMBER_ERROR:
      return has_only_numbers_of_good_form(bytes) ? "not accepted: a number is beyond what a double can be"
                                                  : "not JSON: a number is malformed";
    case simdjson::STRING_ERROR:
    case simdjson::UNESCAPED_CHARS:
    case simdjson::UNCLOSED_STRING: return "not JSON: a string is malformed";
    default: return "not JSON";
  }
}

/// One for what clients send and one for what is trusted: a parser that changes its depth allocates anew.
simdjson::dom::parser& parser_for(std::size_t bytes, std::size_t depth_max) {
  thread_local simdjson::dom::parser bounded, trusted;
  auto& parser = depth_max == trusted_depth_max ? trusted : bounded;
  if (parser.capacity() > parser_bytes_kept_max && bytes <= parser_bytes_kept_max)
    parser = simdjson::dom::parser();
  return parser;
}

} // namespace

tl::expected<simdjson::dom::element, failure> parse_json(std::string_view bytes, std::size_t depth_max) {
  const auto fail = [&](simdjson::error_code error) {
    return tl::unexpected(failure{error_code::bad_message, reason_of(error, bytes, depth_max)});
  };
  if (bytes.empty())
    return fail(simdjson::EMPTY); // simdjson copies from it even where it is null
  if (bytes.starts_with("\xef\xbb\xbf"))
    return fail(simdjson::TAPE_ERROR);
  auto& parser = parser_for(bytes.size(), depth_max);
  if (parser.max_depth() != depth_max + 1 || parser.capacity() < bytes.size())
    if (const auto error = parser.allocate(std::max(bytes.size(), parser.capacity()), depth_max + 1))
      return fail(error);
  simdjson::dom::element element;
  auto error = parser.parse(bytes.data(), bytes.size()).get(element);
  if (error && error != simdjson::UTF8_ERROR)
    if (const auto narrower = with_wide_integers_as_doubles(bytes))
      error = parser.parse(*narrower).get(element);
  if (error)
    return fail(error);
  return element;
}

std::string_view trim_json(std::string_view bytes) noexcept {
  while (!bytes.empty() && is_space(bytes.front()))
    bytes.remove_prefix(1);
  while (!bytes.empty() && is_space(bytes.back()))
    bytes.remove_suffix(1);
  return bytes;
}

// -- raw_values --------------------------------------------------------------

raw_values::raw_values(std::string_view container) noexcept
    : text_(trim_json(container)), has_keys_(text_.starts_with('{')) {}

std::string_view raw_values::next() noexcept {
  ++at_; // the brace or bracket, or the comma after the last value
  skip_space();
  if (has_keys_) {
    skip_string();
    skip_space();
    ++at_; // the colon
    skip_space();
  }
  const auto begin = at_;
  skip_value();
  const auto value = text_.substr(begin, at_ - begin);
  skip_space();
  return value;
}

void raw_values::skip_space() noexcept {
  while (at_ < text_.size() && is_space(text_[at_]))
    ++at_;
}

void raw_values::skip_string() noexcept {
  for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
    if (text_[at_] == '\\')
      ++at_;
  ++at_;
}

void raw_values::skip_value() noexcept {
  if (text_[at_] == '"')
    return skip_string();
  if (text_[at_] != '{' && text_[at_] != '[') {
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '}' && text_[at_] != ']' && !is_space(text_[at_]))
      ++at_;
    return;
  }
  std::size_t open = 0;
  do {
    switch (text_[at_]) {
      case '"': skip_string(); continue;
      case '{':
      case '[': ++open; break;
      case '}':
      case ']': --open; break;
      default: break;
    }
    ++at_;
  } while (open != 0 && at_ < text_.size());
}

// -- parts --------------------------------------------------------------------

std::vector<json_part> json_parts(std::string_view valid) {
  std::vector<json_part> parts;
  const auto document = parse_json(valid, trusted_depth_max);
  if (!document)
    return parts;
  raw_values raw(valid);
  if (document->type() == simdjson::dom::element_type::OBJECT) {
    for (const auto member : known_as<simdjson::dom::object>(*document))
      parts.push_back({std::string{member.key}, raw.next()});
  } else if (document->type() == simdjson::dom::element_type::ARRAY) {
    const auto elements = known_as<simdjson::dom::array>(*document);
    for (auto left = elements.size(); left > 0; --left)
      parts.push_back({{}, raw.next()});
  }
  return parts;
}

} // namespace troupe::protocol
