#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

call_result fail(probe&, const member&, const payload&) { throw std::runtime_error("broken"); }

} // namespace

TEST_CASE("an exception costs its caller an error; on_error keeps the object or replaces it", "[channel]") {
  channel_fixture h;
  auto then = GENERATE(after_error::keep, after_error::restart);
  h.does.on_error = [then] { return then; };
  h.does.calls["fail"] = fail;
  h.start();
  h.join(1);
  h.said();
  h.call(1, "fail");
  h.publish(1, "1");
  CHECK(h.said() == "s1 error 1 internal; s1 error refused");
  CHECK(h.does.made == (then == after_error::keep ? 1 : 2));
  CHECK(h.object().member_count() == 1);
  CHECK(h.heard() == "join s1"); // not repeated
  h.leave(1);
  CHECK(h.heard() == "leave s1 left");
}

TEST_CASE("a new object gets the last snapshot, and members stay attached", "[channel]") {
  channel_fixture h;
  int state = 0;
  std::string restored;
  h.does.snapshot = [&] { return std::optional{payload::of(state)}; };
  h.does.restore = [&](probe& p, const payload& s) {
    restored += std::string{s.json()} + "/" + std::to_string(p.member_count());
  };
  h.does.calls["set"] = [&](probe&, const member&, const payload& to) {
    state = to.as<int>();
    return done();
  };
  h.does.calls["crash"] = [](probe& p, const member& who, const payload&) {
    p.crash("on purpose");
    p.broadcast("e", json("1"));
    return reply(to_string(who.id));
  };
  h.start();
  CHECK(restored.empty());
  h.join(1);
  h.call(1, "set", json("5"));
  h.pass(h.settings.channels.snapshot_interval);
  h.said();
  h.call(1, "crash");
  CHECK(h.said() == "+1 1; s1 reply 1 \"s1\""); // its handler ends first
  CHECK(restored == "5/1");
  CHECK(h.does.made == 2);
  h.call(1, "set", json("6"));
  CHECK(h.said() == "s1 reply 1 null");
  h.runtime->fail_object("killed");
  CHECK(h.does.made == 3);
  CHECK(h.runtime->describe().last_error == "killed");
  CHECK(h.runtime->describe().restarts == 2);
}

TEST_CASE("an exception in setup or on_restore replaces the object", "[channel]") {
  channel_fixture h;
  int failures = 2;
  h.does.setup = [&](probe&) {
    if (failures-- > 0)
      throw std::runtime_error("not yet");
  };
  h.start();
  CHECK(h.does.made == 3);
  h.join(1);
  CHECK(h.said() == "at 0; s1 in 0");
  CHECK(h.announced() == "failed setup: not yet; restarted 1; failed setup: not yet; restarted 2");
}

TEST_CASE("beyond the intensity the channel gives up: one leave each, and whoever waits is answered", "[channel]") {
  channel_fixture h;
  std::vector<promise> owed;
  h.does.on_error = [] { return after_error::restart; };
  h.does.calls["fail"] = fail;
  h.does.calls["wait"] = [&](probe& p, const member&, const payload&) {
    owed.push_back(p.promise_answer());
    return later(owed.back());
  };
  h.does.join = [&](probe& p, const member& who, const payload&) -> join_result {
    if (who.id.value() != 3)
      return accept();
    owed.push_back(p.promise_answer());
    return later(owed.back());
  };
  h.start();
  h.join(1, {}, 0);
  h.join(2, {}, 1);
  h.join(3, {}, 1);
  h.said(0), h.said(1), h.announced();
  h.call(2, "wait", {}, 1);
  for (int i = 0; i < 5; ++i)
    h.call(1, "fail");
  CHECK(h.said(0) == "s1 error 1 internal; s1 error 1 internal; s1 error 1 internal; s1 error 1 internal; s1 error 1 internal");
  CHECK_FALSE(h.runtime->over());
  h.heard(), h.announced();
  h.send({channel_fixture::command(1, protocol::call{"room:1", "fail", {}, {}}), channel_fixture::command(1, protocol::history{}),
          channel_fixture::command(1, actors::leave{}), channel_fixture::command(4, actors::join{})});
  CHECK(h.runtime->now_in() == channel_runtime::phase::gave_up);
  CHECK(h.said(0) == "s1 error 1 internal; s1 left channel failed; s1 error 1 unavailable; s1 bye 1; s4 away 1 unavailable");
  CHECK(h.said(1) == "s3 away 1 internal; s2 error 1 internal; s2 left channel failed");
  CHECK(h.heard().empty());
  CHECK(h.announced() == "failed fail: broken; left s1 channel failed unheard; left s2 channel failed unheard");
  CHECK(h.completed(1, 0) == 1 + 5 + 3);
  CHECK(h.completed(2, 1) == 2);
  CHECK(h.completed(3, 1) == 1);
  owed.clear();
  h.settle();
  CHECK(h.said(1).empty());
}

