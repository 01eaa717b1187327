// What the application says from outside: in order, bounded, answered, and never lost without a word.

#include "actors/sessions/shard.hpp"
#include "tests/actors/virtual_node/scene.hpp"

#include <catch2/catch.hpp>

#include <troupe/outlet.hpp>

#include <algorithm>
#include <map>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

struct house : scene {
  using scene::scene;
  [[nodiscard]] outlet speaker() { return outlet{node.outlets().make()}; }
};

/// Notes answers by name: "ok {…}" or the code.
struct told_answers {
  outlet::callback to(std::string name) {
    return [this, name = std::move(name)](const outlet_answer& a) {
      CHECK(all.count(name) == 0);
      all[name] = a.ok() ? "ok " + std::string{a.data().json()} : std::string{protocol::to_string(a.why_not()->code)};
    };
  }
  std::map<std::string, std::string> all;
};

config::settings with_outlet(std::size_t items, std::size_t bytes = 1024 * 1024) {
  auto s = test_settings();
  s.limits.outlet_items = items;
  s.limits.outlet_bytes = bytes;
  return s;
}

} // namespace

TEST_CASE("what an outlet publishes is heard in its order, on every shard, and its position is told") {
  house h;
  ws_client near{h.node, "troupe.v1.json", 0}, far{h.node, "troupe.v1.json", 1};
  near.join("open:a", {});
  far.join("open:a", {});
  const auto out = h.speaker();
  told_answers told;
  for (int i = 1; i <= 100; ++i)
    CHECK(out.publish("open:a", "n", i, i == 100 ? told.to("last") : outlet::callback{}) == handed::over);
  CHECK(out.waiting() == 100);
  h.node.settle();
  CHECK(out.waiting() == 0);
  for (auto* reader : {&near, &far}) {
    const auto all = reader->publications();
    REQUIRE(all.size() == 100);
    for (int i = 0; i < 100; ++i)
      CHECK(all[static_cast<std::size_t>(i)] == heard{"open:a", "n", i + 1, i + 1u});
  }
  CHECK(told.all["last"].find("\"offset\":100") != std::string::npos);
}

TEST_CASE("what an outlet says past a link's limit waits in its order, and keeps back no other channel") {
  auto s = test_settings();
  s.limits.channel_commands = 16;
  house h{s};
  ws_client reader{h.node};
  reader.join("open:a", {});
  reader.join("open:b", {});
  const auto out = h.speaker();
  for (int i = 1; i <= 500; ++i) {
    out.publish("open:a", "n", i);
    if (i % 100 == 0)
      out.publish("open:b", "n", i);
  }
  h.node.settle();
  std::map<std::string, std::vector<int>> got;
  for (const auto& p : reader.publications())
    got[p.channel].push_back(p.data.get<int>());
  REQUIRE(got["open:a"].size() == 500);
  CHECK(std::is_sorted(got["open:a"].begin(), got["open:a"].end()));
  CHECK(got["open:b"] == std::vector<int>{100, 200, 300, 400, 500});
  CHECK(h.node.metric("limits.channel_commands") == 0);
}

TEST_CASE("a full outlet says so, takes nothing, and is counted once; it takes again when channels have taken") {
  house h{with_outlet(10)};
  const auto out = h.speaker();
  for (int i = 0; i < 10; ++i)
    CHECK(out.publish("open:a", "n", i) == handed::over);
  told_answers told;
  CHECK(out.publish("open:a", "n", 10, told.to("never")) == handed::full);
  CHECK(out.publish("open:a", "n", 11) == handed::full);
  CHECK_FALSE(out.wait_for_room(0ms));
  h.node.settle();
  CHECK(h.node.metric("limits.outlet_items") == 1);
  CHECK(out.wait_for_room(0ms));
  CHECK(out.publish("open:a", "n", 12) == handed::over);
  h.node.settle();
  CHECK(told.all.empty());
}

