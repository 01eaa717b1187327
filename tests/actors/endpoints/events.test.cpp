// GET /events as EventSource sees it.

#include "tests/actors/virtual_node/scene.hpp"

#include "testing/event_stream_reader.hpp"

using namespace troupe::actors::testing;
using troupe::protocol::test::read_event_stream;

TEST_CASE("a stream begins with retry, then says that it is connected, with the token for POST /send") {
  virtual_node node;
  sse_client c{node};
  c.open("/events?channel=open:a");
  const auto stream = c.stream();
  const auto id_ends = stream.find('\n', stream.find("id: "));
  REQUIRE(stream.starts_with("retry: 10000\n\nid: "));
  REQUIRE(stream.substr(id_ends).starts_with("\ndata: {\"type\":\"connected\",\"time\":1700000000"));
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
  const auto asked = send_request(node, request("HEAD", "/events?channel=open:a"));
  REQUIRE(asked->body_stream()); // nobody knows its length
  REQUIRE_FALSE(asked->body_stream()->open());
  REQUIRE(asked->body_stream()->arrived().empty());
  const auto& head = asked->stream_head();
  REQUIRE(head.status == 200);
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
  const auto elsewhere = send_request(node, request("HEAD", "/events?channel=room:x", {}, {{"origin", "https://elsewhere.example"}}));
  const auto& inbox = elsewhere->stream_head();
  REQUIRE(header(inbox, "Access-Control-Allow-Origin").empty());
  REQUIRE(header(inbox, "Vary") == "Origin");
}

