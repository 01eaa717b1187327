#include "actors/sessions/poll_cursor.hpp"

#include "protocol/base64.hpp"

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
  for (const char* forged : {"", "x", "~", "s1.t", "s1.t~====", "s1.t~gA", "s1.t~laF1kZWhY6FlAAAFAMIA=x",
                             "~laF1kZWhY6FlAAAFAMIA",      // without token
                             "s1.&t~laF1kZWhY6FlAAAFAMIA", // a token that needs an escape
                             "s1.t~laF1kZShY6FlAAAAwgA",   // a place without acked
                             "s1.t~laF1kZWhY6FlAADLf_gAAAAAAAAAwgA", // acked is NaN
                             "s1.t~laF1kZWhY6FlAADLP_AAAAAAAAAAwgA", // acked is 1.0
                             "s1.t~laF1kZWhY6FlAAD_AMIA",  // acked is -1
                             "s1.t~laF1kZWhY6FlAAAF_8IA",  // has been told -1 messages
                             "s1.t~kqF1kZWhY6FlAAAF"})    // does not say how many
    CHECK_FALSE(poll_cursor::from_text(forged));
  CHECK(poll_cursor::from_text("s1.t~laF1kZWhY6FlAAAFAMIA")); // acked is 5
}

TEST_CASE("a cursor nested without end is not read on all of the stack") {
  std::string forged = "s1.t~";
  protocol::append_base64url(forged, std::string(1 << 20, '\x91'));
  CHECK_FALSE(poll_cursor::from_text(forged));
}

TEST_CASE("whose a cursor is can be read without reading it") {
  CHECK(poll_cursor::token_of("s9.secret~anything") == "s9.secret");
  CHECK(poll_cursor::token_of("nothing").empty());
}

} // namespace troupe::actors::test
