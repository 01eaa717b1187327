#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

TEST_CASE("a guest hears the join answer before any broadcast", "[channel]") {
  channel_fixture h;
  h.start();
  h.does.join = [](probe& p, const member& who, const payload&) {
    p.broadcast("hello", json("\"" + to_string(who.id) + "\""));
    return accept(json("7"));
  };
  h.join(1);
  CHECK(h.said() == "at 0; s1 in 0 7; +1 \"s1\"");
  h.join(2);
  CHECK(h.said() == "s2 in 1 7; +2 \"s2\"");
}

TEST_CASE("a newcomer starts where the stream is, at 0 if nothing was ever published", "[channel]") {
  channel_fixture h;
  h.start();
  h.join(1);
  h.object().broadcast("e", json("1"));
  h.settle();
  h.join(2, {}, 1);
  CHECK(h.said(0) == "at 0; s1 in 0; +1 1");
  CHECK(h.said(1) == "at 1; s2 in 1");
}

TEST_CASE("what on_join pushes comes after the answer and between its broadcasts", "[channel]") {
  channel_fixture h;
  h.start();
  h.does.join = [](probe& p, const member& who, const payload&) {
    p.broadcast("e", json("1"));
    p.push(who, "state", json("2"));
    p.broadcast("e", json("3"));
    return accept();
  };
  h.join(1);
  CHECK(h.said() == "at 0; s1 in 0; +1 1; s1 push state 2; +2 3");
}

TEST_CASE("a join gets its params and may be refused", "[channel]") {
  channel_fixture h;
  h.start();
  h.does.join = [](probe& p, const member& who, const payload& params) -> join_result {
    p.push(who, "early", payload{});
    if (params.json() != "\"open sesame\"")
      return refuse("wrong word");
    return accept();
  };
  h.join(1);
  CHECK(h.said() == "s1 away 1 refused");
  actors::join how;
  how.params = json("\"open sesame\"");
  h.join(1, how);
  CHECK(h.said() == "at 0; s1 in 0; s1 push early null");
  CHECK(h.completed(1) == 2);
  h.leave(1);
  CHECK(h.heard() == "join s1; join s1; leave s1 left");
}

TEST_CASE("a second join is already_subscribed, also while the first is being decided", "[channel]") {
  channel_fixture h;
  std::optional<promise> owed;
  h.does.join = [&](probe& p, const member&, const payload&) { return later(*(owed = p.promise_answer())); };
  h.start();
  h.join(1);
  h.join(1, {}, 0, std::int64_t{2});
  CHECK(h.said() == "s1 error 2 already_subscribed");
  owed->reply();
  h.settle();
  h.join(1, {}, 0, std::int64_t{3});
  CHECK(h.said() == "at 0; s1 in 0; s1 error 3 already_subscribed");
  CHECK(h.heard() == "join s1");
}

TEST_CASE("a join decided later starts where the stream is by then, and keeps nobody waiting", "[channel]") {
  channel_fixture h;
  std::map<std::uint64_t, promise> owed;
  h.does.join = [&](probe& p, const member& who, const payload&) -> join_result {
    if (who.id.value() == 1)
      return accept();
    p.push(who, "early", json("1"));
    owed.emplace(who.id.value(), p.promise_answer());
    return later(owed.at(who.id.value()));
  };
  h.start();
  h.join(1);
  h.join(2);
  h.object().broadcast("e", json("1"));
  h.settle();
  CHECK(h.said() == "at 0; s1 in 0; +1 1");
  CHECK(h.completed(2) == 0);
  h.object().push(session_id{2}, "early", json("2"));
  h.settle();
  CHECK(h.said().empty());
  owed.at(2).reply(json("9"));
  h.settle();
  CHECK(h.said() == "s2 in 1 9; s2 push early 1; s2 push early 2");
  CHECK(h.completed(2) == 1);
}

