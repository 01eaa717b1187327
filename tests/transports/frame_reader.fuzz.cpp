// WebSocket frames: the same events however the bytes come, never more held than a message may have.
// Input: a byte, the size of a fragment, and the bytes of a client.

#include "tests/fuzz/require.hpp"
#include "transports/frame_reader.hpp"

#include <algorithm>
#include <string>

using namespace troupe;
using fuzz::require;
using transports::frame_reader;

namespace {

constexpr std::size_t bytes_max = 300; // small, so that fragments pass it

std::string events(std::string_view bytes, std::size_t fragment) {
  frame_reader reader(bytes_max);
  std::string all;
  for (std::size_t at = 0; at < bytes.size(); at += fragment) {
    std::string piece(bytes.substr(at, fragment));
    std::span<char> in(piece.data(), piece.size());
    for (auto e = reader.next(in); e != frame_reader::event::more; e = reader.next(in)) {
      all += static_cast<char>('0' + static_cast<int>(e));
      if (e == frame_reader::event::broken)
        return all += std::to_string(static_cast<unsigned>(reader.why()));
      require(reader.payload().size() <= bytes_max, "a message is within the limit");
      all.append(reader.payload()) += reader.is_text() ? 't' : 'b';
    }
    require(in.empty(), "a reader that wants more has taken all");
    require(reader.held() <= bytes_max, "what is held is within the limit");
  }
  return all;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* given, std::size_t size) {
  if (size < 1)
    return 0;
  const auto bytes = fuzz::as_text(given + 1, size - 1);
  const auto whole = events(bytes, std::max<std::size_t>(bytes.size(), 1));
  require(whole == events(bytes, given[0] % 32 + 1u), "fragments and the whole read the same");
  require(whole == events(bytes, 1), "single bytes and the whole read the same");
  return 0;
}
