#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

/// A channel with a number for its state, that says after each call what a crash would leave.
struct counting {
  explicit counting(channel_fixture& r) : h(r) {
    h.does.snapshot = [this] {
      ++asked;
      return std::optional{payload::of(state)};
    };
    h.does.restore = [this](probe&, const payload& s) { state = s.as<int>(); };
    h.does.calls["set"] = [this](probe&, const member&, const payload& to) {
      state = to.as<int>();
      return done();
    };
    h.does.calls["set safely"] = [this](probe&, const member&, const payload& to) {
      state = to.as<int>();
      return done().after_save();
    };
  }
  [[nodiscard]] int after_crash() {
    h.runtime->fail_object("test");
    return state;
  }
  channel_fixture& h;
  int state = 0;
  int asked = 0;
};

} // namespace

TEST_CASE("what a reply that waits for its snapshot confirmed outlives a crash", "[channel]") {
  channel_fixture h;
  counting c{h};
  h.start();
  h.join(1);
  h.said();
  h.call(1, "set", json("5"));
  CHECK(h.said() == "s1 reply 1 null");
  CHECK(c.after_crash() == 0); // an ordinary reply confirms less
  h.call(1, "set safely", json("7"));
  CHECK(h.said() == "s1 reply 1 null");
  CHECK(c.after_crash() == 7);
}

TEST_CASE("replies of one turn wait for one snapshot, which has what each did", "[channel]") {
  channel_fixture h;
  counting c{h};
  h.start();
  h.join(1);
  h.said();
  c.asked = 0;
  std::vector<channel_command> many;
  for (int i = 1; i <= 10; ++i)
    many.push_back(channel_fixture::command(1, protocol::call{"room:1", "set safely", json(std::to_string(i)), {}}, std::int64_t{i}));
  h.send(std::move(many));
  CHECK(c.asked == 1);
  CHECK(h.said().find("s1 reply 10 null") != std::string::npos);
  CHECK(h.completed(1) == 11);
  CHECK(c.after_crash() == 10);
}

TEST_CASE("a reply waits for the store to keep its snapshot, and hears if it does not", "[channel]") {
  fixture_settings how;
  how.late = true;
  channel_fixture h{how};
  counting c{h};
  h.start();
  h.join(1);
  h.keep->answer_all();
  h.said(), h.heard();
  h.call(1, "set safely", json("5"));
  CHECK(h.said().empty());
  h.keep->answer_all();
  CHECK(h.said() == "s1 reply 1 null");
  h.call(1, "set safely", json("6"));
  h.keep->failing = 1;
  h.keep->answer_all();
  CHECK(h.said() == "s1 error 1 internal");
  CHECK(h.heard() == "not saved the disk is full");
  CHECK(h.announced().find("failed snapshot: the disk is full") != std::string::npos);
  CHECK(c.after_crash() == 5);
}

TEST_CASE("a reply that waits for a snapshot which cannot be kept is an error", "[channel]") {
  fixture_settings how;
  how.settings.limits.snapshot_bytes = 2000;
  channel_fixture h{how};
  h.does.calls["act"] = [](probe&, const member&, const payload&) { return done().after_save(); };
  SECTION("none is given") {}
  SECTION("too large") {
    h.does.snapshot = [] { return std::optional{json("\"" + std::string(3000, 'x') + "\"")}; };
  }
  SECTION("it throws") {
    h.does.snapshot = []() -> std::optional<payload> { throw std::runtime_error("no"); };
  }
  SECTION("the object is replaced before") {
    h.does.snapshot = [] { return std::optional{json("1")}; };
    h.does.on_error = [] { return after_error::restart; };
    h.does.calls["fail"] = [](probe&, const member&, const payload&) -> call_result { throw std::runtime_error("no"); };
    h.start();
    h.join(1);
    h.said();
    h.send({channel_fixture::command(1, protocol::call{"room:1", "act", {}, {}}),
            channel_fixture::command(1, protocol::call{"room:1", "fail", {}, {}}, std::int64_t{2})});
    CHECK(h.said() == "s1 error 1 internal; s1 error 2 internal");
    return;
  }
  h.start();
  h.join(1);
  h.said();
  h.call(1, "act");
  CHECK(h.said() == "s1 error 1 internal");
  CHECK(h.completed(1) == 2);
}

