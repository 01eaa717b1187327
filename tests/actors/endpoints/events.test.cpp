// GET /events as EventSource sees it.

#include "tests/actors/virtual_node/scene.hpp"

#include "tests/protocol/event_stream_reader.hpp"

using namespace troupe::actors::testing;
using troupe::protocol::test::read_event_stream;

namespace {

std::string header(const troupe::transports::http_response& r, std::string_view name) {
  for (const auto& [key, value] : r.headers)
    if (key == name)
      return value;
  return {};
}

} // namespace

TEST_CASE("a stream begins with retry, then says that it is connected, with the token for POST /send") {
  virtual_node node;
  sse_client c{node};
  c.open("/events?channel=open:a");
  REQUIRE(c.stream().starts_with("retry: 10000\n\ndata: {\"type\":\"connected\",\"time\":1700000000"));
  REQUIRE_FALSE(c.token().empty());
}

TEST_CASE("one channel: data is the payload, event its name, id its position") {
  virtual_node node;
  sse_client c{node};
  c.open("/events?channel=open:a");
  api(node, "/api/publish", {{"channel", "open:a"}, {"event", "alert"}, {"data", {{"message", "System alert!"}}}});
  api(node, "/api/publish", {{"channel", "open:a"}, {"data", 5}});
  const auto events = read_event_stream(c.stream()).events;
  REQUIRE(events.size() == 3);
  REQUIRE(events[1].event == "alert");
  REQUIRE(json::parse(events[1].data)["message"] == "System alert!");
  REQUIRE(events[1].last_id.ends_with("-1"));
  REQUIRE(events[2].event.empty()); // onmessage fires
  REQUIRE(events[2].data == "5");
}

TEST_CASE("several channels, or format=envelope: data is the envelope, the id names a position in each") {
  virtual_node node;
  sse_client c{node};
  c.open("/events?channel=open:a&channel=open:b");
  publish_numbers(node, "open:b", 1, 2);
  publish_numbers(node, "open:a", 7, 7);
  const auto reading = read_event_stream(c.stream());
  REQUIRE(json::parse(reading.events.back().data)["channel"] == "open:a");
  REQUIRE(json::parse(reading.events.back().data)["data"] == 7);
  const auto id = reading.last_id;
  REQUIRE(id.find("-1,") != std::string::npos);
  REQUIRE(id.ends_with("-2"));

  SECTION("and coming back with it goes on in each") {
    c.lose_connection();
    publish_numbers(node, "open:b", 3, 3);
    publish_numbers(node, "open:a", 8, 9);
    sse_client back{node, 1};
    back.open("/events?channel=open:a&channel=open:b", {{"last-event-id", id}});
    std::map<std::string, std::vector<int>> seen;
    for (const auto& e : read_event_stream(back.stream()).events) {
      const auto m = json::parse(e.data);
      if (m.value("type", "") == "broadcast")
        seen[m["channel"]].push_back(m["data"]);
    }
    REQUIRE(seen["open:a"] == std::vector{8, 9});
    REQUIRE(seen["open:b"] == std::vector{3});
  }
}

TEST_CASE("the last id may come as a parameter, for those who cannot set headers") {
  virtual_node node;
  sse_client a{node};
  a.join("open:a", "");
  publish_numbers(node, "open:a", 1, 3);
  const auto id = a.position();
  publish_numbers(node, "open:a", 4, 4);
  sse_client b{node};
  b.open("/events?channel=open:a&lastEventId=" + id);
  REQUIRE(json::parse(read_event_stream(b.stream()).events.back().data) == 4);
}

TEST_CASE("a stream without channel is of the default channel") {
  virtual_node node;
  sse_client c{node};
  c.open("/events");
  publish_numbers(node, "lobby", 1, 1);
  REQUIRE(read_event_stream(c.stream()).events.back().data == "1");
}

TEST_CASE("a silent stream gets a comment every 15 s, so that proxies keep it") {
  virtual_node node;
  sse_client c{node};
  c.open("/events?channel=open:a");
  auto& line = *c.exchange().body_stream();
  node.pass(14s);
  REQUIRE(line.pings() == 0);
  node.pass(2s);
  REQUIRE(line.pings() == 1);
  node.pass(60s);
  REQUIRE(line.pings() == 5);
}

