#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

TEST_CASE("a call's reply comes where it was said between broadcasts and pushes", "[channel]") {
  channel_fixture h;
  h.does.calls["act"] = [](probe& p, const member& who, const payload& data) -> call_result {
    p.broadcast("e", json("1"));
    p.push(who, "hint", data);
    p.broadcast("e", json("2"));
    return reply(json("3"));
  };
  h.start();
  h.join(1);
  h.said();
  h.call(1, "act", json("9"));
  CHECK(h.said() == "+1 1; s1 push hint 9; +2 2; s1 reply 1 3");
  CHECK(h.completed(1) == 2);
}

TEST_CASE("calls that cannot be handled say why", "[channel]") {
  channel_fixture h;
  h.does.calls["throws"] = [](probe&, const member&, const payload&) -> call_result { throw std::runtime_error("x"); };
  h.does.calls["no"] = [](probe&, const member&, const payload&) { return refuse(error_code::not_found, "none"); };
  h.does.calls["typed"] = [](probe&, const member&, const payload& data) -> call_result {
    return reply(data.as<move_to>());
  };
  h.does.calls["forgot"] = [](probe& p, const member&, const payload&) -> call_result {
    return later(p.promise_answer());
  };
  h.start();
  h.join(1);
  h.said();
  h.call(1, "what");
  CHECK(h.said() == "s1 error 1 unknown_event");
  h.call(2, "no");
  CHECK(h.said() == "s2 error 1 not_joined");
  h.call(1, "no");
  CHECK(h.said() == "s1 error 1 not_found");
  h.call(1, "throws");
  CHECK(h.said() == "s1 error 1 internal");
  h.call(1, "forgot");
  CHECK(h.said() == "s1 error 1 internal");
  h.call(1, "typed", json("{\"x\":true}"));
  CHECK(h.said() == "s1 error 1 bad_message");
  CHECK(std::get<protocol::error>(effect_as<said>(h.at(0).effects.back())->what).why.message.starts_with("x: "));
  h.call(1, "typed", json("{\"x\":4}"));
  CHECK(h.said() == "s1 reply 1 {\"x\":4}");
  CHECK(h.announced() == "failed throws: x");
}

TEST_CASE("what a typed handler misreads itself is not its caller's error", "[channel]") {
  channel_fixture h;
  h.does.setup = [](probe& p) {
    p.on<move_to>("typed", [](const member&, const move_to& to) -> call_result {
      if (to.x == 1)
        (void)json("\"no object\"").as<move_to>();
      return reply(to);
    });
  };
  h.start();
  h.join(1);
  h.said();
  h.call(1, "typed", json("{\"x\":true}"));
  CHECK(h.said() == "s1 error 1 bad_message");
  CHECK(h.announced().empty());
  h.call(1, "typed", json("{\"x\":1}"));
  CHECK(h.said() == "s1 error 1 internal");
  CHECK(h.announced().starts_with("failed typed: "));
  h.call(1, "typed", json("{\"x\":4}"));
  CHECK(h.said() == "s1 reply 1 {\"x\":4}");
}

TEST_CASE("a typed handler may take its data for its own", "[channel]") {
  channel_fixture h;
  h.does.setup = [](probe& p) {
    p.on<std::vector<int>>("take", [](const member&, std::vector<int>&& all) { return reply(all); });
  };
  h.start();
  h.join(1);
  h.said();
  h.call(1, "take", json("[1,2]"));
  CHECK(h.said() == "s1 reply 1 [1,2]");
}

TEST_CASE("who may call is the namespace's to say", "[channel]") {
  fixture_settings how;
  how.rights.call = GENERATE(config::permission::anyone, config::permission::nobody);
  channel_fixture h{how};
  h.does.calls["act"] = [](probe&, const member& who, const payload&) { return reply(to_string(who.id)); };
  h.start();
  h.join(1);
  h.said();
  h.call(1, "act");
  h.call(2, "act");
  if (how.rights.call == config::permission::anyone)
    CHECK(h.said() == "s1 reply 1 \"s1\"; s2 reply 1 \"s2\"");
  else
    CHECK(h.said() == "s1 error 1 refused; s2 error 1 refused");
}