TEST_CASE("a join and a publish may wait for the snapshot, too", "[channel]") {
  fixture_settings how;
  how.late = true;
  how.rights.publish = config::permission::members;
  channel_fixture h{how};
  counting c{h};
  h.does.join = [&](probe&, const member&, const payload&) {
    ++c.state;
    return accept().after_save();
  };
  h.does.publish = [&](probe&, const member&, draft&) {
    ++c.state;
    return done().after_save();
  };
  h.start();
  h.join(1);
  CHECK(h.said().empty());
  CHECK(h.object().member_count() == 0);
  h.keep->answer_all();
  CHECK(h.said() == "at 0; s1 in 0");
  h.publish(1, "9");
  CHECK(h.said().empty());
  h.keep->answer_all();
  h.keep->answer_all();
  CHECK(h.said() == "+1 9");
  CHECK(c.after_crash() == 2);
}

TEST_CASE("a publish that waits for its snapshot stands, though its publisher leaves in the same turn", "[channel]") {
  fixture_settings how;
  how.rights.publish = config::permission::members;
  channel_fixture h{how};
  counting c{h};
  h.does.publish = [&](probe&, const member&, draft&) {
    ++c.state; // the object has heard it
    return done().after_save();
  };
  h.start();
  h.join(1);
  h.join(2);
  h.said();
  h.send({channel_fixture::command(1, channel_fixture::publication("9"), {}),
          channel_fixture::command(1, actors::leave{leave_reason::left})});
  h.settle();
  CHECK(h.said().find("+1 9") != std::string::npos);
  CHECK(h.completed(1) == 3);
  CHECK(c.after_crash() == 1);
}

TEST_CASE("save says whether the snapshot was taken", "[channel]") {
  fixture_settings how;
  how.settings.limits.snapshot_bytes = 2000;
  channel_fixture h{how};
  std::optional<payload> state;
  h.does.snapshot = [&] { return state; };
  h.start();
  CHECK(h.object().save() == save_result::nothing);
  state = json("1");
  CHECK(h.object().save() == save_result::taken);
  state = json("\"" + std::string(3000, 'x') + "\"");
  std::optional<save_result> inside;
  h.does.calls["save"] = [&](probe& p, const member&, const payload&) {
    inside = p.save();
    return done();
  };
  h.start();
  h.join(1);
  h.announced(), h.heard();
  h.call(1, "save");
  CHECK(inside == save_result::too_large);
  CHECK(h.heard().empty()); // who asked has been told
  CHECK(h.announced() == "limit limits.snapshot_bytes");
}

TEST_CASE("the channel may make its state smaller when it hears that it was not saved", "[channel]") {
  fixture_settings how;
  how.settings.limits.snapshot_bytes = 2000;
  channel_fixture h{how};
  std::size_t size = 3000;
  std::string restored;
  h.does.snapshot = [&] { return std::optional{json("\"" + std::string(size, 'x') + "\"")}; };
  h.does.restore = [&](probe&, const payload& s) { restored = s.json(); };
  h.does.not_saved = [&](probe& p, const failure& why) {
    CHECK(why.code == error_code::too_large);
    size = 10;
    p.save();
  };
  h.start();
  h.runtime->stop(leave_reason::drained, "idle"); // also the last one
  CHECK(h.runtime->over());
  h.start();
  CHECK(restored.size() == 12);
}

TEST_CASE("what a handler does after its save is saved in its time", "[channel]") {
  channel_fixture h;
  counting c{h};
  h.does.calls["save"] = [&](probe& p, const member&, const payload&) {
    p.save();
    c.state = 8;
    return done();
  };
  h.start();
  h.join(1);
  h.call(1, "save");
  h.pass(h.settings.channels.snapshot_interval);
  CHECK(c.after_crash() == 8);
}

TEST_CASE("a snapshot that saves fails, and does not recurse", "[channel]") {
  channel_fixture h;
  h.does.snapshot = [&]() -> std::optional<payload> {
    h.object().save();
    return std::nullopt;
  };
  h.start();
  h.join(1);
  CHECK(h.announced() == "failed snapshot: save: the snapshot is being taken");
}