TEST_CASE("what on_join broadcasts is heard by who is let in at once, and not by who is let in later", "[channel]") {
  channel_fixture h;
  std::optional<promise> owed;
  h.does.join = [&](probe& p, const member& who, const payload&) -> join_result {
    p.broadcast("came", json(std::to_string(who.id.value())));
    if (who.id.value() == 1)
      return accept();
    return later(*(owed = p.promise_answer()));
  };
  h.start();
  h.join(1);
  CHECK(h.said() == "at 0; s1 in 0; +1 1");
  h.join(2);
  CHECK(h.said() == "+2 2");
  owed->reply();
  h.settle();
  CHECK(h.said() == "s2 in 2"); // behind it
}

TEST_CASE("a join that nobody decides in time is turned away", "[channel]") {
  channel_fixture h;
  std::optional<promise> owed;
  h.does.join = [&](probe& p, const member&, const payload&) { return later(*(owed = p.promise_answer())); };
  h.start();
  h.join(1);
  h.pass(h.settings.channels.join_timeout - milliseconds{20});
  CHECK(h.said().empty());
  h.pass(milliseconds{20});
  CHECK(h.said() == "s1 away 1 timeout");
  owed->reply();
  h.settle();
  CHECK(h.said().empty());
  CHECK(h.object().member_count() == 0);
  CHECK(h.completed(1) == 1);
}

TEST_CASE("a session that leaves while it is joining never was in", "[channel]") {
  channel_fixture h;
  std::optional<promise> owed;
  h.does.join = [&](probe& p, const member&, const payload&) { return later(*(owed = p.promise_answer())); };
  h.start();
  h.join(1);
  h.leave(1);
  CHECK(h.said() == "s1 away 1 refused; s1 bye 1");
  CHECK(h.completed(1) == 2);
  owed->reply();
  h.settle();
  CHECK(h.said().empty());
  CHECK(h.heard() == "join s1");
}

TEST_CASE("the last copy of a promise gone, the join is turned away", "[channel]") {
  channel_fixture h;
  h.does.join = [&](probe& p, const member&, const payload&) { return later(p.promise_answer()); };
  h.start();
  h.join(1);
  CHECK(h.said() == "s1 away 1 internal");
}

TEST_CASE("who is kicked in its own on_join is refused, whatever that returns", "[channel]") {
  channel_fixture h;
  std::optional<promise> owed;
  std::function<join_result(probe&)> verdict;
  h.does.join = [&](probe& p, const member& who, const payload&) -> join_result {
    p.push(who, "early", payload{});
    p.kick(who.id, "not today");
    return verdict(p);
  };
  h.does.snapshot = [] { return std::optional{payload::of(1)}; };
  SECTION("yes") {
    verdict = [](probe&) { return accept(); };
  }
  SECTION("yes, once the state is kept") {
    verdict = [](probe&) { return accept().after_save(); };
  }
  SECTION("later") {
    verdict = [&](probe& p) { return later(*(owed = p.promise_answer())); };
  }
  SECTION("no") {
    verdict = [](probe&) { return refuse(error_code::busy, "no"); };
  }
  h.start();
  h.join(1);
  CHECK(h.said() == "s1 away 1 refused");
  CHECK(h.completed(1) == 1);
  CHECK(h.object().member_count() == 0);
  if (owed)
    owed->reply();
  h.settle();
  CHECK(h.said().empty());
  CHECK(h.heard() == "join s1");
}

TEST_CASE("a throwing on_join lets nobody in, and the channel goes on", "[channel]") {
  channel_fixture h;
  bool fails = true;
  h.does.join = [&](probe&, const member&, const payload&) -> join_result {
    if (fails)
      throw std::runtime_error("no");
    return accept();
  };
  h.start();
  h.join(1);
  CHECK(h.said() == "s1 away 1 internal");
  CHECK(h.announced() == "failed join: no");
  fails = false;
  h.join(1);
  CHECK(h.said() == "at 0; s1 in 0");
}

// -- since --------------------------------------------------------------------

TEST_CASE("since: recovered if and only if it is the same epoch and nothing is lost", "[channel]") {
  fixture_settings how;
  how.rights.history_size = 3;
  channel_fixture h{how};
  h.start();
  for (int i = 1; i <= 5; ++i) // 3, 4, 5 are kept
    h.object().broadcast("e", json(std::to_string(i)));
  h.join(1, h.since(2));
  h.join(2, h.since(5));
  h.join(3, h.since(1));
  h.join(4, h.since(6));
  auto other = h.since(5);
  other.since->epoch = "other";
  h.join(5, other);
  CHECK(h.said() == "at 5; s1 in 2 recovered [3,4,5]; s2 in 5 recovered; s3 in 5 lost; s4 in 5 lost; s5 in 5 lost");
}

