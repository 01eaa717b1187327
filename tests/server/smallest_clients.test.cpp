// The smallest clients there are: no library, no subprotocol, bytes as they are.

#include "tests/server/web_socket.hpp"

#include "testing/event_stream_reader.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace troupe::server::test;
namespace wire = troupe::transports::test;

namespace {

constexpr std::int64_t year_2020 = 1'577'836'800'000;


bool has_keys(const json& object, const std::set<std::string>& wanted) {
  for (const auto& key : wanted)
    if (!object.contains(key))
      return false;
  return true;
}

/// A WebSocket without subprotocol, past its welcome and the default channel's `subscribed`.
web_socket lobby_client(const running_node& node, const char* path = "/") {
  web_socket s{node.port(), plain, path};
  REQUIRE(s.hear("subscribed")["channel"] == "lobby");
  return s;
}

/// One event of a stream; blocks without data are skipped.
troupe::protocol::test::stream_event next_event(client& line) {
  for (;;) {
    const auto block = line.read_until("\n\n");
    REQUIRE_FALSE(block.empty());
    const auto read = troupe::protocol::test::read_event_stream(block);
    if (!read.events.empty())
      return read.events.front();
  }
}

} // namespace

// -- WebSocket ----------------------------------------------------------------

TEST_CASE("a WebSocket on / or /ws is welcomed first, with a timestamp") {
  running_node node;
  for (const char* path : {"/", "/ws"}) {
    INFO(path);
    web_socket s{node.port(), plain, path};
    CHECK(s.welcome()["type"] == "welcome");
    CHECK(s.welcome()["timestamp"].get<std::int64_t>() > year_2020);
    CHECK(s.hear()["type"] == "subscribed");
  }
}

TEST_CASE("any JSON is broadcast to all but its sender, with its data and a timestamp") {
  running_node node;
  auto a = lobby_client(node), b = lobby_client(node, "/ws"), c = lobby_client(node);
  for (const char* text : {R"({"text":"hello"})", "[1,2]", "\"word\"", "7", "null", "{}", R"({"action":7.5})"}) {
    INFO(text);
    a.say_raw(text);
    const auto data = json::parse(text);
    if (data.is_object() && data.contains("action")) { // an object with an action is a command
      CHECK(a.hear()["type"] == "error");
      continue;
    }
    for (auto* other : {&b, &c}) {
      const auto m = other->hear();
      CHECK(m["type"] == "broadcast");
      CHECK(m["data"] == data);
      CHECK(m["timestamp"].get<std::int64_t>() > year_2020);
      CHECK_FALSE(m.contains("event"));
    }
  }
  b.say_raw("\"from b\"");
  CHECK(a.hear()["data"] == "from b"); // and nothing of its own before
}

TEST_CASE("the page's first message, a subscription to updates, is answered") {
  running_node node;
  auto page = lobby_client(node), other = lobby_client(node);
  page.say_raw(R"({"action":"subscribe","channel":"updates"})");
  const auto said = page.hear();
  CHECK(said["type"] == "subscribed");
  CHECK(said["channel"] == "updates");
  node.publish("updates", {{"value", 1}});
  const auto m = page.hear();
  CHECK(m["type"] == "broadcast");
  CHECK(m["channel"] == "updates");
  CHECK(m["data"]["value"] == 1);
}

TEST_CASE("text that is not JSON is an error to its sender, and the connection stays") {
  running_node node;
  auto a = lobby_client(node), b = lobby_client(node);
  for (const char* text : {"not json", "", "{", R"({"a":tru})", "[1,]", "'x'"}) {
    INFO(text);
    a.say_raw(text);
    const auto said = a.hear();
    CHECK(said["type"] == "error");
    CHECK(said["code"] == "bad_message");
  }
  a.say_raw("\"still here\"");
  CHECK(b.hear()["data"] == "still here");
  CHECK(node.metric("errors") == 6);
}

