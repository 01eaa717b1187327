// Header blocks: the scanner says the same however the bytes come, and a head that is accepted can be read in one way
// only: one length at most, one host, names and values without control characters. Input: one byte, the size of a
// fragment, and the bytes of a connection.

#include "tests/fuzz/require.hpp"
#include "transports/http_header.hpp"
#include "transports/http_upgrade.hpp"

#include <algorithm>

using namespace troupe;
using namespace troupe::transports;
using fuzz::require;

namespace {

constexpr std::size_t bytes_max = 1024;

head_scanner::verdict scanned(std::string_view bytes, std::size_t fragment) {
  head_scanner scanner;
  for (std::size_t end = 0; end < bytes.size();) {
    end = std::min(end + fragment, bytes.size());
    const auto verdict = scanner.look(bytes.substr(0, end), bytes_max);
    if (verdict.size != 0 || verdict.refusal)
      return verdict;
  }
  return {};
}

bool same(const head_scanner::verdict& a, const head_scanner::verdict& b) {
  if (a.refusal && b.refusal)
    return a.refusal->message == b.refusal->message;
  return a.size == b.size && a.refusal.has_value() == b.refusal.has_value();
}

std::size_t count(const http_head& head, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(head.headers.begin(), head.headers.end(), [&](const auto& field) { return field.first == name; }));
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

void check_framing(const http_head& head) {
  const auto lengths = count(head, "content-length");
  const auto codings = count(head, "transfer-encoding");
  require(lengths + codings <= 1, "a body has one length at most");
  require((head.framing == body_framing::chunked) == (codings == 1), "a coding is chunked");
  require(lengths == 1 || head.content_length == 0, "a length comes from its header");
  require((head.framing == body_framing::length) == (head.content_length > 0), "a length is one above zero");
  require(count(head, "host") <= 1 && (!head.http_1_1 || count(head, "host") == 1), "there is one host");
}

std::string written(const http_head& head) {
  std::string out = head.method + ' ' + head.target + (head.http_1_1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
  for (const auto& [name, value] : head.headers)
    out += name + ": " + value + "\r\n";
  return out + "\r\n";
}

void check_accepted(const http_head& head) {
  require(!head.method.empty() && head.method.size() <= method_bytes_max, "a method has a limit");
  require(!head.target.empty() && head.target.find(' ') == std::string::npos, "a target has no spaces");
  require(head.headers.size() <= header_fields_max, "header lines have a limit");
  for (const auto& [name, value] : head.headers) {
    require(!name.empty() && std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; }),
            "names are in lower case");
    require(!has_control(name) && !has_control(value), "no control characters");
    require(value.empty() || (value.front() != ' ' && value.back() != ' '), "values are trimmed");
  }
  check_framing(head);
  if (asks_for_websocket(head) && !check_websocket_upgrade(head))
    require(head.framing == body_framing::none && head.http_1_1, "an upgrade has no body");

  const auto again = parse_http_head(written(head));
  const auto* same_head = std::get_if<http_head>(&again);
  require(same_head && same_head->headers == head.headers && same_head->method == head.method &&
              same_head->target == head.target && same_head->framing == head.framing &&
              same_head->keep_alive == head.keep_alive,
          "a head that is written out means the same");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* given, std::size_t size) {
  if (size == 0)
    return 0;
  const std::size_t fragment = given[0] % 32 + 1;
  const auto bytes = fuzz::as_text(given + 1, size - 1);
  const auto whole = bytes.empty() ? head_scanner::verdict{} : head_scanner().look(bytes, bytes_max);
  require(same(whole, scanned(bytes, fragment)), "fragments and the whole get the same verdict");
  require(same(whole, scanned(bytes, 1)), "single bytes and the whole get the same verdict");
  require(whole.size <= std::min(bytes.size(), bytes_max), "a block is within the limit");
  if (whole.size != 0) {
    require(bytes.substr(0, whole.size).ends_with("\r\n\r\n"), "a block ends with an empty line");
    const auto head = parse_http_head(bytes.substr(0, whole.size));
    if (const auto* accepted = std::get_if<http_head>(&head))
      check_accepted(*accepted);
  }
  // What never went through the scanner must not hurt either.
  (void)parse_http_head(bytes);
  return 0;
}
