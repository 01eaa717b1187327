// The ledger's client speaks the protocol as its page says, and writes down what it saw.

#include "tests/ledger/traveller.hpp"

#include <catch2/catch.hpp>

using namespace troupe::ledger;
using seen::chance;

namespace {

const json welcome{{"type", "welcome"}, {"session", "s1"}, {"token", "T1"}};
const json welcome_anew{{"type", "welcome"}, {"session", "s2"}, {"token", "T2"}};

json subscribed(const char* channel, std::uint64_t offset) {
  return {{"type", "subscribed"}, {"channel", channel}, {"epoch", "e"}, {"offset", offset}};
}
json broadcast(std::uint64_t offset) {
  return {{"type", "broadcast"}, {"channel", "told:a"}, {"offset", offset}, {"data", offset}};
}

/// In `told:a`, with one publication heard: two messages received.
traveller who_is_in() {
  traveller who{"c", {"told:a"}};
  CHECK(who.set_out(way::ws_json, chance::goes_on) == "/ws");
  who.hear(welcome);
  CHECK(who.take_said() == std::vector<json>{{{"action", "subscribe"}, {"channel", "told:a"}}});
  who.hear(subscribed("told:a", 0));
  who.hear(broadcast(1));
  return who;
}

std::vector<std::string> actions(const std::vector<json>& all) {
  std::vector<std::string> list;
  for (const auto& m : all)
    list.push_back(m.at("action"));
  return list;
}

} // namespace

TEST_CASE("it comes back with its token, says how much it received, and says again what was not heard") {
  auto who = who_is_in();
  who.ping();
  who.call("told:a", "tell", false);
  who.call("told:a", "tell", true);
  REQUIRE(who.take_said().size() == 3);
  CHECK(who.set_out(way::ws_msgpack, chance::goes_on) == "/ws?token=T1");
  who.hear(welcome_anew);
  CHECK(who.take_said() == std::vector<json>{{{"action", "resume"},
                                              {"token", "T1"},
                                              {"received", 2},
                                              {"positions", {{"told:a", {{"epoch", "e"}, {"offset", 1}}}}},
                                              {"attempt", 2}}});
  CHECK_FALSE(who.attached());
  who.hear({{"type", "resumed"}, {"session", "s1"}, {"token", "T1"}, {"private", "kept"}, {"heard", 2}});
  CHECK(who.settled());
  const auto again = who.take_said(); // subscribe and ping were heard
  CHECK(actions(again) == std::vector<std::string>{"call", "call"});
  CHECK(again[0]["id"] == 2);
  CHECK(again[1]["key"] == "c-3");
  CHECK(again[0].contains("key") == false);
  CHECK(who.unanswered() == 3);
  who.hear({{"type", "reply"}, {"id", 1}, {"data", nullptr}});
  CHECK(who.unanswered() == 2);
  who.set_out(way::ws_json, chance::goes_on);
  who.hear(welcome_anew);
  CHECK(who.take_said().at(0)["received"] == 3); // the count goes on
}

TEST_CASE("of what was heard before its private messages were lost it asks again with a key, and without waits for no answer") {
  auto who = who_is_in();
  who.call("told:a", "tell", false);
  who.call("told:a", "tell", true);
  who.take_said();
  who.set_out(way::ws_json, chance::goes_on);
  who.hear(welcome_anew);
  who.take_said();
  who.hear({{"type", "resumed"}, {"session", "s1"}, {"token", "T1"}, {"private", "lost"}, {"heard", 3}});
  const auto again = who.take_said();
  REQUIRE(again.size() == 1);
  CHECK(again[0]["key"] == "c-2");
  CHECK(who.unanswered() == 1);
  who.hear({{"type", "reply"}, {"id", 2}, {"data", nullptr}});
  CHECK(who.unanswered() == 0);
}

