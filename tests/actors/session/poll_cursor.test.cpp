#include "actors/session/poll_cursor.hpp"

#include <catch2/catch.hpp>

namespace troupe::actors::test {

TEST_CASE("a cursor is read as it was written") {
  const poll_cursor c{"s9.secret", "ann", 3, {{"room:42", {"k3f", 17}, 5}, {"lobby", {"k4", UINT64_MAX}, 0}}};
  const auto text = c.to_text();
  CHECK(text.find_first_of("+/=&% ") == std::string::npos);
  const auto read = poll_cursor::from_text(text);
  REQUIRE(read);
  CHECK(read->token == c.token);
  CHECK(read->user == c.user);
  CHECK(read->acked == 3);
  REQUIRE(read->places.size() == 2);
  CHECK(read->places[0].channel == "room:42");
  CHECK(read->places[0].entry == 5);
  CHECK(read->places[1].at == position{"k4", UINT64_MAX});
}

TEST_CASE("a cursor that nobody wrote is none") {
  for (const char* forged : {"", "x", "====", "gA", "lKF0oXUAkA=x", "lKF0oXUAgQ",
                             "lKF0oXXL____________",    // acked is NaN
                             "lKF0oXXLP_AAAAAAAACQ",    // acked is 1.0
                             "lKF0oXX_kA"})             // acked is -1
    CHECK_FALSE(poll_cursor::from_text(forged));
}

} // namespace troupe::actors::test
