// Request targets: what is accepted is decoded text, and written out again, escaped, means the same.

#include "protocol/names.hpp"
#include "tests/fuzz/require.hpp"
#include "transports/http_target.hpp"

#include <algorithm>

using namespace troupe;
using fuzz::require;
using transports::http_target;

namespace {

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
}

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_plain(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += hex[byte >> 4];
    out += hex[byte & 15];
  }
}

std::string written(const http_target& t) {
  std::string out = t.authority.empty() ? "" : "http://" + t.authority;
  out += '/';
  append_escaped(out, std::string_view(t.path).substr(1));
  for (std::size_t i = 0; i < t.query.size(); ++i) {
    out += i == 0 ? '?' : '&';
    append_escaped(out, t.query[i].first);
    out += '=';
    append_escaped(out, t.query[i].second);
  }
  return out;
}

void require_text(std::string_view text) {
  require(protocol::is_utf8(text), "what is decoded is UTF-8");
  require(
      std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }),
      "what is decoded has no control characters");
}

void check_accepted(const http_target& t) {
  require(t.query.size() <= transports::query_parameters_max, "parameters have a limit");
  require_text(t.path);
  for (const auto& [name, value] : t.query) {
    require_text(name);
    require_text(value);
  }
  if (t.path == "*")
    return;
  require(t.path.starts_with('/'), "a path begins with a slash");
  http_target again;
  require(!transports::parse_http_target("GET", written(t), again), "a target that is written out is one");
  require(again.path == t.path && again.authority == t.authority && again.query == t.query,
          "a target that is written out means the same");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto text = fuzz::as_text(bytes, size);
  http_target target;
  if (const auto refusal = transports::parse_http_target("GET", text, target))
    require(refusal->status == 400 && !refusal->message.empty(), "a refusal says why");
  else
    check_accepted(target);

  if (const auto decoded = transports::decode_percent(text, true)) {
    std::string escaped;
    append_escaped(escaped, *decoded);
    require(transports::decode_percent(escaped, true) == decoded, "what is escaped decodes to itself");
  }
  return 0;
}
