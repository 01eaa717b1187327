#include "transports/http_header.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::transports {

namespace {

constexpr http_refusal bad_line_ending{400, "bad_line_ending", "lines end with CR LF"};
constexpr http_refusal bad_request_line{400, "bad_request_line", "the request line is not `METHOD /path HTTP/1.1`"};
constexpr http_refusal bad_method{400, "bad_method", "the method is not a token"};
constexpr http_refusal bad_version{505, "bad_version", "this server speaks HTTP/1.1"};
constexpr http_refusal bad_header_name{400, "bad_header", "a header name is not a token followed by a colon"};
constexpr http_refusal bad_header_value{400, "bad_header", "a header value has control characters"};
constexpr http_refusal folded_header{400, "bad_header", "a header line begins with a space"};
constexpr http_refusal too_many_headers{431, "too_many_headers", "the request has too many header lines"};
constexpr http_refusal header_too_large{431, "header_too_large", "the request header is too large"};
constexpr http_refusal missing_host{400, "bad_host", "the Host header is missing"};
constexpr http_refusal doubled_host{400, "bad_host", "the Host header is there twice"};
constexpr http_refusal bad_host{400, "bad_host", "the Host header is no host"};
constexpr http_refusal bad_length{400, "bad_length", "Content-Length is not one number"};
constexpr http_refusal two_lengths{400, "two_lengths", "the body has two lengths"};
constexpr http_refusal unknown_coding{501, "unknown_coding", "the only transfer coding is chunked"};
constexpr http_refusal early_coding{400, "unknown_coding", "HTTP/1.0 has no transfer codings"};
constexpr http_refusal bad_expectation{417, "bad_expectation", "the only expectation is 100-continue"};

constexpr bool is_token_char(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
    return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_field_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

bool is_target_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7f;
}

/// uri-host [":" port] (RFC 3986 section 3.2.2), no user information.
bool is_host_char(char c) {
  return is_token_char(c) || c == ':' || c == '[' || c == ']' || c == '(' || c == ')' || c == ';' || c == '=';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Takes one line off `block`, without its CRLF.
std::string_view next_line(std::string_view& block) {
  const std::size_t end = std::min(block.find("\r\n"), block.size());
  const std::string_view line = block.substr(0, end);
  block.remove_prefix(std::min(end + 2, block.size()));
  return line;
}

std::optional<http_refusal> check_version(std::string_view text, http_head& head) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 8 || !text.starts_with("HTTP/") || !digit(text[5]) || text[6] != '.' || !digit(text[7]))
    return bad_request_line;
  if (text[5] != '1')
    return bad_version;
  head.http_1_1 = text[7] != '0'; // RFC 9110 section 2.5: a higher minor version is read as ours
  return std::nullopt;
}

std::optional<http_refusal> parse_request_line(std::string_view line, http_head& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  const std::string_view method = line.substr(0, std::min(first, line.size()));
  if (!is_token(method) || method.size() > method_bytes_max)
    return bad_method;
  if (first == last) // also HTTP/0.9, which has no version
    return bad_request_line;
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (target.empty() || !std::all_of(target.begin(), target.end(), is_target_char))
    return bad_request_line;
  head.method = method;
  head.target = target;
  return check_version(line.substr(last + 1), head);
}

std::optional<http_refusal> parse_field(std::string_view line, http_head& head) {
  if (line.starts_with(' ') || line.starts_with('\t'))
    return folded_header;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return bad_header_name;
  const std::string_view value = line.substr(colon + 1);
  if (!std::all_of(value.begin(), value.end(), is_field_char))
    return bad_header_value;
  if (head.headers.size() == header_fields_max)
    return too_many_headers;
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(), lower);
  head.headers.emplace_back(std::move(name), trimmed(value));
  return std::nullopt;
}

// -- fields with a meaning ----------------------------------------------------

struct framing_fields {
  const std::string* host = nullptr;
  const std::string* length = nullptr;
  const std::string* coding = nullptr;
  const std::string* expect = nullptr;
  bool two_hosts = false, two_lengths = false, two_codings = false;
  bool close = false, keep = false;
};

