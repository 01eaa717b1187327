// A session that polls and a channel that it is out of: it comes in again when it likes, and every tab hears of the end.

#include "tests/actors/virtual_node/scene.hpp"

using namespace troupe::actors::testing;

namespace {

std::string session_of(const json& first) {
  const auto token = first["token"].get<std::string>();
  return token.substr(0, token.find('.'));
}

std::shared_ptr<test_exchange> poll(virtual_node& node, const std::string& cursor) {
  return send_request(node, request("GET", "/poll?cursor=" + cursor));
}

std::vector<int> numbers_in(const json& answer) {
  std::vector<int> all;
  for (const auto& m : answer["messages"])
    all.push_back(m["message"]);
  return all;
}

} // namespace

TEST_CASE("a session that polls comes into a channel again before its next poll, whatever took it out") {
  const std::string how = GENERATE("left", "kicked", "failed");
  const bool one_waits = GENERATE(false, true);
  INFO(how << (one_waits ? ", while a poll waits" : ""));
  scene s;
  const auto first = body_of(*send_request(s.node, request("GET", "/poll?channel=room:1&channel=open:b")));
  const auto held = one_waits ? poll(s.node, first["cursor"]) : nullptr;
  const auto send = [&](json what) {
    what["token"] = first["token"];
    return send_request(s.node, request("POST", "/send", what.dump()));
  };
  if (how == "left")
    REQUIRE(send({{"action", "unsubscribe"}, {"channel", "room:1"}, {"id", 1}})->response()->status == 200);
  else if (how == "kicked")
    api(s.node, "/api/unsubscribe", {{"session", session_of(first)}, {"channel", "room:1"}});
  else
    send({{"action", "call"}, {"channel", "room:1"}, {"event", "stop"}});
  s.node.pass(1s);

  const auto again = send({{"action", "subscribe"}, {"channel", "room:1"}, {"id", 2}});
  s.node.pass(1s);
  REQUIRE(again->response());
  REQUIRE(again->response()->status == 200);
  REQUIRE(json::parse(again->response()->body)["type"] == "subscribed");
  REQUIRE(send({{"action", "ping"}, {"id", 3}})->response()->status == 200);

  const auto said = send({{"action", "call"}, {"channel", "room:1"}, {"event", "say"}, {"data", 7}, {"id", 4}});
  REQUIRE(said->response()->status == 200);
  const auto next = held && !held->waiting() ? body_of(*held) : first;
  const auto heard = held && !held->waiting() && !numbers_in(next).empty() ? next : body_of(*poll(s.node, next["cursor"]));
  REQUIRE(numbers_in(heard) == std::vector{7});
}

TEST_CASE("commands for a channel that was left do not fill a session that polls") {
  scene s;
  const auto first = body_of(*send_request(s.node, request("GET", "/poll?channel=open:a&channel=open:b")));
  const auto send = [&](json what) {
    what["token"] = first["token"];
    return send_request(s.node, request("POST", "/send", what.dump()));
  };
  for (int i = 0; i < 40; ++i) {
    INFO(i);
    REQUIRE(send({{"action", "unsubscribe"}, {"channel", "open:a"}, {"id", 1}})->response()->status == 200);
    const auto again = send({{"action", "subscribe"}, {"channel", "open:a"}, {"id", 2}});
    REQUIRE(again->response());
    REQUIRE(again->response()->status == 200);
  }
  publish_numbers(s.node, "open:a", 1, 1);
  REQUIRE(numbers_in(body_of(*poll(s.node, first["cursor"]))) == std::vector{1});
}

TEST_CASE("a tab that was between two polls hears of the end of a channel, and of what it missed") {
  virtual_node node;
  const auto first = body_of(*send_request(node, request("GET", "/poll?channel=open:a&channel=open:b")));
  publish_numbers(node, "open:a", 1, 3);
  api(node, "/api/unsubscribe", {{"session", session_of(first)}, {"channel", "open:a"}});

  const auto one = body_of(*poll(node, first["cursor"]));
  REQUIRE(numbers_in(one) == std::vector{1, 2, 3});
  REQUIRE(one["control"][0]["type"] == "unsubscribed");
  const auto acknowledges = poll(node, one["cursor"]);
  REQUIRE(acknowledges->waiting());

  const auto other = body_of(*poll(node, first["cursor"]));
  REQUIRE(other["gaps"].size() == 1);
  REQUIRE(other["gaps"][0]["channel"] == "open:a");
  REQUIRE(other["gaps"][0]["missed"] == 3);
  REQUIRE(other["control"][0]["type"] == "unsubscribed");
  REQUIRE(other["control"][0]["reason"] == one["control"][0]["reason"]);
  REQUIRE_FALSE(other["positions"].contains("open:a"));
  REQUIRE(poll(node, other["cursor"])->waiting()); // told once
}

TEST_CASE("a poll that waits while its session leaves one channel and enters another is told nothing again") {
  virtual_node node;
  auto at = body_of(*send_request(node, request("GET", "/poll?channel=open:a&channel=open:b")));
  const auto send = [&](json what) {
    what["token"] = at["token"];
    return send_request(node, request("POST", "/send", what.dump()));
  };
  publish_numbers(node, "open:a", 1, 3);
  at = body_of(*poll(node, at["cursor"]));
  REQUIRE(numbers_in(at) == std::vector{1, 2, 3});
  const auto held = poll(node, at["cursor"]);
  REQUIRE(send({{"action", "unsubscribe"}, {"channel", "open:a"}, {"id", 1}})->response()->status == 200);
  REQUIRE(send({{"action", "subscribe"}, {"channel", "open:c"}, {"id", 2}})->response()->status == 200);
  publish_numbers(node, "open:c", 7, 7);
  std::vector<int> heard;
  for (auto next = held; !next->waiting(); next = poll(node, at["cursor"])) {
    at = body_of(*next);
    for (const auto n : numbers_in(at))
      heard.push_back(n);
  }
  REQUIRE(heard == std::vector{7});
}
