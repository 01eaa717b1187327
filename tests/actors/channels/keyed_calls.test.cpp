// Calls with a key: heard once, answered to all who repeat them.
#include "keyed_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

TEST_CASE("a call repeated with its key gets the answer that was given, and is not heard again", "[channel]") {
  keyed_fixture h;
  h.room.does.calls["no"] = [&](probe&, const member&, const payload&) {
    return refuse(error_code::not_found, std::to_string(++h.heard_calls));
  };
  h.room.start();
  CHECK(h.ask(1, "act") == "s1 reply 1 [1,0]");
  CHECK(h.ask(1, "act") == "s1 reply 1 [1,0]");
  CHECK(h.ask(1, "act", "other") == "s1 reply 1 [2,0]");
  CHECK(h.ask(1, "act", "") == "s1 reply 1 [3,0]");
  CHECK(h.ask(1, "act", "") == "s1 reply 1 [4,0]");
  CHECK(h.ask(1, "no") == "s1 error 1 not_found");
  CHECK(h.ask(1, "no") == "s1 error 1 not_found"); // a refusal is the object's word, too
  CHECK(std::get<protocol::error>(effect_as<said>(h.room.at(0).effects.back())->what).why.message == "5");
  CHECK(h.room.completed(1) == 7);
}

TEST_CASE("a call's key is its publisher's, and its event's", "[channel]") {
  keyed_fixture h;
  h.room.start();
  CHECK(h.ask(1, "act") == "s1 reply 1 [1,0]");
  CHECK(h.ask(2, "act") == "s2 reply 1 [2,0]"); // another session
  CHECK(h.ask(3, "act", "k", "ada") == "s3 reply 1 [3,0]");
  CHECK(h.ask(4, "act", "k", "ada") == "s4 reply 1 [3,0]"); // the same user in another session
  CHECK(h.ask(5, "act", "k", "bob") == "s5 reply 1 [4,0]");
  CHECK(h.ask(3, "wait", "k", "ada").empty()); // another event
  auto p = channel_fixture::publication("1");
  p.key = "k";
  h.room.send({channel_fixture::command(1, p)}); // and what is published has keys of its own
  CHECK(h.room.runtime->describe().head == 1);
  h.room.send({channel_fixture::command(1, p)});
  CHECK(h.room.runtime->describe().head == 1);
  h.room.said();
  CHECK(h.ask(1, "act") == "s1 reply 1 [1,0]");
}

TEST_CASE("a call that failed, or was told to come again, is heard again", "[channel]") {
  keyed_fixture h;
  error_code code{};
  h.room.does.calls["busy"] = [&](probe&, const member&, const payload&) {
    return ++h.heard_calls, refuse(code, "come again");
  };
  h.room.does.calls["throws"] = [&](probe&, const member&, const payload&) -> call_result {
    ++h.heard_calls;
    throw std::runtime_error("x");
  };
  h.room.start();
  for (const auto c : {error_code::busy, error_code::unavailable, error_code::limit, error_code::timeout, error_code::internal}) {
    code = c;
    h.heard_calls = 0;
    h.ask(1, "busy"), h.ask(1, "busy");
    CHECK(h.heard_calls == 2);
  }
  h.heard_calls = 0;
  CHECK(h.ask(1, "throws") == "s1 error 1 internal");
  CHECK(h.ask(1, "throws") == "s1 error 1 internal");
  CHECK(h.ask(1, "wait").empty());
  h.owed.clear(); // given up
  h.room.settle();
  CHECK(h.room.said() == "s1 error 1 internal");
  CHECK(h.ask(1, "wait").empty());
  CHECK(h.heard_calls == 4);
  CHECK(h.ask(1, "nothing") == "s1 error 1 unknown_event");
}

TEST_CASE("a call repeated while it is under way waits for the one answer", "[channel]") {
  keyed_fixture h;
  h.room.start();
  CHECK(h.ask(1, "wait", "k", "ada").empty());
  CHECK(h.ask(1, "wait", "k", "ada").empty());
  CHECK(h.ask(2, "wait", "k", "ada").empty());
  CHECK(h.heard_calls == 1);
  h.owed[0].reply(json("7"));
  h.room.settle();
  CHECK(h.room.said() == "s1 reply 1 7; s1 reply 1 7; s2 reply 1 7");
  CHECK(h.ask(3, "wait", "k", "ada") == "s3 reply 1 7");
  CHECK(h.heard_calls == 1);
}

TEST_CASE("a promise that is kept within its handler is the answer of its key", "[channel]") {
  keyed_fixture h;
  h.room.does.calls["at once"] = [&](probe& p, const member&, const payload&) {
    const auto owed = p.promise_answer();
    owed.reply(++h.heard_calls);
    return later(owed);
  };
  h.room.start();
  CHECK(h.ask(1, "at once") == "s1 reply 1 1");
  CHECK(h.ask(1, "at once") == "s1 reply 1 1");
}

