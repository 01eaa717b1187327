#include "actors/sessions/poll_cursor.hpp"

#include <catch2/catch.hpp>

namespace troupe::actors::test {

TEST_CASE("a cursor is read as it was written") {
  const poll_cursor c{"s9.secret", "ann", {{"room:42", {"k3f", 17}, 5, 3}, {"lobby", {"k4", UINT64_MAX}}}};
  const auto text = c.to_text();
  CHECK(text.find_first_of("+/=&% ") == std::string::npos);
  const auto read = poll_cursor::from_text(text);
  REQUIRE(read);
  CHECK(read->token == c.token);
  CHECK(read->user == c.user);
  REQUIRE(read->positions.size() == 2);
  CHECK(read->positions[0].acked == 3);
  CHECK(read->positions[0].channel == "room:42");
  CHECK(read->positions[0].entry == 5);
  CHECK(read->positions[1].at == position{"k4", UINT64_MAX});
}

TEST_CASE("a cursor that nobody wrote is none") {
  for (const char* forged : {"", "x", "====", "gA", "lKF0oXUAkA=x", "lKF0oXUAgQ",
                             "k6F0oXWRlKFjoWUAAA",             // a place without acked
                             "k6F0oXWRlaFjoWUAAMv__________w", // acked is NaN
                             "k6F0oXWRlaFjoWUAAMs_8AAAAAAAAA", // acked is 1.0
                             "k6F0oXWRlaFjoWUAAP8"})            // acked is -1
    CHECK_FALSE(poll_cursor::from_text(forged));
  CHECK(poll_cursor::from_text("k6F0oXWRlaFjoWUAAAU")); // acked is 5
}

} // namespace troupe::actors::test
