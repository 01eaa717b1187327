// The requests of a connection: the same ones, in the same order, with the same end, however the bytes come; bodies
// within their limit. Input: one byte, the size of a fragment, and the bytes of a connection.

#include <utility>

#include "protocol/names.hpp"
#include "tests/fuzz/require.hpp"
#include "transports/request_reader.hpp"

#include <algorithm>

using namespace troupe;
using fuzz::require;
using transports::http_request;
using transports::request_reader;

namespace {

constexpr std::size_t header_bytes_max = 1024;
constexpr std::size_t body_bytes_max = 64;
using state = request_reader::state;

struct reading {
  std::vector<http_request> requests;
  state end = state::more;
  std::string_view why;
  bool begun = false;
  std::string behind_upgrade;
};

void take_all(request_reader& reader, reading& into) {
  while (into.end == state::ready) {
    into.requests.push_back(reader.take());
    if (into.requests.back().upgrade)
      return;
    into.end = reader.advance();
  }
}

reading read(std::string_view bytes, std::size_t fragment) {
  request_reader reader(header_bytes_max, body_bytes_max);
  reading r;
  while (!bytes.empty() && r.end == state::more) {
    r.end = reader.feed(bytes.substr(0, fragment));
    bytes.remove_prefix(std::min(fragment, bytes.size()));
    take_all(reader, r);
  }
  if (r.end == state::ready)
    r.behind_upgrade = reader.take_rest().append(bytes);
  if (r.end == state::refused)
    r.why = reader.why().message;
  r.begun = r.end == state::more && reader.begun();
  return r;
}

bool same(const http_request& a, const http_request& b) {
  return a.method == b.method && a.path == b.path && a.query == b.query && a.headers == b.headers && a.body == b.body &&
         a.keep_alive == b.keep_alive && a.upgrade == b.upgrade;
}

bool same(const reading& a, const reading& b) {
  return a.end == b.end && a.why == b.why && a.begun == b.begun && a.behind_upgrade == b.behind_upgrade &&
         std::equal(a.requests.begin(), a.requests.end(), b.requests.begin(), b.requests.end(),
                    [](const auto& x, const auto& y) { return same(x, y); });
}

void check(const http_request& r) {
  require(r.body.size() <= body_bytes_max, "a body is within the limit");
  require(r.path.starts_with('/') || (r.path == "*" && r.method == "OPTIONS"), "a path begins with a slash");
  require(protocol::is_utf8(r.path), "a path is text");
  require(!r.upgrade || (r.method == "GET" && r.body.empty()), "an upgrade is a GET without body");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* given, std::size_t size) {
  if (size == 0)
    return 0;
  const auto bytes = fuzz::as_text(given + 1, size - 1);
  const auto whole = read(bytes, std::max<std::size_t>(bytes.size(), 1));
  require(same(whole, read(bytes, given[0] % 64 + 1)), "fragments and the whole are the same requests");
  require(same(whole, read(bytes, 1)), "single bytes and the whole are the same requests");
  for (const auto& r : whole.requests)
    check(r);
  return 0;
}