TEST_CASE("a long replay comes in pages, whose rest is asked for", "[channel]") {
  fixture_settings how;
  const auto data = json("\"" + std::string(900, 'x') + "\"");
  how.settings.limits.page_bytes = 3 * (sizeof(publication) + data.size() + 8);
  channel_fixture h{how};
  h.start();
  for (int i = 1; i <= 7; ++i)
    h.object().broadcast("e", data);
  h.join(1, h.since(0));
  CHECK(h.said() == "at 7; s1 in 0 recovered [1,2,3...");
  h.send({channel_fixture::command(1, read_on{3}, {})});
  CHECK(h.said() == "s1 page [4,5,6...");
  h.send({channel_fixture::command(1, read_on{6}, {})});
  CHECK(h.said() == "s1 page [7]");
  CHECK(h.completed(1) == 3);
}

TEST_CASE("a page tells what was lost since the last one", "[channel]") {
  fixture_settings how;
  how.rights.history_size = 3;
  channel_fixture h{how};
  h.start();
  h.join(1);
  for (int i = 1; i <= 7; ++i)
    h.object().broadcast("e", json("1"));
  h.settle();
  h.said();
  h.send({channel_fixture::command(1, read_on{2}, {})});
  CHECK(h.said() == "s1 page [missed 2 5,6,7]");
}

TEST_CASE("who is excepted gets nothing on replay either, and no empty page", "[channel]") {
  fixture_settings how;
  how.settings.limits.page_bytes = 4096;
  channel_fixture h{how};
  h.start();
  h.join(1);
  for (int i = 1; i <= 80; ++i)
    h.object().broadcast("e", json("1"), except(member{session_id{1}, {}, {}}));
  h.object().broadcast("e", json("2"));
  h.settle();
  h.leave(1);
  h.said();
  h.join(1, h.since(0));
  h.settle();
  CHECK(h.said() == "s1 in 0 recovered [81]");
}

TEST_CASE("an inbox starts at its kept position, or where history begins", "[channel]") {
  fixture_settings how;
  how.rights.history_size = 3;
  channel_fixture h{how};
  h.start();
  for (int i = 1; i <= 5; ++i)
    h.object().broadcast("e", json("1"));
  actors::join inbox;
  inbox.kept_position = true;
  h.join(1, inbox);
  CHECK(h.said() == "at 5; s1 in 2 [3,4,5]");
  h.send({channel_fixture::command(1, keep_position{4}, {}), channel_fixture::command(1, keep_position{3}, {}),
          channel_fixture::command(1, keep_position{99}, {})});
  CHECK(h.completed(1) == 4);
  h.leave(1);
  h.said();
  h.join(1, inbox);
  CHECK(h.said() == "s1 in 4 [5]");
  for (int i = 6; i <= 9; ++i)
    h.object().broadcast("e", json("1"));
  h.settle();
  h.leave(1);
  h.said();
  h.join(1, inbox);
  CHECK(h.said() == "s1 in 4 [missed 2 7,8,9]");
}

TEST_CASE("a link without members is told where the stream is before its next member comes in", "[channel]") {
  channel_fixture h;
  h.start();
  h.join(1, {}, 0);
  h.join(2, {}, 1);
  h.leave(2, leave_reason::left, 1);
  CHECK(h.said(1) == "at 0; s2 in 0; s2 left left");
  h.join(2, {}, 1);
  CHECK(h.said(1) == "s2 in 0"); // nothing was passed over
  h.leave(2, leave_reason::left, 1);
  h.said(1);
  h.object().broadcast("e", json("1"));
  h.object().broadcast("e", json("2"));
  h.settle();
  CHECK(h.said(1).empty());
  h.join(2, h.since(1), 1);
  CHECK(h.said(1) == "at 2; s2 in 1 recovered [2]");
  CHECK(h.said(0) == "at 0; s1 in 0; +1 1; +2 2");
}