TEST_CASE("a channel that ends waits for its last snapshot", "[channel]") {
  fixture_settings how;
  how.late = true;
  channel_fixture h{how};
  counting c{h};
  h.start();
  c.state = 3;
  h.runtime->stop(leave_reason::drained, "idle");
  CHECK_FALSE(h.runtime->over());
  h.keep->answer_all();
  CHECK(h.runtime->over());
}

// -- busy ---------------------------------------------------------------------

TEST_CASE("a busy channel is not stopped for being idle, but by a drain", "[channel]") {
  channel_fixture h;
  h.start();
  std::optional<busy_guard> first{h.object().busy()};
  std::optional<busy_guard> second{h.object().busy()};
  CHECK_FALSE(h.runtime->retire());
  first.reset();
  CHECK_FALSE(h.runtime->retire());
  CHECK(h.runtime->now_in() == channel_runtime::phase::live);
  SECTION("no longer busy") {
    second.reset();
    CHECK(h.runtime->retire());
    CHECK(h.runtime->over());
  }
  SECTION("drained") {
    h.runtime->stop(leave_reason::drained, "drain");
    CHECK(h.runtime->over());
    CHECK(h.runtime->retire());
  }
  SECTION("the object that was busy is gone") {
    h.runtime->fail_object("test");
    CHECK(h.runtime->retire());
  }
}

TEST_CASE("a channel that becomes busy right before it is asked stays, and while it stops it is too late", "[channel]") {
  channel_fixture h;
  std::optional<busy_guard> guard;
  SECTION("right before") {
    h.start();
    h.object().after(milliseconds{10}, [&] { guard = h.object().busy(); });
    h.pass(milliseconds{10});
    CHECK_FALSE(h.runtime->retire());
    CHECK_FALSE(h.runtime->over());
    const auto copy = std::move(*guard); // whoever has it, also on another thread
    guard.reset();
    CHECK_FALSE(h.runtime->retire());
  }
  SECTION("with the last snapshot") {
    h.does.snapshot = [&] {
      guard = h.object().busy();
      return std::optional<payload>{};
    };
    h.start();
    CHECK(h.runtime->retire());
    CHECK(guard.has_value());
    CHECK(h.runtime->over());
  }
}

// -- promises -----------------------------------------------------------------

TEST_CASE("an answer that an object owes ends with it", "[channel]") {
  channel_fixture h;
  std::vector<promise> owed; // by callbacks that outlive the object
  h.does.calls["wait"] = [&](probe& p, const member&, const payload&) { return later(owed.emplace_back(p.promise_answer())); };
  h.does.join = [&](probe& p, const member& who, const payload&) -> join_result {
    if (who.id.value() == 1)
      return accept();
    return later(owed.emplace_back(p.promise_answer()));
  };
  h.start();
  h.join(1);
  h.call(1, "wait");
  h.join(2);
  h.said();
  h.runtime->fail_object("test");
  CHECK(h.said() == "s1 error 1 internal; s2 away 1 internal");
  for (const auto& p : owed)
    p.reply();
  h.settle();
  CHECK(h.said().empty());
  CHECK(h.object().member_count() == 1);
}

TEST_CASE("the next object does not answer what the one before was asked", "[channel]") {
  channel_fixture h;
  bool refused = false;
  h.does.on_error = [] { return after_error::restart; };
  h.does.calls["fail"] = [](probe&, const member&, const payload&) -> call_result { throw std::runtime_error("no"); };
  h.start();
  h.join(1);
  h.said();
  h.does.setup = [&](probe& p) {
    try {
      (void)p.promise_answer();
    } catch (const std::logic_error&) {
      refused = true;
    }
  };
  h.call(1, "fail");
  CHECK(refused);
  CHECK(h.said() == "s1 error 1 internal");
}

TEST_CASE("an object that refuses its snapshot three times starts without it, and the channel lives", "[channel]") {
  channel_fixture h;
  int refused = 0;
  h.does.snapshot = [] { return std::optional{payload::of(1)}; };
  h.does.restore = [&](probe&, const payload&) {
    ++refused;
    throw std::runtime_error("not mine");
  };
  h.start();
  h.object().save();
  h.runtime->fail_object("x");
  CHECK(refused == 3);
  CHECK(h.does.made == 5); // the first, three that refused, and one without
  CHECK_FALSE(h.runtime->over());
}
