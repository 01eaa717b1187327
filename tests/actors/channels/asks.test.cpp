#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

TEST_CASE("a member's answer of the wrong shape costs the asker nothing", "[channel]") {
  channel_fixture h;
  h.does.on_error = [] { return after_error::restart; };
  h.start();
  h.join(1);
  const std::vector<session_id> whom{session_id{1}};
  for (std::uint64_t i = 1; i <= 20; ++i) { // more than any restart intensity
    h.object().ask(whom, "vote", {}, {}, [](const std::vector<ask_answer>& all) {
      for (const auto& a : all)
        (void)a.data.as<move_to>();
    });
    h.settle();
    h.send({channel_fixture::command(1, protocol::answer{i, json("\"no\"")})});
  }
  CHECK(h.object_count() == 1);
  CHECK(h.announced().find("failed ask") != std::string::npos);
}

TEST_CASE("an ask gathers answers until all have answered, enough have, or the deadline passes", "[channel]") {
  channel_fixture h;
  std::vector<std::string> gathered;
  std::size_t quorum = 0;
  h.does.calls["vote"] = [&](probe& p, const member&, const payload&) {
    const std::vector<session_id> all{session_id{1}, session_id{2}, session_id{3}, session_id{77}};
    p.ask(all, "vote", json("1"), {milliseconds{100}, quorum}, [&](const std::vector<ask_answer>& answers) {
      std::string line;
      for (const auto& a : answers)
        line += to_string(a.who.id) + "=" + std::string{a.data.json()} + " ";
      gathered.push_back(line);
    });
    return done();
  };
  h.start();
  for (std::uint64_t who : {1, 2, 3})
    h.join(who);
  h.said();
  const auto answer = [&](std::uint64_t who, std::uint64_t ask, const char* data) {
    h.send({channel_fixture::command(who, protocol::answer{ask, json(data)}, {})});
  };
  SECTION("all") {
    h.call(1, "vote");
    CHECK(h.said().find("s2 ask 1 vote") != std::string::npos);
    answer(2, 1, "20");
    answer(2, 1, "21");
    answer(9, 1, "90");
    answer(1, 1, "10");
    CHECK(gathered.empty());
    answer(3, 1, "30");
    CHECK(gathered == std::vector<std::string>{"s2=20 s1=10 s3=30 "});
    CHECK(h.completed(2) == 3);
  }
  SECTION("quorum") {
    quorum = 2;
    h.call(1, "vote");
    answer(3, 1, "30");
    answer(1, 1, "10");
    CHECK(gathered == std::vector<std::string>{"s3=30 s1=10 "});
    answer(2, 1, "20");
    CHECK(gathered.size() == 1);
  }
  SECTION("deadline") {
    h.call(1, "vote");
    answer(3, 1, "30");
    h.pass(milliseconds{90});
    CHECK(gathered.empty());
    h.pass(milliseconds{10});
    CHECK(gathered == std::vector<std::string>{"s3=30 "});
  }
  SECTION("members who go are not waited for") {
    h.call(1, "vote");
    answer(3, 1, "30");
    h.leave(1);
    h.leave(2, leave_reason::lost);
    CHECK(gathered == std::vector<std::string>{"s3=30 "});
  }
  SECTION("a new object hears nothing of its predecessor's questions") {
    h.call(1, "vote");
    h.runtime->fail_object("test");
    for (std::uint64_t who : {1, 2, 3})
      answer(who, 1, "1");
    h.pass(milliseconds{200});
    CHECK(gathered.empty());
  }
}

TEST_CASE("an ask of nobody is answered soon, after the handler", "[channel]") {
  channel_fixture h;
  std::string order;
  h.does.calls["vote"] = [&](probe& p, const member&, const payload&) {
    p.ask({}, "vote", {}, {}, [&](const auto& answers) { order += "answers" + std::to_string(answers.size()); });
    order += "handler ";
    return done();
  };
  h.start();
  h.join(1);
  h.call(1, "vote");
  CHECK(order == "handler ");
  h.pass(milliseconds{10});
  CHECK(order == "handler answers0");
}

TEST_CASE("an ask of nobody that asks nobody again does not hold the channel", "[channel]") {
  channel_fixture h;
  int asked = 0;
  h.start();
  h.join(1);
  std::function<void(const std::vector<ask_answer>&)> again = [&](const std::vector<ask_answer>&) {
    if (++asked < 1000) // so that a channel which is held fails here, and does not hang
      h.object().ask({}, "vote", {}, {}, again);
  };
  h.object().ask({}, "vote", {}, {}, again);
  h.settle();
  h.runtime->tick();
  CHECK(asked == 1);
  h.runtime->tick();
  CHECK(asked == 2);
}

TEST_CASE("questions have limits", "[channel]") {
  fixture_settings how;
  how.settings.limits.asks_per_channel = 2;
  how.settings.limits.members_per_ask = 1;
  channel_fixture h{how};
  h.start();
  h.join(1);
  const std::vector<session_id> one{session_id{1}}, two{session_id{1}, session_id{2}};
  const auto ask = [&](const auto& whom) { h.object().ask(whom, "q", {}, {}, [](const auto&) {}); };
  CHECK_THROWS_AS(ask(two), std::length_error);
  ask(one);
  ask(one);
  CHECK_THROWS_AS(ask(one), std::length_error);
}


TEST_CASE("a question is over once", "[channel]") {
  const auto at_ms = [](int ms) { return std::chrono::steady_clock::time_point{milliseconds{ms}}; };
  asks all;
  const auto question = [&](int due, std::size_t quorum) {
    return asks::question{at_ms(due), quorum, {session_id{1}, session_id{2}}, {}, [](const auto&) {}};
  };
  const auto first = all.open(question(20, 2)), second = all.open(question(10, 1));
  CHECK(all.next_deadline() == at_ms(10));
  const auto over = all.answer(second, member{session_id{1}, {}, {}}, json("1"));
  REQUIRE(over.size() == 1);
  CHECK(over[0].answers.size() == 1);
  CHECK(all.answer(second, member{session_id{2}, {}, {}}, {}).empty());
  CHECK(all.answer(first, member{session_id{3}, {}, {}}, {}).empty());
  CHECK(all.gone(session_id{1}).empty());
  CHECK(all.expire(at_ms(19)).empty());
  CHECK(all.expire(at_ms(20)).size() == 1);
  CHECK(all.size() == 0);
}
