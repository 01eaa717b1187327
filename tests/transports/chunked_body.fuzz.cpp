// Chunked bodies: the same verdict, body and rest however the bytes come, never more than the limit, and a body that is
// written in chunks reads back. Input: two bytes, the sizes of a fragment and of a chunk, and the bytes of a
// connection.

#include "tests/fuzz/require.hpp"
#include "transports/chunked_body.hpp"

#include <algorithm>
#include <charconv>

using namespace troupe;
using fuzz::require;
using transports::chunked_body;

namespace {

constexpr std::size_t bytes_max = 64; // small, so that several chunks pass it
using state = chunked_body::state;

struct reading {
  state verdict = state::more;
  std::string_view why;
  std::string body;
  std::size_t taken = 0;

  bool operator==(const reading&) const = default;
};

reading read(std::string_view bytes, std::size_t fragment) {
  chunked_body body;
  reading r;
  while (r.taken < bytes.size() && r.verdict == state::more) {
    auto in = bytes.substr(r.taken, fragment);
    const auto given = in.size();
    r.verdict = body.feed(in, r.body, bytes_max);
    r.taken += given - in.size();
    require(r.verdict != state::more || in.empty(), "a body that wants more has taken all");
  }
  if (r.verdict == state::refused)
    r.why = body.why().message;
  require(r.body.size() <= bytes_max, "a body is within the limit");
  return r;
}

std::string chunked(std::string_view body, std::size_t chunk) {
  std::string out;
  while (!body.empty()) {
    const auto part = body.substr(0, chunk);
    char digits[16];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, part.size(), 16).ptr) += "\r\n";
    out.append(part) += "\r\n";
    body.remove_prefix(part.size());
  }
  return out + "0\r\n\r\n";
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* given, std::size_t size) {
  if (size < 2)
    return 0;
  const auto bytes = fuzz::as_text(given + 2, size - 2);
  const auto whole = read(bytes, std::max<std::size_t>(bytes.size(), 1));
  require(whole == read(bytes, given[0] % 32 + 1u), "fragments and the whole read the same");
  require(whole == read(bytes, 1), "single bytes and the whole read the same");
  if (whole.verdict == state::done)
    require(bytes.substr(0, whole.taken).ends_with("\r\n"), "a body ends with its last line");

  const auto body = bytes.substr(0, bytes_max);
  const auto again = read(chunked(body, given[1] + 1u) + "GET / HTTP/1.1\r\n", given[0] % 32 + 1u);
  require(again.verdict == state::done && again.body == body, "what is written in chunks reads back");
  require(again.taken == chunked(body, given[1] + 1u).size(), "the next request is left alone");
  return 0;
}
