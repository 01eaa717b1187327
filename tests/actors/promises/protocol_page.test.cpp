// What docs/protocol.md says about corners of the wire that no other test looks into.

#include "tests/actors/virtual_node/scene.hpp"

#include "testing/event_stream_reader.hpp"

using namespace troupe::actors::testing;

TEST_CASE("a ping is answered with and without an id, with null") {
  virtual_node node;
  ws_client a{node};
  const auto yes = a.ask({{"action", "ping"}});
  REQUIRE(yes["type"] == "reply");
  REQUIRE(yes["data"] == nullptr);
  a.fresh();
  a.send({{"action", "ping"}});
  node.settle();
  const auto said = a.fresh();
  REQUIRE(said.size() == 1);
  REQUIRE(said[0] == json{{"type", "reply"}, {"data", nullptr}});
}

TEST_CASE("history before an offset does not have it, since an offset does not have it either, and 0 asks for none") {
  virtual_node node;
  publish_numbers(node, "open:a", 1, 6);
  ws_client a{node};
  a.join("open:a", "");
  const auto page = [&](json what) {
    what["action"] = "history";
    what["channel"] = "open:a";
    const auto data = a.ask(std::move(what))["data"];
    REQUIRE(data["offset"] == 6);
    std::vector<int> all;
    for (const auto& p : data["publications"])
      all.push_back(p["data"]);
    return all;
  };
  REQUIRE(page({{"limit", 2}}) == range(5, 6));
  REQUIRE(page({{"limit", 2}, {"before", 5}}) == range(3, 4));
  REQUIRE(page({{"before", 1}}).empty());
  REQUIRE(page({{"limit", 0}}).empty());
  REQUIRE(page({{"limit", 0}, {"before", 5}}).empty());
  REQUIRE(api_get(node, "/api/history?channel=open:a&limit=0")["publications"].empty());
  const auto epoch = a.ask({{"action", "history"}, {"channel", "open:a"}})["data"]["epoch"];
  REQUIRE(page({{"limit", 2}, {"since", {{"epoch", epoch}, {"offset", 2}}}}) == range(3, 4));
  REQUIRE(page({{"limit", 0}, {"since", {{"epoch", epoch}, {"offset", 2}}}}).empty());
  REQUIRE(a.ask({{"action", "presence"}, {"channel", "open:a"}, {"limit", 0}})["data"]["members"].empty());
}

TEST_CASE("what could not be recovered begins at the newest, and tells nothing older") {
  virtual_node node;
  publish_numbers(node, "open:a", 1, 4);
  ws_client a{node};
  const auto in = a.ask({{"action", "subscribe"}, {"channel", "open:a"}, {"since", {{"epoch", "another"}, {"offset", 2}}}});
  REQUIRE(in["recovered"] == false);
  REQUIRE(in["offset"] == 4);
  publish_numbers(node, "open:a", 5, 5);
  REQUIRE(numbers(a.publications()) == std::vector{5});
}

TEST_CASE("what was recovered begins where its client stood") {
  virtual_node node;
  publish_numbers(node, "open:a", 1, 4);
  ws_client a{node};
  const auto epoch = a.ask({{"action", "subscribe"}, {"channel", "open:a"}})["epoch"];
  ws_client b{node};
  const auto in = b.ask({{"action", "subscribe"}, {"channel", "open:a"}, {"since", {{"epoch", epoch}, {"offset", 2}}}});
  REQUIRE(in["recovered"] == true);
  REQUIRE(in["offset"] == 2);
  REQUIRE(numbers(b.publications()) == range(3, 4));
}

TEST_CASE("one's own publication without echo is not told to the session, nor replayed, but to a later one") {
  virtual_node node;
  ws_client a{node};
  a.join("open:a", "");
  const auto publish = [&](int n) {
    return a.ask({{"action", "publish"}, {"channel", "open:a"}, {"data", n}, {"echo", false}});
  };
  const auto first = publish(1)["data"];
  publish(2);
  REQUIRE(a.publications().empty());
  a.ask({{"action", "unsubscribe"}, {"channel", "open:a"}});
  a.ask({{"action", "subscribe"}, {"channel", "open:a"}, {"since", first}});
  REQUIRE(a.publications().empty());
  ws_client later{node};
  later.join("open:a", first["epoch"].get<std::string>() + "-0");
  REQUIRE(numbers(later.publications()) == range(1, 2));
}

