#include "transports/control_frame.hpp"

#include <catch2/catch.hpp>


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
    CHECK(incomplete_bytes(whole) == 0);
    const std::string text = whole;
    const std::size_t first = text[0] == 'a' ? 1 : 0; // of the character that breaks off
    for (std::size_t n = 1; n < text.size(); ++n)
      CHECK(incomplete_bytes(std::string_view(text).substr(0, n)) == n - first);
  }
}

TEST_CASE("a pong has the payload of its ping") {
  CHECK(pong_frame("") == std::string("\x8a\x00", 2));
  CHECK(pong_frame("ab") == "\x8a\x02" "ab");
}

} // namespace troupe::transports::test