TEST_CASE("an outlet is bounded by bytes, too, but takes one thing however large") {
  house h{with_outlet(1000, 8 * 1024)};
  const auto out = h.speaker();
  CHECK(out.publish("open:a", "n", std::string(20'000, 'x')) == handed::over);
  CHECK(out.publish("open:a", "n", 1) == handed::full);
  h.node.settle();
  CHECK(h.node.metric("limits.outlet_bytes") == 1);
  CHECK(out.publish("open:a", "n", 1) == handed::over);
}

TEST_CASE("an outlet calls a channel's handlers, starting it if need be, and hears what they answer") {
  house h;
  const auto out = h.speaker();
  told_answers told;
  out.call("room:1", "count", payload{}, told.to("count"));
  out.call("room:1", "boom", payload{}, told.to("boom"));
  out.call("room:1", "unheard-of", payload{}, told.to("unheard-of"));
  out.call("room:1", "later", payload{}, told.to("later"), {.timeout = 300ms});
  out.call("nowhere", "count", payload{}, told.to("nowhere"));
  h.node.settle();
  CHECK(told.all["count"] == "ok 1");
  CHECK(told.all["boom"] == "internal");
  CHECK(told.all["unheard-of"] == "unknown_event");
  CHECK(told.all["nowhere"] == "bad_channel");
  CHECK(told.all.count("later") == 0);
  h.node.pass(1s);
  CHECK(told.all["later"] == "timeout");
}

TEST_CASE("an outlet starts no channel whose name is none") {
  house h;
  const auto out = h.speaker();
  told_answers told;
  out.publish("open:a\nb", "n", 1, told.to("two lines"));
  out.push(to_user{"a\tb"}, "mail", 1, told.to("tab"));
  out.call("room:" + std::string(1000, 'x'), "count", payload{}, told.to("long"));
  h.node.settle();
  for (const auto* name : {"two lines", "tab", "long"})
    CHECK(told.all[name] == "bad_channel");
}

TEST_CASE("an outlet pushes to one member, between what is said to all, and to a user's inbox") {
  house h;
  ws_client ada{h.node}, bob{h.node};
  ada.join("room:1", {});
  bob.join("room:1", {});
  const auto who = parse_session_id(ada.session());
  REQUIRE(who);
  ada.fresh();
  bob.fresh();
  const auto out = h.speaker();
  told_answers told;
  out.publish("room:1", "said", 1);
  out.push("room:1", *who, "hint", 2, told.to("member"));
  out.publish("room:1", "said", 3);
  out.push("room:1", session_id{0, 0, 77}, "hint", 4, told.to("stranger"));
  out.push("room:1", *who, "$own", 5, told.to("reserved"));
  out.push(to_user{"ada"}, "mail", 6, told.to("inbox"));
  h.node.settle();
  std::vector<int> heard_by_ada, heard_by_bob;
  for (const auto& m : ada.fresh())
    if (m.contains("data") && m["data"].is_number())
      heard_by_ada.push_back(m["data"].get<int>());
  for (const auto& m : bob.fresh())
    if (m.contains("data") && m["data"].is_number())
      heard_by_bob.push_back(m["data"].get<int>());
  CHECK(heard_by_ada == std::vector<int>{1, 2, 3});
  CHECK(heard_by_bob == std::vector<int>{1, 3});
  CHECK(told.all["member"] == "ok null");
  CHECK(told.all["stranger"] == "not_joined");
  CHECK(told.all["reserved"] == "refused");
  CHECK(told.all["inbox"].starts_with("ok "));
}

TEST_CASE("an outlet ends sessions of any shard") {
  house h;
  ws_client near{h.node, "troupe.v1.json", 0}, far{h.node, "troupe.v1.json", 1};
  const auto out = h.speaker();
  told_answers told;
  const auto first = near.session(), second = far.session();
  for (const auto& one : {first, second})
    out.disconnect(*parse_session_id(one), "moderated", told.to(one));
  out.disconnect(session_id{0, 1, 12345}, "moderated", told.to("nobody"));
  h.node.settle();
  CHECK_FALSE(near.connected());
  CHECK_FALSE(far.connected());
  CHECK(told.all[first] == "ok null");
  CHECK(told.all[second] == "ok null");
  CHECK(told.all["nobody"] == "not_found");
}

TEST_CASE("a key makes a publication of an outlet be said once") {
  house h;
  ws_client reader{h.node};
  reader.join("open:a", {});
  const auto out = h.speaker();
  for (int i = 0; i < 3; ++i)
    out.publish("open:a", "n", 1, {}, {.key = "order 7"});
  out.publish("open:a", "typing", 2, {}, {.ephemeral = true});
  h.node.settle();
  const auto all = reader.publications();
  REQUIRE(all.size() == 2);
  CHECK(all[0] == heard{"open:a", "n", 1, 1u});
  CHECK_FALSE(all[1].offset);
}

TEST_CASE("what is refused and nobody asked about is in the log, now and then") {
  house h;
  const auto out = h.speaker();
  for (int i = 0; i < 50; ++i)
    out.publish("nowhere", "n", i);
  h.node.settle();
  CHECK(h.node.logged("what an outlet said to nowhere was refused: no namespace has nowhere") == 1);
  h.node.pass(2s);
  out.publish("nowhere", "n", 1);
  h.node.settle();
  CHECK(h.node.logged("(and 49 more)") == 1);
}

TEST_CASE("what is refused is in the log, although the outlet that said it is gone") {
  house h;
  h.speaker().publish("open:a", "$own", 1);
  h.node.settle();
  CHECK(h.node.logged("what an outlet said to open:a was refused") == 1);
  h.speaker().disconnect(session_id{0, 1, 12345}, "moderated");
  h.node.pass(2s);
  CHECK(h.node.logged("no session s") == 1);
}

TEST_CASE("a callback that throws costs nobody anything") {
  house h;
  ws_client reader{h.node};
  reader.join("open:a", {});
  const auto out = h.speaker();
  out.publish("open:a", "n", 1, [](const outlet_answer&) { throw std::runtime_error("no"); });
  out.publish("open:a", "n", 2);
  h.node.settle();
  CHECK(reader.publications().size() == 2);
  CHECK(reader.connected());
}

TEST_CASE("what is handed over while an outlet is served for several turns is said without anybody's push") {
  auto s = test_settings();
  house h{s, 1};
  ws_client reader{h.node};
  reader.join("open:a", {});
  const auto out = h.speaker();
  for (int i = 0; i < 300; ++i) {
    out.publish("open:a", "n", i);
    out.publish("open:b", "n", i);
  }
  REQUIRE(h.node.shard_at(0).flush()); // more than a turn's work
  REQUIRE(out.publish("open:a", "last", 1) == handed::over);
  h.node.settle();
  CHECK(out.waiting() == 0);
  REQUIRE_FALSE(reader.publications().empty());
  CHECK(reader.publications().back().event == "last");
}

TEST_CASE("an outlet that has much to say to a channel leaves room for what clients say there") {
  auto s = test_settings();
  s.limits.channel_commands = 16;
  house h{s, 1};
  ws_client ada{h.node};
  ada.join("room:1", {});
  const auto out = h.speaker();
  for (int i = 0; i < 20; ++i)
    out.call("room:1", "later", payload{}, {});
  h.node.settle();
  CHECK(out.waiting() == 12);
  CHECK(ada.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "count"}})["data"] == 1);
  CHECK(h.node.metric("limits.channel_commands") == 0);
}