TEST_CASE("the server's ping is what a browser answers by itself, and a client's ping is answered") {
  running_node node;
  auto s = lobby_client(node);
  s.line().send(wire::ping("abc"));
  CHECK(s.line().hear() == "pong abc");
  s.line().send(wire::close(1000));
  CHECK(s.end() == "close 1000");
}

// -- Server-Sent Events -------------------------------------------------------

TEST_CASE("an event stream begins with retry and connected, and EventSource gets updates as onmessage") {
  running_node node;
  client line{node.port()};
  line.send(wire::get("/events", "Accept: text/event-stream\r\n"));
  const auto head = line.response();
  REQUIRE(head.status == 200);
  CHECK(head.headers.at("content-type") == "text/event-stream");
  CHECK(head.headers.at("cache-control") == "no-cache, no-transform");
  CHECK(head.headers.at("access-control-allow-origin") == "*");
  CHECK(head.headers.count("transfer-encoding") == 0);
  CHECK(line.read_until("\n\n") == "retry: 10000\n\n");
  const auto first = line.read_until("\n\n");
  const auto data = first.find("\ndata: {");
  REQUIRE(first.starts_with("id: ")); // in an event that has data: else Firefox does not keep it
  REQUIRE(data != std::string::npos);
  const auto connected = json::parse(first.substr(data + 7));
  CHECK(connected["type"] == "connected");
  CHECK(connected["time"].get<std::int64_t>() > year_2020);
  node.publish("lobby", {{"type", "update"}, {"value", 42.5}});
  const auto update = next_event(line);
  CHECK(update.event.empty());
  CHECK(json::parse(update.data)["value"] == 42.5);
  CHECK_FALSE(update.last_id.empty());
}

TEST_CASE("a named event reaches addEventListener") {
  running_node node;
  client line{node.port()};
  line.send(wire::get("/events?channel=updates"));
  REQUIRE(line.response().status == 200);
  line.read_until("\"connected\"");
  node.publish("updates", {{"message", "System alert!"}}, "alert");
  node.publish("updates", "plain text", "custom-event");
  line.read_until("\n\n");
  const auto alert = next_event(line);
  CHECK(alert.event == "alert");
  CHECK(json::parse(alert.data)["message"] == "System alert!");
  CHECK(next_event(line).event == "custom-event");
}

TEST_CASE("a stream that comes back with its last id hears what it missed, by header and by query") {
  running_node node;
  std::string id;
  {
    client line{node.port()};
    line.send(wire::get("/events?channel=updates"));
    REQUIRE(line.response().status == 200);
    line.read_until("\"connected\"");
    node.publish("updates", 1);
    line.read_until("\n\n");
    id = next_event(line).last_id;
  }
  node.publish("updates", 2);
  node.publish("updates", 3);
  for (const bool by_header : {true, false}) {
    INFO(by_header);
    client line{node.port()};
    line.send(by_header ? wire::get("/events?channel=updates", "Last-Event-ID: " + id + "\r\n")
                        : wire::get("/events?channel=updates&lastEventId=" + id));
    REQUIRE(line.response().status == 200);
    line.read_until("\"connected\"");
    line.read_until("\n\n");
    CHECK(next_event(line).data == "2");
    CHECK(next_event(line).data == "3");
    node.publish("updates", 3);
    CHECK(next_event(line).data == "3");
  }
  client lost{node.port()};
  lost.send(wire::get("/events?channel=updates", "Last-Event-ID: another-7\r\n"));
  REQUIRE(lost.response().status == 200);
  lost.read_until("\"connected\"");
  lost.read_until("\n\n");
  CHECK(next_event(lost).event == "gap");
}

// -- long polling -------------------------------------------------------------

TEST_CASE("a poll for a user without messages is held and answers with none") {
  running_node node{{"--session.poll_hold", "1s"}};
  const auto began = std::chrono::steady_clock::now();
  const auto said = node.get("/poll?userId=ann");
  const auto took = std::chrono::steady_clock::now() - began;
  REQUIRE(said.status == 200);
  CHECK(json::parse(said.body)["messages"] == json::array());
  CHECK(took >= 900ms);
  CHECK(took < 5s);
}