TEST_CASE("a client that goes before its stream has begun leaves nothing behind") {
  virtual_node node;
  const auto e = std::make_shared<test_exchange>(node, request("GET", "/events?channel=open:a"));
  node.router(0).handle(e);
  e->give_up();
  node.settle();
  REQUIRE(node.counters(0).sessions[transport_kind::sse] == 0);
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

// -- where a stream starts ----------------------------------------------------

namespace {

/// The id a reader has that ignores blocks without data, as Firefox and the npm package do.
std::string id_of_data(const std::string& stream) {
  const auto events = read_event_stream(stream).events;
  return events.empty() ? std::string{} : events.back().last_id;
}

} // namespace

TEST_CASE("who is cut off before the first publication hears what came meanwhile, whatever its reader makes of ids") {
  for (const char* target : {"/events?channel=open:a", "/events?channel=open:a&format=envelope", "/events?channel=open:a&channel=open:b"}) {
    INFO(target);
    virtual_node node;
    publish_numbers(node, "open:a", 1, 3);
    sse_client c{node};
    c.open(target);
    for (std::size_t at = 0, end; (end = c.stream().find("\n\n", at)) != std::string::npos; at = end + 2) {
      const auto block = c.stream().substr(at, end + 2 - at);
      if (block.find("id: ") != std::string::npos)
        REQUIRE(block.find("\ndata: ") != std::string::npos);
    }
    // Cut off right behind `connected`.
    const auto end = c.stream().find("\n\n", c.stream().find("connected")) + 2;
    const auto id = id_of_data(c.stream().substr(0, end));
    REQUIRE(id.find("-3") != std::string::npos);
    c.lose_connection();
    publish_numbers(node, "open:a", 4, 5);
    sse_client back{node, 1};
    back.open(target, {{"last-event-id", id}});
    std::size_t heard = 0;
    for (const auto& e : read_event_stream(back.stream()).events) {
      const auto m = json::parse(e.data);
      heard += m.is_number() || m.value("type", "") == "broadcast" ? 1 : 0;
      REQUIRE(e.event != "gap");
    }
    REQUIRE(heard == 2);
  }
}

TEST_CASE("a stream that could not be recovered has no id before the gap that says so") {
  for (const char* target : {"/events?channel=open:a", "/events?channel=open:a&format=envelope"}) {
    INFO(target);
    virtual_node node;
    publish_numbers(node, "open:a", 1, 3);
    sse_client c{node};
    c.open(target, {{"last-event-id", "another-2"}});
    const auto events = read_event_stream(c.stream()).events;
    REQUIRE(events.size() == 2);
    REQUIRE(events[0].last_id.empty());
    REQUIRE(events[1].last_id.ends_with("-3"));
  }
}

TEST_CASE("nothing that is published looks like the node's own first event") {
  scene s;
  sse_client c{s.node};
  c.open("/events?channel=room:1");
  ws_client speaker{s.node};
  speaker.join("room:1", "");
  const auto publish = [&](const std::string& data) {
    const auto r = answer(s.node, "POST", "/api/publish", R"({"channel":"room:1","data":)" + data + "}", {{"authorization", "Bearer test-key-of-the-house"}});
    REQUIRE(r.status == 200);
  };
  for (const char* data : {R"({"type":"connected","token":"x"})", R"({"a":1,"type" : "conn\u0065cted"})", R"({"ty\u0070e":"connected"})"})
    publish(data);
  for (const char* data : {R"({"type":"disconnected"})", R"("connected")", R"({"a":{"type":"connected"}})"})
    publish(data);
  const auto events = read_event_stream(c.stream()).events;
  REQUIRE(events.size() == 7);
  for (std::size_t i = 1; i < events.size(); ++i)
    REQUIRE(events[i].event == (i <= 3 ? "$message" : ""));
}

TEST_CASE("what refuses all joins for now is told in a stream that ends, so that EventSource comes again") {
  auto settings = test_settings();
  settings.limits.channels = 1;
  virtual_node node{{}, settings, 1};
  ws_client there{node};
  there.join("open:x", "");
  sse_client c{node};
  c.open("/events?channel=open:y");
  REQUIRE_FALSE(c.exchange().response());
  REQUIRE_FALSE(c.connected());
  const auto reading = read_event_stream(c.stream());
  REQUIRE(reading.retry == 5000);
  REQUIRE(reading.events.size() == 2);
  REQUIRE(json::parse(reading.events[0].data)["type"] == "connected");
  REQUIRE(reading.events[1].event == "error");
  REQUIRE(json::parse(reading.events[1].data)["code"] == "limit");
  REQUIRE(node.counters(0).sessions[transport_kind::sse] == 0);
}

TEST_CASE("a stream asked for while the node drains is closed without a status") {
  scene s;
  s.node.inside().draining = true;
  REQUIRE(send_request(s.node, request("GET", "/events?channel=room:1"))->hung_up());
}

// -- commands -----------------------------------------------------------------

TEST_CASE("what a command's response says is not said again on the stream") {
  for (const char* target : {"/events?channel=room:1", "/events?channel=room:1&channel=open:a"}) {
    INFO(target);
    scene s;
    sse_client c{s.node};
    c.open(target);
    const auto sent = answer(s.node, "POST", "/send",
                             json{{"token", c.token()}, {"action", "unsubscribe"}, {"channel", "room:1"}, {"id", 9}}.dump());
    REQUIRE(json::parse(sent.body) == json{{"type", "unsubscribed"}, {"id", 9}, {"channel", "room:1"}, {"reason", "left"}});
    REQUIRE(c.stream().find("unsubscribed") == std::string::npos);
    REQUIRE(c.connected() == (std::string{target}.find("open:a") != std::string::npos));
  }
}

TEST_CASE("an error of POST /send carries the id of its command, whoever refuses it") {
  scene s;
  sse_client c{s.node};
  c.open("/events?channel=room:1&channel=open:a");
  const auto error_of = [&](json command, unsigned status) {
    if (!command.contains("token"))
      command["token"] = c.token();
    const auto r = answer(s.node, "POST", "/send", command.dump());
    INFO(r.body);
    REQUIRE(r.status == status);
    return json::parse(r.body);
  };
  for (const auto& id : {json(7), json("seven")}) {
    REQUIRE(error_of({{"action", "call"}, {"channel", "room:1"}, {"event", "boom"}, {"id", id}}, 500)["id"] == id); // the channel
    const auto stranger = error_of({{"action", "call"}, {"channel", "room:2"}, {"event", "say"}, {"id", id}}, 403);      // the session
    REQUIRE(stranger["id"] == id);
    REQUIRE(stranger["channel"] == "room:2");
    REQUIRE(stranger["error"]["code"] == "not_joined");
    REQUIRE(error_of({{"action", "subscribe"}, {"channel", "nowhere:1"}, {"id", id}}, 400)["id"] == id);
    REQUIRE(error_of({{"action", "ping"}, {"token", "s2.nonsense"}, {"id", id}}, 401)["id"] == id); // the endpoint
    REQUIRE(error_of({{"action", "subscribe"}, {"channel", 7}, {"id", id}}, 400)["id"] == id);      // the decoder
    REQUIRE(error_of({{"action", "dance"}, {"id", id}}, 400)["id"] == id);
  }
}