TEST_CASE("a factory that makes nothing gives up at once", "[channel]") {
  channel_fixture h;
  h.parts->make = [](const std::string&) { return std::unique_ptr<troupe::channel>{}; };
  h.start();
  CHECK(h.runtime->now_in() == channel_runtime::phase::gave_up);
}

TEST_CASE("restarts are counted within their period", "[channel]") {
  channel_fixture h;
  h.start();
  for (int i = 0; i < 20; ++i) {
    h.runtime->fail_object("again");
    h.pass(milliseconds{2500});
  }
  CHECK_FALSE(h.runtime->over());
}

TEST_CASE("a leave is heard once, also if hearing it fails", "[channel]") {
  channel_fixture h;
  h.does.on_error = [] { return after_error::restart; };
  h.does.leave = [](probe&, const member&, leave_reason) { throw std::runtime_error("sad"); };
  h.start();
  h.join(1);
  h.leave(1, leave_reason::lost);
  h.leave(1, leave_reason::lost);
  CHECK(h.heard() == "join s1; leave s1 lost");
  CHECK(h.does.made == 2);
  CHECK(h.completed(1) == 3);
}

TEST_CASE("on_leave comes after the handler that caused it, and may speak", "[channel]") {
  channel_fixture h;
  std::string order;
  h.does.leave = [&](probe& p, const member& who, leave_reason) {
    order += "leave ";
    p.broadcast("gone", payload::of(to_string(who.id)));
    CHECK_FALSE(p.find_member(who.id));
  };
  h.does.calls["kick"] = [&](probe& p, const member&, const payload& who) {
    p.kick(session_id{who.as<std::uint64_t>()});
    order += "handler ";
    return done();
  };
  h.start();
  h.join(1);
  h.join(2);
  h.said();
  h.call(1, "kick", json("2"));
  CHECK(h.said() == "s2 left kicked; s1 reply 1 null; +1 \"s2\"");
  CHECK(order == "handler leave ");
}

// -- stopping -----------------------------------------------------------------

TEST_CASE("a stopped channel takes its snapshot, says the last word to each and hears their leaves", "[channel]") {
  channel_fixture h;
  std::string order;
  std::optional<promise> owed;
  h.does.snapshot = [&] {
    order += "snapshot ";
    return std::optional{json("1")};
  };
  h.does.leave = [&](probe& p, const member&, leave_reason) {
    order += "leave ";
    p.broadcast("e", json("\"bye\""));
  };
  h.does.calls["wait"] = [&](probe& p, const member&, const payload&) { return later(*(owed = p.promise_answer())); };
  h.start();
  h.join(1, {}, 0);
  h.join(2, {}, 1);
  h.call(1, "wait");
  h.said(0), h.said(1);
  order.clear();
  h.runtime->stop(leave_reason::drained, "idle");
  CHECK(h.runtime->now_in() == channel_runtime::phase::stopped);
  CHECK(order == "snapshot leave leave ");
  CHECK(h.said(0) == "s1 error 1 unavailable; s1 left idle");
  CHECK(h.said(1) == "s2 left idle");
  CHECK(h.heard() == "join s1; join s2; leave s1 drained; leave s2 drained");
  h.runtime->stop(leave_reason::drained, "idle");
  h.send({channel_fixture::command(1, actors::leave{}), channel_fixture::command(1, actors::leave{leave_reason::lost}),
          channel_fixture::command(5, actors::join{}), channel_fixture::command(1, read_on{}), channel_fixture::command(1, protocol::presence{})});
  CHECK(h.said(0) == "s1 bye 1; s5 away 1 unavailable; s1 error 1 unavailable");
  CHECK(h.heard().empty());
  CHECK(h.completed(1) == 2 + 4);
}

TEST_CASE("an object may stop its channel; what it says before is said", "[channel]") {
  channel_fixture h;
  h.does.calls["stop"] = [](probe& p, const member&, const payload&) {
    p.stop("full moon");
    p.broadcast("e", json("1"));
    return done();
  };
  h.start();
  h.join(1);
  h.said();
  h.send({channel_fixture::command(1, protocol::call{"room:1", "stop", {}, {}}),
          channel_fixture::command(1, protocol::call{"room:1", "stop", {}, {}}, std::int64_t{2})});
  CHECK(h.said() == "+1 1; s1 reply 1 null; s1 left full moon; s1 error 2 unavailable");
  CHECK(h.runtime->now_in() == channel_runtime::phase::stopped);
  CHECK(h.heard() == "join s1; leave s1 drained");
}

