#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

fixture_settings late() {
  fixture_settings how;
  how.late = true;
  how.rights.publish = config::permission::members;
  return how;
}

} // namespace

TEST_CASE("what is said waits for the store in order, and in the pipeline", "[channel]") {
  channel_fixture h{late()};
  h.does.calls["act"] = [](probe& p, const member& who, const payload&) {
    p.broadcast("e", json("1"));
    p.push(who, "hint", json("2"));
    p.broadcast("e", json("3"));
    p.broadcast("e", json("4"), ephemeral());
    return done();
  };
  h.start();
  h.join(1, {}, 0);
  h.join(2, {}, 1);
  h.said(0), h.said(1);
  h.call(1, "act");
  h.publish(1, "5");
  CHECK(h.said(0).empty());
  CHECK(h.keep->waiting() == 3); // all under way: nobody waits for the answer before asking again
  CHECK(h.completed(1) == 1);
  h.keep->answer();
  CHECK(h.said(0) == "+1 1; s1 push hint 2");
  h.keep->answer();
  CHECK(h.said(0) == "+2 3; ~4; s1 reply 1 null");
  CHECK(h.completed(1) == 2);
  h.keep->answer();
  CHECK(h.said(0) == "+3 5");
  CHECK(h.said(1) == "+1 1; +2 3; ~4; +3 5");
  CHECK(h.completed(1) == 3);
}

TEST_CASE("a newcomer starts at the head as it is at its place, however late that is known", "[channel]") {
  channel_fixture h{late()};
  h.start();
  h.join(1, {}, 0);
  h.object().broadcast("e", json("1"));
  h.join(2, {}, 1);
  h.object().broadcast("e", json("2"));
  h.settle();
  CHECK(h.said(1).empty());
  h.keep->answer_all();
  CHECK(h.said(0) == "at 0; s1 in 0; +1 1; +2 2");
  CHECK(h.said(1) == "at 1; s2 in 1; +2 2");
}

TEST_CASE("a replay that takes its time holds back its own link only, up to the head at its place", "[channel]") {
  channel_fixture h{late()};
  h.start();
  h.join(1, {}, 0);
  for (int i = 1; i <= 3; ++i)
    h.object().broadcast("e", json("1"));
  h.settle();
  h.keep->answer_all();
  h.said(0);
  h.join(2, h.since(1), 1);
  h.object().broadcast("e", json("4"));
  h.settle();
  CHECK(h.keep->waiting() == 2);
  h.leave(2, leave_reason::left, 1);
  CHECK(h.said(1).empty());
  h.keep->answer();
  CHECK(h.said(1) == "at 3; s2 in 1 recovered [2,3]"); // 4 is still under way
  CHECK(h.said(0).empty());
  h.keep->answer();
  CHECK(h.said(1) == "+4 4; s2 left left");
  CHECK(h.said(0) == "+4 4");
}

TEST_CASE("an append that fails is told to its publisher and holds up nobody", "[channel]") {
  channel_fixture h{late()};
  h.start();
  h.join(1);
  h.said();
  h.keep->failing = 2;
  h.send({channel_fixture::command(1, channel_fixture::publication("1"))});
  h.object().broadcast("e", json("2"));
  h.publish(1, "3");
  h.keep->answer_all();
  CHECK(h.said() == "s1 error 1 unavailable; +1 3");
  CHECK(h.announced() == "failed broadcast: the disk is full");
  h.join(2);
  CHECK(h.said() == "s2 in 1");
}

TEST_CASE("history and pages are read at their place", "[channel]") {
  channel_fixture h{late()};
  h.start();
  h.join(1);
  h.said();
  h.object().broadcast("e", json("1"));
  h.send({channel_fixture::command(1, read_on{0}, {})});
  h.object().broadcast("e", json("2"));
  h.settle();
  h.keep->answer(2);
  CHECK(h.said() == "+1 1");
  h.keep->answer();
  CHECK(h.said() == "s1 page [1]; +2 2");
}

TEST_CASE("a channel stops when everything is kept and said", "[channel]") {
  channel_fixture h{late()};
  h.start();
  h.join(1);
  h.said();
  h.publish(1, "1");
  h.runtime->stop(leave_reason::drained, "idle");
  CHECK_FALSE(h.runtime->over());
  CHECK(h.said().empty());
  CHECK(h.heard() == "join s1; leave s1 drained");
  h.join(2);
  h.keep->answer_all();
  CHECK(h.said() == "+1 1; s1 left idle; s2 away 1 unavailable");
  CHECK(h.runtime->now_in() == channel_runtime::phase::stopped);
}

TEST_CASE("an answer that comes after the channel is gone is nobody's", "[channel]") {
  channel_fixture h{late()};
  h.start();
  h.join(1);
  h.object().broadcast("e", json("1"));
  h.settle();
  h.join(2, h.since(0), 1);
  // The store keeps the callback; the partition it would read from is gone with the runtime, so only the append is left.
  h.keep->answer();
  h.runtime.reset();
  SUCCEED();
}
