// The cursor that a poll sends back, forged or not: what is read is written again the same. Input: the text of a cursor.

#include "actors/sessions/poll_cursor.hpp"
#include "tests/fuzz/require.hpp"

#include <algorithm>

using namespace troupe;
using actors::poll_cursor;
using fuzz::require;

namespace {

bool same(const poll_cursor& a, const poll_cursor& b) {
  return a.token == b.token && a.user == b.user &&
         std::equal(a.positions.begin(), a.positions.end(), b.positions.begin(), b.positions.end(), [](const auto& x, const auto& y) {
           return x.channel == y.channel && x.at == y.at && x.entry == y.entry && x.acked == y.acked;
         });
}

bool is_safe_in_query(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.' || c == '~';
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto cursor = poll_cursor::from_text(fuzz::as_text(bytes, size));
  if (!cursor)
    return 0;
  const auto text = cursor->to_text();
  require(std::all_of(text.begin(), text.end(), is_safe_in_query), "a cursor is safe in a query");
  const auto again = poll_cursor::from_text(text);
  require(again && same(*again, *cursor), "a cursor is read as it was written");
  return 0;
}