TEST_CASE("who waits for room waits for what did not fit") {
  house h{with_outlet(1000, 64 * 1024)};
  const auto out = h.speaker();
  const std::string large(40'000, 'x');
  CHECK(out.publish("open:a", "n", large) == handed::over);
  CHECK(out.publish("open:a", "n", large) == handed::full);
  CHECK_FALSE(out.wait_for_room(0ms));
  CHECK(out.publish("open:a", "n", 1) == handed::over);
  CHECK(out.wait_for_room(0ms)); // whoever was told `full` last may have given up
  CHECK(out.publish("open:a", "n", large) == handed::full);
  h.node.settle();
  CHECK(out.wait_for_room(0ms));
  CHECK(out.publish("open:a", "n", large) == handed::over);
}

// -- what goes away -----------------------------------------------------------

TEST_CASE("a channel that fails under what an outlet has said answers all of it, and takes what comes after") {
  house h;
  const auto out = h.speaker();
  std::size_t yes = 0, no = 0;
  for (int i = 0; i < 50; ++i) {
    out.call("room:1", "count", payload{}, [&](const outlet_answer& a) { ++(a.ok() ? yes : no); });
    if (i == 25)
      out.call("room:1", "stop", payload{}, {});
  }
  h.node.settle();
  h.node.pass(5s);
  CHECK(yes + no == 50);
  out.call("room:1", "count", payload{}, [&](const outlet_answer& a) { ++(a.ok() ? yes : no); });
  h.node.pass(5s);
  CHECK(yes + no == 51);
}

TEST_CASE("a shard that is started anew answers what was under way, and says what waited") {
  auto s = test_settings();
  s.limits.channel_commands = 4;
  house h{s, 1};
  ws_client reader{h.node};
  const auto out = h.speaker();
  told_answers told;
  out.call("room:1", "later", payload{}, told.to("later"));
  h.node.settle();
  for (int i = 0; i < 20; ++i)
    out.publish("room:1", "said", i);
  h.node.fail_actor("shard-0");
  h.node.pass(5s);
  CHECK(told.all["later"] == "unavailable");
  CHECK(out.waiting() == 0);
  told_answers after;
  out.publish("open:a", "n", 1, after.to("after"));
  h.node.settle();
  CHECK(after.all["after"].starts_with("ok "));
}

TEST_CASE("what waits when the node ends is answered, and an outlet that outlives it says so") {
  outlet out;
  told_answers told;
  auto [then, future] = future_answer();
  {
    house h;
    out = h.speaker();
    out.call("room:1", "later", payload{}, told.to("under way"));
    h.node.settle();
    h.node.outlets().close();
    CHECK(out.publish("open:a", "n", 1, told.to("too late")) == handed::stopped);
  }
  CHECK(told.all == std::map<std::string, std::string>{{"under way", "unavailable"}});
  CHECK(out.publish("open:a", "n", 2, then) == handed::stopped);
  then = nullptr;
  CHECK(future.get().why_not()->code == error_code::unavailable);
  CHECK(outlet{}.publish("open:a", "n", 3) == handed::stopped);
  CHECK_FALSE(outlet{}.wait_for_room(1h));
}

TEST_CASE("what an outlet said last is said, although its last copy is gone") {
  house h;
  ws_client reader{h.node};
  reader.join("open:a", {});
  h.speaker().publish("open:a", "n", 1);
  h.node.settle();
  CHECK(reader.publications().size() == 1);
}
