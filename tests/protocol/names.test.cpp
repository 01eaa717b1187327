#include "protocol/names.hpp"

#include <catch2/catch.hpp>

namespace troupe::protocol::test {

TEST_CASE("channel names are printable UTF-8 of 1 to 255 bytes") {
  for (const std::string good : {"a", "room:42", "a b/c%d&e", "grüezi", "\xf0\x9f\x98\x80", "$x", "*", " "})
    CHECK_FALSE(channel_name_error(good));
  CHECK_FALSE(channel_name_error(std::string(255, 'x')));
  CHECK(channel_name_error("") == "empty");
  CHECK(channel_name_error(std::string(256, 'x')) == "longer than 255 bytes");
  for (const std::string bad : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xc3"})
    CHECK(channel_name_error(bad) == "not UTF-8");
  for (const std::string& bad : {std::string("\n"), std::string("a\rb"), std::string("a\0b", 3), std::string("\x7f"),
                                std::string("\xc2\x80"), std::string("\xc2\x9f"), std::string("x\xe2\x80\xa8"),
                                std::string("\xe2\x80\xa9")})
    CHECK(channel_name_error(bad) == "contains a control character");
  for (const std::string good : {"\xc2\xa0", "\xe2\x80\xaa", "\xe2\x80\xa7", "\xc3\x80"})
    CHECK_FALSE(channel_name_error(good));
}

TEST_CASE("event names may be empty and have at most 64 bytes") {
  CHECK_FALSE(event_name_error(""));
  CHECK_FALSE(event_name_error(std::string(64, 'e')));
  CHECK(event_name_error(std::string(65, 'e')) == "longer than 64 bytes");
  CHECK(event_name_error("a\nb"));
}

TEST_CASE("what a stream uses itself is reserved") {
  for (const char* name : {"open", "error", "gap", "$", "$presence"})
    CHECK(is_reserved_event(name));
  for (const char* name : {"", "opened", "Error", "message", "a$"})
    CHECK_FALSE(is_reserved_event(name));
}

TEST_CASE("a pattern is a name, or a prefix with a star at its end") {
  for (const char* good : {"lobby", "room:*", "*"})
    CHECK_FALSE(pattern_error(good));
  CHECK(pattern_error("") == "empty");
  CHECK(pattern_error("a*b") == "`*` may only be the last character");
  CHECK(pattern_error("a**") == "`*` may only be the last character");
  CHECK(pattern_error("a\n*"));
}

} // namespace troupe::protocol::test