framing_fields collect(const http_head& head) {
  framing_fields f;
  for (const auto& [name, value] : head.headers) {
    if (name == "host")
      f.two_hosts |= std::exchange(f.host, &value) != nullptr;
    else if (name == "content-length")
      f.two_lengths |= std::exchange(f.length, &value) != nullptr;
    else if (name == "transfer-encoding")
      f.two_codings |= std::exchange(f.coding, &value) != nullptr;
    else if (name == "expect")
      f.expect = &value;
    else if (name == "connection") {
      f.close |= has_token(value, "close");
      f.keep |= has_token(value, "keep-alive");
    }
  }
  return f;
}

std::optional<http_refusal> check_host(const framing_fields& f, const http_head& head) {
  if (f.two_hosts)
    return doubled_host;
  if (!f.host)
    return head.http_1_1 ? std::optional(missing_host) : std::nullopt;
  return std::all_of(f.host->begin(), f.host->end(), is_host_char) ? std::nullopt : std::optional(bad_host);
}

/// RFC 9112 section 6.3, without its leniencies.
std::optional<http_refusal> check_framing(const framing_fields& f, http_head& head) {
  if (f.two_lengths || (f.length && f.coding))
    return two_lengths;
  if (f.coding) {
    if (!head.http_1_1)
      return early_coding;
    if (f.two_codings || !equal_ignoring_case(*f.coding, "chunked"))
      return unknown_coding;
    head.framing = body_framing::chunked;
  }
  if (f.length) {
    const char* end = f.length->data() + f.length->size();
    const auto [at, error] = std::from_chars(f.length->data(), end, head.content_length);
    if (error != std::errc() || at != end)
      return bad_length;
    head.framing = head.content_length == 0 ? body_framing::none : body_framing::length;
  }
  return std::nullopt;
}

std::optional<http_refusal> check_fields(http_head& head) {
  const framing_fields f = collect(head);
  if (const auto refusal = check_host(f, head))
    return refusal;
  if (const auto refusal = check_framing(f, head))
    return refusal;
  head.keep_alive = !f.close && (head.http_1_1 || f.keep);
  if (f.expect && head.http_1_1) {
    if (!equal_ignoring_case(*f.expect, "100-continue"))
      return bad_expectation;
    head.expects_continue = true;
  }
  return std::nullopt;
}

} // namespace

// -- the block ----------------------------------------------------------------

std::variant<http_head, http_refusal> parse_http_head(std::string_view block) {
  http_head head;
  if (const auto refusal = parse_request_line(next_line(block), head))
    return *refusal;
  for (std::string_view line = next_line(block); !line.empty(); line = next_line(block))
    if (const auto refusal = parse_field(line, head))
      return *refusal;
  if (const auto refusal = check_fields(head))
    return *refusal;
  return head;
}

head_scanner::verdict head_scanner::look(std::string_view bytes, std::size_t bytes_max) {
  if (!bytes.empty() && !is_token_char(bytes.front()))
    return {0, bad_method};
  const std::string_view window = bytes.substr(0, bytes_max);
  for (;;) {
    const std::size_t feed = window.find('\n', looked_);
    if (feed == std::string_view::npos)
      break;
    if (feed == 0 || window[feed - 1] != '\r')
      return {0, bad_line_ending};
    if (feed - 1 == line_)
      return {feed + 1, {}};
    if (http_head head; line_ == 0)
      if (auto refusal = parse_request_line(window.substr(0, feed - 1), head))
        return {0, refusal};
    line_ = looked_ = feed + 1;
  }
  looked_ = window.size();
  if (bytes.size() >= bytes_max)
    return {0, header_too_large};
  return {};
}

// -- tokens -------------------------------------------------------------------

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool has_token(std::string_view value, std::string_view token) noexcept {
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    if (equal_ignoring_case(trimmed(value.substr(0, comma)), token))
      return true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return false;
}

} // namespace troupe::transports
