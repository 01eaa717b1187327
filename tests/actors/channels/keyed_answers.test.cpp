// Answers to calls with a key, while the store has them.
#include "keyed_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

TEST_CASE("an answer that waits for the state is given to all who asked once that is kept", "[channel]") {
  fixture_settings how;
  how.late = true;
  keyed_fixture h{how};
  h.room.does.snapshot = [&] { return payload::of(h.heard_calls); };
  h.room.does.calls["safely"] = [&](probe&, const member&, const payload&) {
    return reply(++h.heard_calls).after_save();
  };
  h.room.start();
  SECTION("it is kept") {
    CHECK(h.ask(1, "safely", "k", "ada").empty());
    CHECK(h.ask(2, "safely", "k", "ada").empty());
    h.room.keep->answer_all();
    h.room.settle();
    CHECK(h.room.said() == "s1 reply 1 1; s2 reply 1 1");
    CHECK(h.ask(2, "safely", "k", "ada") == "s2 reply 1 1");
  }
  SECTION("it cannot be kept") {
    h.room.keep->failing = 1;
    CHECK(h.ask(1, "safely").empty());
    h.room.keep->answer_all();
    h.room.settle();
    CHECK(h.room.said() == "s1 error 1 internal");
    CHECK(h.ask(1, "safely").empty());
    CHECK(h.heard_calls == 2);
  }
}

TEST_CASE("an answer that is too long to be kept is not asked for again, and who repeats the call is told", "[channel]") {
  fixture_settings how;
  how.settings.limits.answer_bytes = 1000;
  keyed_fixture h{how};
  h.room.does.calls["long"] = [&](probe&, const member&, const payload&) {
    return ++h.heard_calls, reply(std::string(1000, 'a'));
  };
  h.room.start();
  CHECK(h.ask(1, "long").starts_with("s1 reply 1 \"aaa"));
  CHECK(h.ask(1, "long") == "s1 error 1 too_large");
  CHECK(h.heard_calls == 1);
}

TEST_CASE("nobody hears an answer before it is kept, and all who repeat the call meanwhile get it", "[channel]") {
  fixture_settings how;
  how.late = true;
  keyed_fixture h{how};
  h.room.start();
  SECTION("given at once") {
    CHECK(h.ask(1, "act", "k", "ada").empty());
    CHECK(h.ask(2, "act", "k", "ada").empty());
    h.room.keep->answer_all();
    h.room.settle();
    CHECK(h.room.said() == "s1 reply 1 [1,0]; s2 reply 1 [1,0]");
    CHECK(h.ask(3, "act", "k", "ada") == "s3 reply 1 [1,0]");
  }
  SECTION("given later") {
    CHECK(h.ask(1, "wait", "k", "ada").empty());
    h.owed[0].reply(json("7"));
    h.room.settle();
    CHECK(h.room.said().empty());
    CHECK(h.ask(2, "wait", "k", "ada").empty());
    h.room.keep->answer_all();
    h.room.settle();
    CHECK(h.room.said() == "s1 reply 1 7; s2 reply 1 7");
  }
  CHECK(h.heard_calls == 1);
}

TEST_CASE("what is said after an answer that is being kept comes after it", "[channel]") {
  fixture_settings how;
  how.late = true;
  keyed_fixture h{how};
  h.room.start();
  CHECK(h.ask(1, "wait", "k", "ada").empty());
  h.owed[0].reply(json("7"));
  h.room.settle();
  CHECK(h.ask(1, "act", "").empty());
  h.room.keep->answer_all();
  h.room.settle();
  CHECK(h.room.said() == "s1 reply 1 7; s1 reply 1 [2,0]");
}

TEST_CASE("an answer that cannot be kept is told to nobody: whoever repeats the call has it kept, and the object hears nothing",
          "[channel]") {
  fixture_settings how;
  how.late = true;
  how.settings.limits.answer_bytes_per_channel = 2000;
  keyed_fixture h{how};
  h.room.does.calls["long"] = [&](probe&, const member&, const payload&) {
    return ++h.heard_calls, reply(std::string(900, 'a'));
  };
  h.room.start();
  const auto failing = [&](const std::string& event, const std::string& key) {
    h.room.keep->failing = 1;
    CHECK(h.ask(1, event, key, "ada").empty());
    h.room.keep->answer_all();
    h.room.settle();
    CHECK(h.room.said() == "s1 error 1 unavailable");
  };
  failing("act", "k");
  failing("act", "k"); // still
  CHECK(h.heard_calls == 1);
  SECTION("until the store can") {
    CHECK(h.ask(2, "act", "k", "ada").empty());
    CHECK(h.ask(1, "act", "k", "ada").empty());
    h.room.keep->answer_all();
    h.room.settle();
    CHECK(h.room.said() == "s2 reply 1 [1,0]; s1 reply 1 [1,0]");
    CHECK(h.ask(1, "act", "k", "ada") == "s1 reply 1 [1,0]");
    CHECK(h.heard_calls == 1);
    CHECK(h.room.runtime->retire());
  }
  SECTION("for the time of its key") {
    CHECK_FALSE(h.room.runtime->retire());
    h.room.pass(h.room.settings.channels.key_ttl);
    CHECK(h.room.runtime->retire());
  }
  SECTION("and by their bytes") {
    failing("long", "a");
    CHECK(h.room.announced().empty());
    failing("long", "b");
    CHECK(h.room.announced() == "limit limits.answer_bytes_per_channel");
    CHECK(h.heard_calls == 3);
    failing("long", "a");
    CHECK(h.heard_calls == 3);
    failing("long", "b"); // as if new
    CHECK(h.heard_calls == 4);
  }
}

TEST_CASE("a channel that stops waits for the answers that are being kept", "[channel]") {
  fixture_settings how;
  how.late = true;
  keyed_fixture h{how};
  h.room.start();
  CHECK(h.ask(1, "act").empty());
  h.room.runtime->stop(leave_reason::drained, "over");
  h.room.settle();
  while (h.room.keep->waiting() > 0) {
    CHECK_FALSE(h.room.runtime->over());
    h.room.keep->answer();
    h.room.settle();
  }
  CHECK(h.room.runtime->over());
  CHECK(h.room.said() == "s1 reply 1 [1,0]");
  h.room.start();
  CHECK(h.ask(1, "act") == "s1 reply 1 [1,0]");
  CHECK(h.heard_calls == 1);
}

TEST_CASE("a channel that stops waits for an answer that is being kept, also if its caller's link is no more", "[channel]") {
  fixture_settings how;
  how.late = true;
  keyed_fixture h{how};
  h.room.start();
  CHECK(h.ask(1, "act").empty());
  h.room.at(0).rename();
  h.room.send({});
  h.room.runtime->stop(leave_reason::drained, "over");
  h.room.settle();
  REQUIRE(h.room.keep->waiting() > 0);
  while (h.room.keep->waiting() > 0) {
    CHECK_FALSE(h.room.runtime->over());
    h.room.keep->answer();
    h.room.settle();
  }
  CHECK(h.room.runtime->over());
}
