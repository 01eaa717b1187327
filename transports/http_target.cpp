#include "transports/http_target.hpp"

#include "protocol/names.hpp"
#include "transports/http_header.hpp"

#include <algorithm>

namespace troupe::transports {

namespace {

constexpr http_refusal bad_target{400, "bad_target", "the request target is not a path"};
constexpr http_refusal bad_escape{400, "bad_target", "the request target does not decode to text"};
constexpr http_refusal too_many_parameters{400, "too_many_parameters", "the query has too many parameters"};

int hex(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

/// Splits `http://authority/path?query`. False if it is none.
bool split_absolute(std::string_view& target, std::string& authority) {
  constexpr std::string_view schemes[] = {"http://", "https://"};
  for (const std::string_view scheme : schemes) {
    if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme)) // RFC 3986 section 3.1
      continue;
    target.remove_prefix(scheme.size());
    const std::size_t end = std::min(target.find_first_of("/?"), target.size());
    authority = target.substr(0, end);
    target.remove_prefix(end);
    return !authority.empty() && authority.find('@') == std::string::npos;
  }
  return false;
}

std::optional<http_refusal> parse_query(std::string_view text, http_target& into) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty())
      continue;
    if (into.query.size() == query_parameters_max)
      return too_many_parameters;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = decode_percent(pair.substr(0, equals), true);
    auto value = decode_percent(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value)
      return bad_escape;
    into.query.emplace_back(std::move(*name), std::move(*value));
  }
  return std::nullopt;
}

} // namespace

std::optional<std::string> decode_percent(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0)
        return std::nullopt;
      c = static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (is_control(c))
      return std::nullopt;
    out += c;
  }
  if (!protocol::is_utf8(out))
    return std::nullopt;
  return out;
}

std::optional<http_refusal> parse_http_target(std::string_view method, std::string_view target, http_target& into) {
  into = {};
  if (target == "*") {
    into.path = "*";
    return method == "OPTIONS" ? std::nullopt : std::optional(bad_target);
  }
  if (target.find('#') != std::string_view::npos)
    return bad_target;
  if (!target.starts_with('/') && !split_absolute(target, into.authority))
    return bad_target;

  const std::size_t question = std::min(target.find('?'), target.size());
  auto path = decode_percent(target.substr(0, question), false);
  if (!path)
    return bad_escape;
  into.path = path->empty() ? "/" : std::move(*path);
  return parse_query(target.substr(std::min(question + 1, target.size())), into);
}

} // namespace troupe::transports
