// In which order things are said that wait for the channel's state to be kept.
#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

/// A channel whose members keep a copy of a list: calls `add` and `clear`, `add` as a publish, too.
struct listing {
  explicit listing(channel_fixture& h) {
    h.does.calls["add"] = [this](probe& p, const member&, const payload& data) {
      items.push_back(data.as<int>());
      p.broadcast("added", data, after_save());
      return done().after_save();
    };
    h.does.calls["clear"] = [this](probe& p, const member&, const payload&) {
      items.clear();
      p.broadcast("cleared", json("\"cleared\""), after_save());
      return done().after_save();
    };
    h.does.publish = [this](probe&, const member&, draft& d) {
      items.push_back(d.data.as<int>());
      return accept().after_save();
    };
    h.does.join = [this](probe&, const member&, const payload&) { return accept(items).after_save(); };
    h.does.snapshot = [this] { return std::optional{payload::of(items)}; };
    h.does.restore = [this](probe&, const payload& last) { items = last.as<std::vector<int>>(); };
  }
  static channel_command call(const char* name, int with) {
    return channel_fixture::command(1, protocol::call{"room:1", name, payload::of(with), std::nullopt}, {});
  }
  static channel_command publish(int what) {
    return channel_fixture::command(1, channel_fixture::publication(std::to_string(what)), {});
  }
  static channel_command join(std::uint64_t who) {
    actors::join how;
    how.who.id = session_id{who};
    return channel_fixture::command(who, std::move(how));
  }

  std::vector<int> items;
};

fixture_settings anyone_publishes(bool late) {
  fixture_settings how;
  how.rights.publish = config::permission::members;
  how.late = late;
  return how;
}

} // namespace

TEST_CASE("what waits for one snapshot is said in one order, so that a newcomer's state and stream fit together",
          "[channel]") {
  const bool late = GENERATE(false, true); // the store
  channel_fixture h{anyone_publishes(late)};
  listing l{h};
  h.start();
  h.join(1);
  h.keep->answer_all();
  h.settle();
  h.said();
  h.send({l.publish(1), l.join(2), l.call("clear", 0), l.publish(2), l.call("add", 3), l.join(3), l.publish(4)});
  h.keep->answer_all();
  h.settle();
  CHECK(h.said() == "+1 1; s2 in 1 [1]; +2 \"cleared\"; +3 2; +4 3; s3 in 4 [2,3]; +5 4");
  CHECK(l.items == std::vector{2, 3, 4});
}

TEST_CASE("what is said at once is heard before what waits", "[channel]") {
  channel_fixture h{anyone_publishes(false)};
  listing l{h};
  h.does.calls["hello"] = [](probe& p, const member&, const payload&) {
    p.broadcast("waits", json("1"), ephemeral(after_save()));
    p.broadcast("at once", json("2"));
    return done();
  };
  h.start();
  h.join(1);
  h.said();
  h.call(1, "hello");
  CHECK(h.said() == "+1 2; s1 reply 1 null; ~1");
}

TEST_CASE("a broadcast whose state cannot be kept is not said, and the log says so", "[channel]") {
  channel_fixture h{anyone_publishes(false)};
  listing l{h};
  h.start();
  h.join(1);
  h.said();
  h.announced();
  h.does.snapshot = [] { return std::optional<payload>{}; };
  h.call(1, "clear");
  CHECK(h.said() == "s1 error 1 internal");
  CHECK(h.announced() == "failed broadcast: the channel could not keep its state");
}

TEST_CASE("a broadcast that waits for the state of an object that is replaced is not said", "[channel]") {
  const bool late = GENERATE(false, true);
  channel_fixture h{anyone_publishes(late)};
  listing l{h};
  h.does.calls["crash"] = [](probe& p, const member&, const payload&) { return p.crash("test"), done(); };
  h.start();
  h.join(1);
  h.keep->answer_all();
  h.settle();
  h.said();
  h.send({l.call("add", 1), l.call("crash", 0)});
  h.keep->answer_all();
  h.settle();
  CHECK(h.said().find('+') == std::string::npos);
  CHECK(l.items.empty());
}

TEST_CASE("what waits for its state is said before a channel that stops lets its members go", "[channel]") {
  channel_fixture h{anyone_publishes(false)};
  listing l{h};
  h.does.calls["last"] = [&](probe& p, const member&, const payload&) {
    p.broadcast("bye", json("1"), after_save());
    p.stop("done");
    return done();
  };
  h.start();
  h.join(1);
  h.said();
  h.call(1, "last");
  const auto said = h.said();
  CHECK(said.find("+1 1") < said.find("s1 left"));
}