TEST_CASE("who is told that its session has gone enters anew from where it stands, and counts that as its first") {
  auto who = who_is_in();
  who.call("told:a", "tell", true);
  who.take_said();
  who.set_out(way::ws_json, chance::goes_on);
  who.hear(welcome_anew);
  who.take_said();
  who.hear({{"type", "error"}, {"code", "expired"}, {"message", "gone"}});
  CHECK(who.session() == "s2");
  CHECK(who.unanswered() == 0);
  CHECK(who.take_said() == std::vector<json>{{{"action", "subscribe"}, {"channel", "told:a"}, {"since", {{"epoch", "e"}, {"offset", 1}}}}});
  who.set_out(way::ws_json, chance::goes_on);
  who.hear(welcome);
  CHECK(who.take_said().at(0)["received"] == 1);
}

TEST_CASE("over a stream it goes on if the token is its own, and else begins anew at its positions") {
  auto who = who_is_in();
  REQUIRE(who.may_take(way::sse));
  const auto target = who.set_out(way::sse, chance::goes_on);
  CHECK(target == "/events?format=envelope&channel=told%3Aa&lastEventId=e-1&token=T1&received=2&attempt=2&at=told%3Aa%40e-1");
  SECTION("its own") {
    who.hear({{"type", "connected"}, {"token", "T1"}, {"session", "s1"}, {"private", "kept"}, {"heard", 1}});
    CHECK(who.settled());
    who.hear(broadcast(2));
    CHECK(who.position("told:a") == place{"e", 2});
    CHECK(who.set_out(way::poll, chance::goes_on).find("&received=3&attempt=3&at=told%3Aa%40e-") != std::string::npos);
  }
  SECTION("another") {
    who.hear({{"type", "connected"}, {"token", "T2"}, {"session", "s2"}});
    CHECK_FALSE(who.settled());
    auto in = subscribed("told:a", 1);
    in["recovered"] = true;
    who.hear(in);
    CHECK(who.settled());
    CHECK(who.set_out(way::sse, chance::goes_on).find("&token=T2&received=1&attempt=3&at=") != std::string::npos);
  }
}

TEST_CASE("what it posts it posts again until it is answered, with its key") {
  auto who = who_is_in();
  who.set_out(way::poll, chance::goes_on);
  who.hear_poll({{"token", "T1"}, {"cursor", "C1"}, {"private", "kept"}, {"heard", 1}, {"messages", json::array({broadcast(2)})}});
  CHECK(who.next_poll() == "/poll?format=envelope&cursor=C1");
  who.call("told:a", "tell", true);
  CHECK(who.take_said().empty());
  const auto first = who.take_posts();
  REQUIRE(first.size() == 1);
  CHECK(first[0].second["token"] == "T1");
  CHECK(who.take_posts().empty());
  who.not_posted(first[0].first);
  const auto second = who.take_posts();
  CHECK(second == first);
  who.hear_posted(second[0].first, {{"type", "reply"}, {"id", 1}, {"data", {{"after", 2}, {"pushed", 1}}}});
  CHECK(who.unanswered() == 0);
}

TEST_CASE("what was not heard over a WebSocket is posted with a key, and who is not in enters over a WebSocket") {
  traveller who{"c", {"told:a"}};
  who.set_out(way::ws_json, chance::goes_on);
  who.hear(welcome);
  who.call("told:a", "tell", false);
  who.take_said();
  who.set_out(way::sse, chance::goes_on);
  SECTION("the subscription was heard") {
    who.hear({{"type", "connected"}, {"token", "T1"}, {"session", "s1"}, {"private", "kept"}, {"heard", 1}});
    CHECK_FALSE(who.stranded());
    who.hear(subscribed("told:a", 0));
    CHECK(who.settled());
    const auto posts = who.take_posts();
    REQUIRE(posts.size() == 1);
    CHECK(posts[0].second["key"] == "c-1");
  }
  SECTION("nothing was") {
    who.hear({{"type", "connected"}, {"token", "T1"}, {"session", "s1"}, {"private", "kept"}, {"heard", 0}});
    CHECK(who.stranded());
    CHECK_FALSE(who.may_take(way::poll));
    CHECK(who.may_take(way::ws_msgpack));
  }
}