TEST_CASE("names and payloads with line ends cannot break a stream") {
  scene s;
  sse_client c{s.node};
  c.open("/events?channel=room:1");
  ws_client speaker{s.node};
  speaker.join("room:1", "");
  for (const char* text : {R"({"a":"x\r\ndata: forged\n\n","b":1})", "{\r\n\"a\":\n1}", "[\r1]"})
    speaker.send_text(R"({"action":"call","channel":"room:1","event":"say","data":)" + std::string{text} + "}");
  s.node.settle();
  const auto events = read_event_stream(c.stream()).events;
  REQUIRE(events.size() == 4);
  REQUIRE(json::parse(events[1].data) == json::parse(R"({"a":"x\r\ndata: forged\n\n","b":1})"));
  REQUIRE(json::parse(events[2].data) == json::parse("{\"a\":1}"));
  REQUIRE(json::parse(events[3].data) == json::parse("[1]"));
}

TEST_CASE("events whose names mean something on a stream are refused at publish") {
  virtual_node node;
  ws_client p{node};
  for (const char* name : {"open", "error", "gap", "$anything"})
    REQUIRE(p.ask({{"action", "publish"}, {"channel", "open:a"}, {"event", name}, {"data", 1}})["type"] == "error");
}

TEST_CASE("if all joins are refused there is no stream but a 403; if some are, the stream says so") {
  virtual_node node;
  sse_client none{node};
  none.open("/events?channel=secret:a");
  REQUIRE(none.exchange().response());
  REQUIRE(none.exchange().response()->status == 403);
  sse_client some{node};
  some.open("/events?channel=secret:a&channel=open:a");
  bool told = false;
  for (const auto& e : read_event_stream(some.stream()).events)
    told = told || json::parse(e.data).value("code", "") == "bad_channel";
  REQUIRE(told);
}

TEST_CASE("methods, caching and who may read the answer") {
  virtual_node node;
  const auto head = answer(node, "HEAD", "/events?channel=open:a");
  REQUIRE(head.status == 200);
  REQUIRE(head.body.empty());
  REQUIRE(header(head, "Content-Type") == "text/event-stream");
  REQUIRE(header(head, "Cache-Control") == "no-cache, no-transform");
  REQUIRE(header(head, "X-Accel-Buffering") == "no");
  REQUIRE(header(head, "Access-Control-Allow-Origin") == "*");
  const auto options = answer(node, "OPTIONS", "/events?channel=open:a", {}, {{"origin", "https://elsewhere.example"}});
  REQUIRE(options.status == 204);
  REQUIRE(header(options, "Access-Control-Allow-Methods") == "GET");
  REQUIRE(header(options, "Access-Control-Allow-Headers") == "last-event-id, cache-control");
  const auto post = answer(node, "POST", "/events?channel=open:a");
  REQUIRE(post.status == 405);
  REQUIRE(header(post, "Allow") == "GET, HEAD, OPTIONS");
  // Where anonymous pages of other origins may not read, only allowed origins are named.
  const auto inbox = answer(node, "HEAD", "/events?channel=room:x", {}, {{"origin", "https://elsewhere.example"}});
  REQUIRE(header(inbox, "Access-Control-Allow-Origin").empty());
  REQUIRE(header(inbox, "Vary") == "Origin");
}

TEST_CASE("a client that goes before its stream has begun leaves nothing behind") {
  virtual_node node;
  const auto e = std::make_shared<test_exchange>(node, request("GET", "/events?channel=open:a"));
  node.router(0).handle(e);
  e->give_up();
  node.settle();
  REQUIRE(node.counters(0).streams == 0);
}

TEST_CASE("a stream's client commands by POST /send with its token") {
  scene s;
  sse_client c{s.node};
  c.open("/events?channel=room:1");
  const auto body = [&](json command) {
    command["token"] = c.token();
    return command.dump();
  };
  const auto said = answer(s.node, "POST", "/send",
                           body({{"action", "call"}, {"channel", "room:1"}, {"event", "count"}, {"id", 7}}));
  REQUIRE(said.status == 200);
  REQUIRE(json::parse(said.body) == json::parse(R"({"type":"reply","id":7,"data":1})"));
  const auto boom = answer(s.node, "POST", "/send", body({{"action", "call"}, {"channel", "room:1"}, {"event", "boom"}}));
  REQUIRE(boom.status == 500);
  REQUIRE(json::parse(boom.body)["error"]["code"] == "internal");
  REQUIRE(answer(s.node, "POST", "/send", body({{"action", "ping"}})).status == 200);
  // This stream does not say which channel it speaks of, so it cannot have a second one.
  REQUIRE(answer(s.node, "POST", "/send", body({{"action", "subscribe"}, {"channel", "open:b"}})).status == 403);
  REQUIRE(answer(s.node, "POST", "/send", R"({"token":"s2.nonsense","action":"ping"})").status == 401);
  // Its last channel gone, the stream ends.
  REQUIRE(answer(s.node, "POST", "/send", body({{"action", "unsubscribe"}, {"channel", "room:1"}})).status == 200);
  REQUIRE_FALSE(c.connected());
}