TEST_CASE("a call answered later is completed then, or at its deadline", "[channel]") {
  channel_fixture h;
  std::vector<promise> owed;
  h.does.calls["wait"] = [&](probe& p, const member&, const payload&) {
    owed.push_back(p.promise_answer());
    return later(owed.back());
  };
  h.start();
  h.join(1);
  h.said();
  h.call(1, "wait");
  CHECK(h.completed(1) == 1);
  owed[0].reply(json("1"));
  owed[0].reply(json("2"));
  owed[0].refuse(error_code::refused, "");
  h.settle();
  CHECK(h.said() == "s1 reply 1 1");
  h.send({channel_fixture::command(1, protocol::call{"room:1", "wait", {}, 50})});
  h.pass(milliseconds{40});
  CHECK(h.said().empty());
  h.pass(milliseconds{10});
  CHECK(h.said() == "s1 error 1 timeout");
  h.call(1, "wait");
  h.pass(h.settings.channels.call_timeout);
  CHECK(h.said() == "s1 error 1 timeout");
  CHECK(h.completed(1) == 4);
}

TEST_CASE("a promise kept within its handler answers where it was kept", "[channel]") {
  channel_fixture h;
  h.does.calls["act"] = [](probe& p, const member& who, const payload&) {
    const auto owed = p.promise_answer();
    owed.reply(json("1"));
    p.push(who, "after", json("2"));
    return later(owed);
  };
  h.start();
  h.join(1);
  h.said();
  h.call(1, "act");
  CHECK(h.said() == "s1 reply 1 1; s1 push after 2");
  CHECK(h.completed(1) == 2);
}

TEST_CASE("a session has a limited number of calls waiting", "[channel]") {
  channel_fixture h;
  std::vector<promise> owed;
  h.does.calls["wait"] = [&](probe& p, const member&, const payload&) {
    owed.push_back(p.promise_answer());
    return later(owed.back());
  };
  h.start();
  h.join(1);
  h.join(2);
  h.said();
  for (int i = 0; i < 17; ++i)
    h.call(1, "wait");
  h.call(2, "wait");
  CHECK(h.said() == "s1 error 1 limit");
  CHECK(owed.size() == 17);
  CHECK(h.announced() == "limit limits.calls_per_session");
}

TEST_CASE("a caller that leaves hears of its calls before the last word, and promises no more", "[channel]") {
  channel_fixture h;
  std::vector<promise> owed;
  h.does.calls["wait"] = [&](probe& p, const member&, const payload&) {
    owed.push_back(p.promise_answer());
    return later(owed.back());
  };
  h.start();
  h.join(1);
  h.said();
  h.call(1, "wait");
  h.leave(1);
  CHECK(h.said() == "s1 error 1 not_joined; s1 left left");
  CHECK(h.completed(1) == 3);
  owed[0].reply();
  h.settle();
  CHECK(h.said().empty());
}

TEST_CASE("promise_answer is for handlers that answer", "[channel]") {
  channel_fixture h;
  h.start();
  CHECK_THROWS_AS(h.object().promise_answer(), std::logic_error);
}

// -- push, kick, ask ----------------------------------------------------------

TEST_CASE("a push goes to one member, and says so of a stranger", "[channel]") {
  channel_fixture h;
  h.start();
  h.join(1, {}, 0);
  h.join(2, {}, 1);
  h.said(0), h.said(1);
  CHECK(h.object().push(session_id{2}, "hint", json("1")));
  CHECK_FALSE(h.object().push(session_id{3}, "hint", json("1")));
  h.settle();
  CHECK(h.said(0).empty());
  CHECK(h.said(1) == "s2 push hint 1");
}

TEST_CASE("a kicked member hears why, once, and is gone", "[channel]") {
  channel_fixture h;
  h.does.calls["kick"] = [](probe& p, const member& who, const payload&) {
    p.kick(who.id, "rude");
    p.kick(who.id, "rude");
    p.push(who, "late", json("1"));
    return done();
  };
  h.start();
  h.join(1);
  h.said();
  h.call(1, "kick");
  CHECK(h.said() == "s1 left rude; s1 reply 1 null");
  CHECK(h.heard() == "join s1; leave s1 kicked");
  h.leave(1);
  CHECK(h.said() == "s1 bye 1"); // the answer to its command
  CHECK(h.heard().empty());
}