TEST_CASE("who called first may leave or give up: what was asked goes on, and whoever repeats it gets the answer", "[channel]") {
  keyed_fixture h;
  h.room.start();
  actors::join ada;
  ada.who.user = "ada";
  h.room.join(1, ada);
  h.room.said();
  CHECK(h.ask(1, "wait").empty());
  SECTION("its connection is lost") {
    h.room.leave(1, leave_reason::lost);
    CHECK(h.room.said() == "s1 error 1 not_joined");
  }
  SECTION("it has waited long enough") {
    h.room.pass(h.room.settings.channels.call_timeout);
    CHECK(h.room.said() == "s1 error 1 timeout");
  }
  CHECK(h.ask(2, "wait", "k", "ada", 50).empty());
  h.room.pass(milliseconds{50});
  CHECK(h.room.said() == "s2 error 1 timeout");
  CHECK(h.ask(2, "wait", "k", "ada").empty());
  CHECK(h.heard_calls == 1);
  h.owed[0].reply(json("7"));
  h.room.settle();
  CHECK(h.room.said() == "s2 reply 1 7");
  CHECK(h.ask(3, "wait", "k", "ada") == "s3 reply 1 7");
}

TEST_CASE("an answer whose callers have all gone waits for the next", "[channel]") {
  keyed_fixture h;
  h.room.start();
  h.ask(1, "wait", "k", "", 10);
  h.room.pass(milliseconds{10});
  CHECK(h.room.said() == "s1 error 1 timeout");
  h.owed[0].refuse(error_code::refused, "no");
  h.room.settle();
  CHECK(h.room.said().empty());
  CHECK(h.ask(1, "wait") == "s1 error 1 refused");
  CHECK(h.heard_calls == 1);
}

TEST_CASE("answers to calls outlive the object and the actor, for their time", "[channel]") {
  keyed_fixture h;
  h.room.start();
  CHECK(h.ask(1, "act") == "s1 reply 1 [1,0]");
  h.room.runtime->fail_object("told to");
  CHECK(h.ask(1, "act") == "s1 reply 1 [1,0]");
  h.room.start();
  CHECK(h.ask(1, "act") == "s1 reply 1 [1,0]");
  CHECK(h.room.object_count() == 3);
  h.room.pass(h.room.settings.channels.key_ttl);
  CHECK(h.ask(1, "act") == "s1 reply 1 [2,0]");
}

TEST_CASE("a call under way ends with its object, and may be tried again", "[channel]") {
  keyed_fixture h;
  h.room.start();
  h.ask(1, "wait", "k", "ada"), h.ask(2, "wait", "k", "ada");
  h.room.runtime->fail_object("told to");
  CHECK(h.room.said() == "s1 error 1 internal; s2 error 1 internal");
  h.owed[0].reply(json("7")); // too late
  h.room.settle();
  CHECK(h.room.said().empty());
  CHECK(h.ask(1, "wait", "k", "ada").empty());
  CHECK(h.heard_calls == 2);
}

TEST_CASE("a call that is never answered ends when its key does", "[channel]") {
  fixture_settings how;
  how.settings.channels.key_ttl = std::chrono::seconds{20};
  keyed_fixture h{how};
  h.room.start();
  h.ask(1, "wait");
  h.room.pass(std::chrono::seconds{15});
  CHECK(h.room.said() == "s1 error 1 timeout");
  h.ask(1, "wait");
  h.room.pass(std::chrono::seconds{5});
  CHECK(h.room.said() == "s1 error 1 timeout");
  CHECK(h.heard_calls == 1);
  h.ask(1, "wait");
  CHECK(h.heard_calls == 2);
}

TEST_CASE("calls with a key that are under way are limited, of one publisher and of all", "[channel]") {
  fixture_settings how;
  how.settings.limits.calls_per_session = 3;
  how.settings.limits.keys_per_channel = 4;
  keyed_fixture h{how};
  h.room.start();
  for (const char* key : {"a", "b", "c"}) { // as if it had come back each time
    h.ask(1, "wait", key, "ada", 10);
    h.room.pass(milliseconds{10});
  }
  h.room.said();
  CHECK(h.ask(2, "wait", "d", "ada") == "s2 error 1 busy");
  CHECK(h.room.announced() == "limit limits.calls_per_session");
  CHECK(h.ask(2, "wait", "a", "ada").empty()); // one that is under way is no other
  CHECK(h.ask(3, "wait", "a", "bob").empty());
  CHECK(h.ask(4, "wait", "a", "eve") == "s4 error 1 busy");
  CHECK(h.room.announced() == "limit limits.keys_per_channel");
  h.owed[1].reply();
  h.room.settle();
  CHECK(h.ask(4, "wait", "a", "eve").empty());
  for (int i = 0; i < 2; ++i)
    CHECK(h.ask(4, "wait", "a", "eve").empty());
  CHECK(h.ask(4, "wait", "a", "eve") == "s4 error 1 limit"); // who waits for one often waits often
}

TEST_CASE("a channel is not retired while a call with a key is under way", "[channel]") {
  keyed_fixture h;
  h.room.start();
  h.ask(1, "wait", "k", "", 10);
  h.room.pass(milliseconds{10});
  CHECK_FALSE(h.room.runtime->retire());
  h.owed[0].reply(json("7"));
  h.room.settle();
  CHECK(h.room.runtime->retire());
}
