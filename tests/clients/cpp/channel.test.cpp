// Our place in a channel: what is told, in which order, once; coming and going.

#include "tests/clients/cpp/scripted.hpp"

#include <catch2/catch.hpp>

namespace troupe::clients::test {

using namespace std::chrono_literals;
using enum client_transport;

// -- hearing ------------------------------------------------------------------

TEST_CASE("what was told is not told again, and nothing before it") {
  in_room in;
  for (const std::uint64_t offset : {1, 2, 2, 1, 4, 3, 5})
    in.s.line().broadcast("room", offset);
  CHECK(in.room->said() == words{"1", "2", "4", "5"});
}

TEST_CASE("what has no offset is told each time: pushes, and what is ephemeral") {
  in_room in;
  in.s.line().broadcast("room", 5);
  for (const char* type : {"push", "broadcast"})
    in.s.line().say({{"type", type}, {"channel", "room"}, {"event", "said"}, {"data", type}});
  CHECK(in.room->said() == words{"5", "\"push\"", "\"broadcast\""});
  CHECK(in.room->messages[1].is_private);
  CHECK_FALSE(in.room->messages[2].is_private);
  CHECK(in.s.client.find("room")->where() == position{"e1", 5});
}

TEST_CASE("a message has what is around it; without an event it is a `message`") {
  in_room in;
  in.s.line().say({{"type", "broadcast"},
                   {"channel", "room"},
                   {"data", {{"a", 1}}},
                   {"offset", 1},
                   {"from", "s4"},
                   {"timestamp", 7}});
  REQUIRE(in.room->messages.size() == 1);
  const auto& m = in.room->messages.front();
  CHECK(m.event == "message");
  CHECK(m.channel == "room");
  CHECK(m.from == "s4");
  CHECK(m.offset == 1);
  CHECK(m.timestamp == 7);
}

TEST_CASE("a gap says how many were missed, and what follows it is told; it never turns the position back") {
  in_room in;
  in.s.line().say({{"type", "gap"}, {"channel", "room"}, {"epoch", "e1"}, {"offset", 120}, {"missed", 20}});
  in.s.line().broadcast("room", 121);
  in.s.line().say({{"type", "gap"}, {"channel", "room"}, {"epoch", "e1"}, {"offset", 5}, {"missed", nullptr}});
  CHECK(in.room->told == words{"subscribed", "gap 20", "said 121", "gap ?"});
  CHECK(in.s.client.find("room")->where() == position{"e1", 121});
  in.s.line().say({{"type", "gap"}, {"channel", "room"}, {"epoch", "e2"}, {"offset", 3}, {"missed", 3}});
  CHECK(in.s.client.find("room")->where() == position{"e2", 3});
}

TEST_CASE("what overtakes `subscribed` waits for it, and what it covers is not told") {
  stage s{{}, stage::only(sse)};
  const auto room = s.subscribe("room");
  s.line().welcome();
  s.line().broadcast("room", 7);
  s.line().broadcast("room", 8);
  s.line().say({{"type", "push"}, {"channel", "room"}, {"event", "said"}, {"data", "push"}});
  s.line().joined("room", {{"offset", 7}});
  CHECK(room->told == words{"subscribed", "said 8", "said \"push\""});
}

TEST_CASE("a channel that fails before `subscribed` arrives is joined again after it") {
  stage s{{}, stage::only(sse)};
  const auto room = s.subscribe("room");
  s.line().welcome();
  s.line().say({{"type", "unsubscribed"}, {"channel", "room"}, {"reason", "channel failed"}});
  s.line().joined("room");
  CHECK(room->told == words{"subscribed", "out channel failed, again"});
  s.clock.advance(500ms);
  CHECK(s.line().count("subscribe") == 2);
}

TEST_CASE("too much that overtakes `subscribed` is a gap") {
  session_settings settings;
  settings.limits.held_messages = 4;
  stage s{settings, stage::only(sse)};
  const auto room = s.subscribe("room");
  s.line().welcome();
  for (std::uint64_t offset = 1; offset <= 6; ++offset)
    s.line().broadcast("room", offset);
  s.line().joined("room", {{"offset", 0}});
  CHECK(room->told == words{"subscribed", "gap ?", "said 6"});
  CHECK(s.client.find("room")->where() == position{"e1", 6});
}

TEST_CASE("who comes and goes is told, if it was asked for; so is what the channel asks") {
  client_wishes wishes;
  wishes.presence = true;
  in_room in{{}, stage::all(), wishes};
  CHECK(in.s.line().last("subscribe")["presence"] == true);
  in.s.line().say(
      {{"type", "presence"}, {"channel", "room"}, {"joined", {{{"session", "s4"}}}}, {"left", json::array()}});
  REQUIRE(in.room->presences.size() == 1);
  CHECK(in.room->presences[0]["joined"][0]["session"] == "s4");
  in.s.line().say(
      {{"type", "ask"}, {"ask", 7}, {"channel", "room"}, {"event", "vote"}, {"data", 1}, {"deadline", 5000}});
  REQUIRE(in.room->asks.size() == 1);
  CHECK(in.room->asks[0]["ask"] == 7);
}

// -- coming and going ---------------------------------------------------------

TEST_CASE("a subscription that begins at a position says so") {
  stage s;
  client_wishes wishes;
  wishes.since = position{"k3f", 17};
  s.subscribe("room", wishes);
  s.line().welcome();
  CHECK(s.line().last("subscribe")["since"] == json{{"epoch", "k3f"}, {"offset", 17}});
}

TEST_CASE("without recovery it joins anew after a loss") {
  client_wishes wishes;
  wishes.recover = false;
  in_room in{{}, stage::all(), wishes};
  in.s.line().broadcast("room", 5);
  in.s.cut();
  in.s.line().welcome();
  in.s.line().refuse("resume", "expired");
  CHECK_FALSE(in.s.line().last("subscribe").contains("since"));
  in.s.line().joined("room", {{"offset", 9}});
  CHECK_FALSE(in.room->joins.back().recovered);
}

TEST_CASE("a channel that refuses is told once, ends what waits for it, and is not asked again") {
  stage s;
  const auto room = s.subscribe("room");
  const auto said = s.publish("room", 1);
  s.line().welcome();
  s.line().refuse("subscribe", "refused");
  CHECK(room->told == words{"refused refused"});
  CHECK(said->how == "refused");
  REQUIRE(room->end);
  s.clock.advance(600'000ms);
  CHECK(s.total("subscribe") == 1);
  CHECK_FALSE(s.client.find("room")); // the name is free again
}

TEST_CASE("after a passing error it is asked again, not before retry_after") {
  for (const char* code : {"busy", "timeout", "unavailable", "internal", "limit"}) {
    INFO(code);
    stage s;
    s.subscribe("room");
    s.line().welcome();
    s.line().refuse("subscribe", code, {{"retry_after", 2000}});
    s.clock.advance(2'499ms);
    CHECK(s.line().count("subscribe") == 1);
    s.clock.advance(1ms);
    CHECK(s.line().count("subscribe") == 2);
  }
}

TEST_CASE("a channel that failed is joined again where we stand, and says so; what was said meanwhile waits for it") {
  in_room in;
  in.s.line().broadcast("room", 3);
  in.s.line().say({{"type", "unsubscribed"}, {"channel", "room"}, {"reason", "channel failed"}});
  CHECK(in.room->told.back() == "out channel failed, again");
  const auto said = in.s.publish("room", 1);
  in.s.clock.advance(500ms);
  CHECK(in.s.line().last("subscribe")["since"] == json{{"epoch", "e1"}, {"offset", 3}});
  CHECK(in.s.line().count("publish") == 0);
  in.s.line().joined("room", {{"offset", 3}, {"recovered", true}});
  CHECK(in.s.line().count("publish") == 1);
  CHECK(said->how == "open");
}

TEST_CASE("and not by a resumed session's memory: it was out") {
  in_room in;
  in.s.line().say({{"type", "unsubscribed"}, {"channel", "room"}, {"reason", "channel failed"}});
  in.s.cut();
  in.s.line().welcome();
  in.s.line().resumed();
  CHECK(in.s.line().count("subscribe") == 1);
}

TEST_CASE("who was kicked stays out") {
  in_room in;
  in.s.line().say({{"type", "unsubscribed"}, {"channel", "room"}, {"reason", "kicked"}});
  CHECK(in.room->told.back() == "out kicked");
  REQUIRE(in.room->end);
  CHECK(in.room->end->code() == "not_joined");
  in.s.clock.advance(600'000ms);
  CHECK(in.s.total("subscribe") == 1);
}

TEST_CASE("leave says so to the node, and nothing is heard any more") {
  in_room in;
  in.s.client.find("room")->leave();
  in.s.line().broadcast("room", 1);
  CHECK(in.s.line().last("unsubscribe")["channel"] == "room");
  CHECK(in.room->said().empty());
  in.s.cut();
  in.s.line().welcome();
  in.s.line().refuse("resume", "expired");
  CHECK(in.s.line().count("subscribe") == 0);
}

TEST_CASE("rejoin leaves and begins anew; what was on its way is not told") {
  in_room in;
  in.s.line().broadcast("room", 4);
  in.s.client.find("room")->rejoin();
  in.s.line().broadcast("room", 5);
  in.s.line().say({{"type", "unsubscribed"},
                   {"id", in.s.line().last("unsubscribe")["id"]},
                   {"channel", "room"},
                   {"reason", "left"}});
  CHECK_FALSE(in.s.line().last("subscribe").contains("since"));
  in.s.line().joined("room", {{"offset", 5}});
  in.s.line().broadcast("room", 6);
  CHECK(in.room->said() == words{"4", "6"});
}

TEST_CASE("what the new membership is told is kept, also if it overtakes the goodbye to the old one") {
  in_room in;
  in.s.line().broadcast("room", 4);
  in.s.client.find("room")->rejoin();
  in.s.line().say({{"type", "push"}, {"channel", "room"}, {"event", "said"}, {"data", "to the old one"}});
  in.s.line().broadcast("room", 5);
  in.s.line().broadcast("room", 6);
  in.s.line().say({{"type", "unsubscribed"},
                   {"id", in.s.line().last("unsubscribe")["id"]},
                   {"channel", "room"},
                   {"reason", "left"}});
  in.s.line().joined("room", {{"offset", 5}});
  CHECK(in.room->said() == words{"4", "6"});
}

TEST_CASE("rejoin while away joins anew when we are back") {
  in_room in;
  in.s.line().broadcast("room", 4);
  in.s.line().end();
  in.s.client.find("room")->rejoin();
  in.s.come_back();
  in.s.line().welcome();
  in.s.line().refuse("resume", "expired");
  CHECK_FALSE(in.s.line().last("subscribe").contains("since"));
}

TEST_CASE("a channel that is wanted again under the same name gets what its forerunner does not") {
  in_room in;
  const auto again = in.s.subscribe("room");
  REQUIRE(in.room->end);
  CHECK(in.room->end->code() == "closed");
  in.s.line().say({{"type", "unsubscribed"},
                   {"id", in.s.line().last("unsubscribe")["id"]},
                   {"channel", "room"},
                   {"reason", "left"}});
  in.s.line().joined("room");
  in.s.line().broadcast("room", 1);
  CHECK(again->told == words{"subscribed", "said 1"});
  CHECK(in.room->said().empty());
}

} // namespace troupe::clients::test
