#include "transports/control_frame.hpp"
#include "transports/message_buffer.hpp"

#include <catch2/catch.hpp>

#include <cstring>

namespace troupe::transports::test {

TEST_CASE("a close frame has code and reason, or nothing") {
  CHECK(close_frame(0, "ignored") == std::string("\x88\x00", 2));
  CHECK(close_frame(1000, "") == "\x88\x02\x03\xe8");
  CHECK(close_frame(4001, "no pong") == "\x88\x09\x0f\xa1no pong");
  CHECK(close_frame(1000, "bad \xff") == "\x88\x02\x03\xe8");
}

TEST_CASE("a long reason is cut between two characters") {
  const std::string euro = "\xe2\x82\xac";
  CHECK(close_frame(1000, std::string(123, 'x')).size() == 127);
  CHECK(close_frame(1000, std::string(200, 'x')).size() == 127);
  for (std::size_t before = 119; before <= 123; ++before) {
    const std::string frame = close_frame(1000, std::string(before, 'x') + euro + euro);
    CAPTURE(before);
    CHECK(frame.size() == 4 + (before + 3 <= 123 ? before + 3 : before));
    CHECK(static_cast<std::size_t>(static_cast<unsigned char>(frame[1])) == frame.size() - 2);
  }
}

TEST_CASE("a text that breaks off within a character is told from one that does not") {
  for (const char* whole : {"", "a", "\xc3\xbc", "a\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
    CAPTURE(whole);
    CHECK(!ends_within_character(whole));
    const std::string text = whole;
    for (std::size_t n = 1; n < text.size(); ++n)
      CHECK(ends_within_character(std::string_view(text).substr(0, n)) == (text[0] != 'a' || n > 1));
  }
}

TEST_CASE("a message buffer grows with what arrives, not with what was announced") {
  message_buffer b;
  std::string expected;
  CHECK(b.bytes().empty());
  for (std::size_t i = 0; expected.size() < 200'000; ++i) {
    const auto room = b.room(SIZE_MAX); // the peer announced the world
    REQUIRE(!room.empty());
    CHECK(room.size() <= std::max(expected.size(), message_buffer::step_bytes_max));
    const std::size_t n = std::min<std::size_t>(room.size(), 1000);
    std::memset(room.data(), 'a' + static_cast<int>(i % 26), n);
    expected.append(n, static_cast<char>('a' + i % 26));
    b.commit(n);
  }
  CHECK(b.bytes() == expected);
  b.release();
  CHECK(b.bytes().empty());
  CHECK(b.room(1).size() == 80);
}

} // namespace troupe::transports::test