TEST_CASE("the reasons of unsubscribed say whether to come back, and who may comes back") {
  scene s;
  ws_client a{s.node};
  const auto call = [&](const char* event, json data) {
    a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", event}, {"data", std::move(data)}});
  };
  const auto reason_after = [&](const std::function<void()>& what) {
    REQUIRE(a.ask({{"action", "subscribe"}, {"channel", "room:1"}})["type"] == "subscribed");
    const auto before = a.messages("unsubscribed").size();
    what();
    s.node.pass(1s);
    const auto all = a.messages("unsubscribed");
    REQUIRE(all.size() == before + 1);
    return all.back()["reason"].get<std::string>();
  };
  REQUIRE(reason_after([&] { a.ask({{"action", "unsubscribe"}, {"channel", "room:1"}}); }) == "left");
  REQUIRE(reason_after([&] { call("kick", a.session()); }) == "out");
  REQUIRE(reason_after([&] { api(s.node, "/api/unsubscribe", {{"session", a.session()}, {"channel", "room:1"}}); }) == "kicked");
  REQUIRE(reason_after([&] { call("stop", nullptr); }) == "told to");
  REQUIRE(a.ask({{"action", "subscribe"}, {"channel", "room:1"}})["type"] == "subscribed"); // on next use it lives again
}

TEST_CASE("a stream's ids name the channels of its address, in that order; one joined by POST /send is not in them") {
  virtual_node node;
  sse_client c{node};
  c.open("/events?channel=open:a&channel=open:b");
  const auto joined = answer(node, "POST", "/send",
                             json{{"token", c.token()}, {"action", "subscribe"}, {"channel", "open:c"}, {"id", 1}}.dump());
  REQUIRE(json::parse(joined.body)["type"] == "subscribed");
  publish_numbers(node, "open:c", 7, 7);
  const auto reading = troupe::protocol::test::read_event_stream(c.stream());
  REQUIRE(json::parse(reading.events.back().data)["channel"] == "open:c");
  REQUIRE(std::count(reading.last_id.begin(), reading.last_id.end(), ',') == 1);
  answer(node, "POST", "/send", json{{"token", c.token()}, {"action", "unsubscribe"}, {"channel", "open:a"}, {"id", 2}}.dump());
  publish_numbers(node, "open:b", 8, 8);
  REQUIRE(c.position().starts_with("-,"));
}

TEST_CASE("params and presence come by POST /send, on streams and polls") {
  scene s;
  sse_client c{s.node};
  c.open("/events?channel=lobby&format=envelope");
  const auto subscribe = [&](const std::string& token) {
    return json::parse(answer(s.node, "POST", "/send",
                              json{{"token", token}, {"action", "subscribe"}, {"channel", "room:1"}, {"id", 1},
                                   {"params", {{"nick", "ann"}}}, {"presence", true}}.dump()).body);
  };
  REQUIRE(subscribe(c.token())["data"] == json{{"nick", "ann"}}); // the room accepts with what came along
  const auto first = json::parse(answer(s.node, "GET", "/poll?channel=lobby").body);
  REQUIRE(subscribe(first["token"])["data"] == json{{"nick", "ann"}});
}

TEST_CASE("bare streams say that the node drains, and when to come again, by an event and retry") {
  for (const char* target : {"/events?channel=open:a", "/events?channel=open:a&format=envelope"}) {
    INFO(target);
    virtual_node node;
    sse_client c{node};
    c.open(target);
    node.drain();
    node.pass(5s);
    const auto reading = troupe::protocol::test::read_event_stream(c.stream());
    const auto& last = reading.events.back();
    const auto closing = json::parse(last.data);
    REQUIRE(last.event == (std::string{target}.ends_with("envelope") ? "" : "$closing"));
    REQUIRE(closing["reason"] == "drain");
    REQUIRE(reading.retry == closing["retry_after"]);
    REQUIRE_FALSE(c.connected());
  }
}