TEST_CASE("a message sent before is answered at once, and one sent while a poll waits, too") {
  running_node node;
  const auto sent = node.post_json("/send", {{"userId", "ann"}, {"message", {{"text", "hi"}}}});
  CHECK(sent.status == 200);
  CHECK(sent.body == R"({"success":true})");
  const auto first = json::parse(node.get("/poll?userId=ann").body)["messages"];
  REQUIRE(first.size() == 1);
  CHECK(first[0]["message"]["text"] == "hi");
  CHECK(first[0]["timestamp"].get<std::int64_t>() > year_2020);
  client waiting{node.port()};
  waiting.send(wire::get("/poll?userId=ann"));
  REQUIRE(eventually([&] { return node.metric("polls_waiting") == 1; }));
  CHECK(node.metric("connections") == 1);
  node.post_json("/send", {{"userId", "ann"}, {"message", "again"}});
  const auto second = json::parse(waiting.response().body)["messages"];
  REQUIRE(second.size() == 1); // the first is not told twice
  CHECK(second[0]["message"] == "again");
}

TEST_CASE("a loop of polls by user id, as the page runs it, hears every message once and in order") {
  constexpr int count = 60;
  running_node node;
  client page{node.port()}, sender{node.port()};
  page.send(wire::get("/poll?userId=ann"));
  std::vector<int> heard;
  for (int i = 1; i <= count; ++i)
    sender.send(wire::post("/send", json{{"userId", "ann"}, {"message", i}}.dump(), "Content-Type: application/json\r\n"));
  for (int i = 1; i <= count; ++i)
    REQUIRE(sender.response().status == 200);
  while (heard.size() < count) {
    const auto body = json::parse(page.response().body);
    for (const auto& m : body["messages"])
      heard.push_back(m["message"]);
    page.send(wire::get("/poll?userId=ann"));
  }
  std::vector<int> expected;
  for (int i = 1; i <= count; ++i)
    expected.push_back(i);
  CHECK(heard == expected);
}

TEST_CASE("what lacks its parts is told so: poll and send") {
  running_node node;
  CHECK(node.get("/poll").status == 400);
  CHECK(node.get("/poll?userId=").status == 400);
  CHECK(node.get("/poll?cursor=nonsense").status == 400);
  CHECK(node.post("/send", "not json").status == 400);
  CHECK(node.post("/send", "[]").status == 400);
  CHECK(node.post("/send", R"({"message":1})").status == 400);
  CHECK(node.get("/send").status == 405);
  CHECK(node.post("/poll?userId=a", "").status == 405);
  CHECK(node.post("/send", R"({"token":"s1.x","action":"ping"})").status == 401);
}

// -- metrics ------------------------------------------------------------------

TEST_CASE("metrics are JSON on request, with the four numbers the article counts, and Prometheus text otherwise") {
  running_node node;
  CHECK(node.metrics()["connections"] == 0);
  auto a = lobby_client(node), b = lobby_client(node);
  client stream{node.port()};
  stream.send(wire::get("/events"));
  REQUIRE(stream.response().status == 200);
  stream.read_until("\"connected\"");
  a.say_raw("1");
  a.say_raw("nonsense");
  b.hear("broadcast");
  a.hear("error");
  const auto m = node.metrics();
  INFO(m.dump());
  CHECK(has_keys(m, {"connections", "messagesReceived", "messagesSent", "errors"}));
  CHECK(m["connections"] == 3);
  CHECK(m["messagesReceived"] == 2);
  CHECK(m["messagesSent"].get<int>() >= 2);
  CHECK(m["errors"] == 1);
  const auto text = node.get("/metrics");
  CHECK(text.headers.at("content-type").starts_with("text/plain"));
  CHECK(text.body.find("\ntroupe_errors_total{code=\"bad_message\"} 1\n") != std::string::npos);
  CHECK(text.body.find("\ntroupe_encodings_total ") != std::string::npos);
}
