// Where a poll's client stands: handed to other transports and taken from them, and when the node goes.

#include "tests/actors/virtual_node/scene.hpp"

using namespace troupe::actors::testing;

TEST_CASE("a position goes from any transport to any other") {
  const auto sse_place = [](virtual_node& node) {
    sse_client c{node};
    c.join("open:a", "");
    publish_numbers(node, "open:a", 1, 2);
    return c.position();
  };
  const auto poll_position = [](virtual_node& node) {
    poll_client c{node};
    c.join("open:a", "");
    REQUIRE(c.publications().empty());
    publish_numbers(node, "open:a", 1, 2);
    REQUIRE(c.publications().size() == 2);
    return c.place();
  };
  const auto ws_place = [](virtual_node& node) {
    ws_client c{node};
    c.join("open:a", "");
    publish_numbers(node, "open:a", 1, 2);
    return c.position();
  };
  const std::vector<std::function<std::string(virtual_node&)>> from{sse_place, poll_position, ws_place};
  for (const auto& where_it_was : from)
    for (const auto& t : all_transports()) {
      INFO(t.name);
      virtual_node node;
      const auto position = where_it_was(node);
      INFO(position);
      publish_numbers(node, "open:a", 3, 4);
      auto r = t.make(node, 1);
      r->join("open:a", position);
      publish_numbers(node, "open:a", 5, 5);
      REQUIRE(numbers(r->publications()) == range(3, 5));
      REQUIRE(r->gaps().empty());
    }
}

TEST_CASE("a first poll goes on from the last id of a stream, of several channels too") {
  virtual_node node;
  sse_client c{node};
  c.open("/events?channel=open:a&channel=open:b");
  publish_numbers(node, "open:a", 1, 2);
  publish_numbers(node, "open:b", 3, 3);
  const auto id = c.position();
  publish_numbers(node, "open:a", 4, 4);
  publish_numbers(node, "open:b", 5, 5);
  const auto first = body_of(*send_request(node, request("GET", "/poll?channel=open:a&channel=open:b&lastEventId=" + id)));
  REQUIRE(first["messages"].size() == 2);
  REQUIRE(first["messages"][0]["message"] == 4);
  REQUIRE(first["messages"][1]["message"] == 5);
  const auto lost = body_of(*send_request(node, request("GET", "/poll?channel=open:a&since=another-1")));
  REQUIRE(lost["gaps"].size() == 1);
  REQUIRE(lost["gaps"][0]["missed"].is_null());
}

TEST_CASE("channel beside a cursor is not looked at: the cursor says everything") {
  virtual_node node;
  const std::string cursor = body_of(*send_request(node, request("GET", "/poll?channel=open:a")))["cursor"];
  const auto poll = send_request(node, request("GET", "/poll?channel=open:b&cursor=" + cursor));
  publish_numbers(node, "open:b", 1, 1);
  REQUIRE(poll->waiting());
  publish_numbers(node, "open:a", 2, 2);
  REQUIRE(body_of(*poll)["messages"][0]["message"] == 2);
}

TEST_CASE("a node that drains tells a poll that waits when to come back") {
  virtual_node node;
  const std::string cursor = body_of(*send_request(node, request("GET", "/poll?channel=open:a")))["cursor"];
  const auto waiting = send_request(node, request("GET", "/poll?cursor=" + cursor));
  node.drain();
  node.pass(5s);
  const auto body = body_of(*waiting);
  REQUIRE(body["control"].size() == 1);
  REQUIRE(body["control"][0]["type"] == "closing");
  REQUIRE(body["control"][0]["retry_after"].is_number_integer());
  const auto late = send_request(node, request("GET", "/poll?cursor=" + cursor));
  REQUIRE(late->response()->status == 503);
  REQUIRE_FALSE(header(*late->response(), "Retry-After").empty());
}

TEST_CASE("a poll of envelopes that goes on from a position hears that it is in before what follows") {
  virtual_node node;
  publish_numbers(node, "open:a", 1, 3);
  const std::string epoch = api_get(node, "/api/history?channel=open:a")["epoch"];
  node.pass(3min); // the channel retires: its log is empty, and what follows comes from the store
  const auto body = json::parse(answer(node, "GET", "/poll?format=envelope&channel=open:a&lastEventId=" + epoch + "-1").body);
  const auto& told = body["messages"];
  REQUIRE(told.size() == 3);
  CHECK(told[0]["type"] == "subscribed");
  CHECK(told[0]["recovered"] == true);
  CHECK(told[1]["offset"] == 2);
  CHECK(told[2]["offset"] == 3);
}