TEST_CASE("what a channel leaves behind is there when it starts again", "[channel]") {
  channel_fixture h;
  h.does.snapshot = [] { return std::optional{json("42")}; };
  std::string restored;
  h.does.restore = [&](probe&, const payload& s) { restored = s.json(); };
  h.start();
  h.join(1);
  h.object().broadcast("e", json("1"));
  h.settle();
  h.runtime->stop(leave_reason::drained, "idle");
  h.start();
  CHECK(restored == "42");
  h.said();
  h.join(1, h.since(0));
  CHECK(h.said() == "at 1; s1 in 0 recovered [1]");
}

// -- snapshots ----------------------------------------------------------------

TEST_CASE("snapshots are asked for after commands, at most once an interval, and not over the limit", "[channel]") {
  fixture_settings how;
  how.settings.limits.snapshot_bytes = 2000;
  channel_fixture h{how};
  int asked = 0;
  std::string text = "1";
  h.does.snapshot = [&] {
    ++asked;
    return std::optional{json(std::string{text})};
  };
  h.does.calls["act"] = [](probe&, const member&, const payload&) { return done(); };
  h.start();
  CHECK(asked == 0);
  h.join(1);
  CHECK(asked == 1);
  for (int i = 0; i < 5; ++i)
    h.call(1, "act");
  CHECK(asked == 1);
  h.pass(h.settings.channels.snapshot_interval);
  CHECK(asked == 2);
  h.pass(h.settings.channels.snapshot_interval * 3);
  CHECK(asked == 2);
  h.announced();
  text = "\"" + std::string(3000, 'x') + "\"";
  h.call(1, "act");
  CHECK(asked == 3);
  const std::string why = "a snapshot of " + std::to_string(json(std::string{text}).size()) +
                          " bytes is over limits.snapshot_bytes: the one before is kept";
  CHECK(h.announced() == "failed snapshot: " + why + "; limit limits.snapshot_bytes");
  CHECK(h.heard().ends_with("not saved " + why));
  h.pass(h.settings.channels.snapshot_interval * 3);
  CHECK(asked == 3); // nothing has happened since
  std::string restored;
  h.does.restore = [&](probe&, const payload& s) { restored = s.json(); };
  h.runtime->fail_object("x");
  CHECK(restored == "1");
}

TEST_CASE("save asks for the snapshot now, within the handler", "[channel]") {
  channel_fixture h;
  int state = 0;
  std::string restored;
  h.does.on_error = [] { return after_error::restart; };
  h.does.snapshot = [&] { return std::optional{payload::of(state)}; };
  h.does.restore = [&](probe&, const payload& s) { restored = s.json(); };
  h.does.calls["save"] = [&](probe& p, const member&, const payload&) -> call_result {
    state = 7;
    p.save();
    state = 8;
    throw std::runtime_error("after saving");
  };
  h.start();
  h.join(1);
  h.call(1, "save");
  CHECK(restored == "7");
  h.object().save(); // and outside
  h.runtime->fail_object("x");
  CHECK(restored == "8");
}

TEST_CASE("a snapshot that throws is a failure like any other", "[channel]") {
  channel_fixture h;
  bool fails = true;
  h.does.snapshot = [&]() -> std::optional<payload> {
    if (fails)
      throw std::runtime_error("no paper");
    return std::nullopt;
  };
  h.start();
  h.join(1);
  CHECK(h.announced() == "failed snapshot: no paper");
  h.does.calls["save"] = [](probe& p, const member&, const payload&) {
    p.save();
    return done();
  };
  h.runtime->fail_object("so that it has the call");
  h.said();
  h.call(1, "save");
  CHECK(h.said() == "s1 error 1 internal");
  CHECK(h.object().member_count() == 1);
}

// -- shards -------------------------------------------------------------------

TEST_CASE("a shard that is gone takes its members along, unheard by them", "[channel]") {
  channel_fixture h;
  h.start();
  h.join(1, {}, 0);
  h.join(2, {}, 1);
  h.said(0), h.said(1);
  SECTION("closed") { h.runtime->close_link(1); }
  SECTION("named anew") {
    h.at(1).rename();
    h.send({}, 1);
  }
  h.object().broadcast("e", json("1"));
  h.settle();
  CHECK(h.said(0) == "+1 1");
  CHECK(h.said(1).empty());
  CHECK(h.heard() == "join s1; join s2; leave s2 lost");
}

TEST_CASE("members of an actor that died come again, from where they stood", "[channel]") {
  channel_fixture h;
  h.start();
  h.join(1);
  h.object().broadcast("e", json("1"));
  h.object().broadcast("e", json("2"));
  h.settle();
  h.said();
  const auto at_one = h.since(1);
  h.start();
  auto again = at_one;
  again.again = true;
  h.join(1, again, 0, {});
  CHECK(h.said() == "at 2; s1 in 1 recovered [2]");
  CHECK(effect_as<joined>(h.at(0).effects.back())->again);
  CHECK(h.heard() == "join s1; join s1");
}
