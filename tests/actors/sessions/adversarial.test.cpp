// What clients may send in bad faith or bad order: forged cursors, others' tokens, greed, haste.

#include "tests/actors/virtual_node/scene.hpp"

#include "actors/sessions/poll_cursor.hpp"
#include "actors/sessions/shard.hpp"

using namespace troupe::actors::testing;

namespace {

std::string forged(const std::string& token, const std::string& user, std::vector<troupe::actors::poll_position> places) {
  return troupe::actors::poll_cursor{token, user, std::move(places)}.to_text();
}

unsigned poll_status(virtual_node& node, const std::string& cursor) {
  const auto sent = send_request(node, request("GET", "/poll?cursor=" + cursor));
  return sent->response() ? sent->response()->status : 0;
}

} // namespace

TEST_CASE("a forged cursor makes nobody of its bearer, and takes no inbox") {
  virtual_node node;
  REQUIRE(poll_status(node, forged("s1000001.x", "admin", {{"lobby", {"x", 0}, 0}})) == 401);
  REQUIRE(poll_status(node, forged("s1000001.x", "admin", {{"user:admin", {"x", 0}, 0}, {"lobby", {"x", 0}, 0}})) == 401);
  auto settings = test_settings();
  for (auto& n : settings.namespaces)
    n.send = troupe::config::permission::nobody;
  virtual_node strict{{}, settings};
  REQUIRE(poll_status(strict, forged("s1000001.x", "admin", {{"user:admin", {"x", 0}, 0}})) == 401);
}

TEST_CASE("a cursor names each channel once, and not more than a poll may have") {
  virtual_node node;
  std::vector<troupe::actors::poll_position> many;
  for (int i = 0; i < 17; ++i)
    many.push_back({"open:" + std::to_string(i), {"x", 0}, 0});
  REQUIRE(poll_status(node, forged("s1000001.x", "", many)) == 400);
  REQUIRE(poll_status(node, forged("s1000001.x", "", {{"open:a", {"x", 0}, 0}, {"open:a", {"x", 0}, 0}})) == 400);
}

TEST_CASE("an inbox cursor goes on after its lease where only the inbox may be polled") {
  auto settings = test_settings();
  for (auto& n : settings.namespaces)
    if (n.pattern == "user:*")
      n.subscribe = troupe::config::permission::nobody;
  virtual_node node{{}, settings};
  answer(node, "POST", "/send", R"({"userId":"ada","message":1})");
  const auto first = json::parse(answer(node, "GET", "/poll?userId=ada").body);
  node.pass(2min);
  answer(node, "POST", "/send", R"({"userId":"ada","message":2})");
  const auto second = send_request(node, request("GET", "/poll?cursor=" + first["cursor"].get<std::string>()));
  REQUIRE(second->response());
  REQUIRE(json::parse(second->response()->body)["messages"][0]["message"] == 2);
}

TEST_CASE("an inbox whose session left its channel is opened anew") {
  virtual_node node;
  answer(node, "POST", "/send", R"({"userId":"carl","message":1})");
  const auto first = json::parse(answer(node, "GET", "/poll?userId=carl").body);
  answer(node, "POST", "/send", json{{"token", first["token"]}, {"action", "unsubscribe"}, {"channel", "user:carl"}}.dump());
  answer(node, "POST", "/send", R"({"userId":"carl","message":2})");
  const auto second = json::parse(answer(node, "GET", "/poll?userId=carl").body);
  REQUIRE(second["messages"].size() == 1);
  REQUIRE(second["messages"][0]["message"] == 2);
}

TEST_CASE("polls of one user with cursors wait beside each other") {
  virtual_node node;
  answer(node, "POST", "/send", R"({"userId":"bob","message":1})");
  const std::string cursor = json::parse(answer(node, "GET", "/poll?userId=bob").body)["cursor"];
  std::vector<std::shared_ptr<test_exchange>> tabs;
  for (int i = 0; i < 4; ++i)
    tabs.push_back(send_request(node, request("GET", "/poll?cursor=" + cursor)));
  for (const auto& t : tabs)
    REQUIRE(t->waiting());
  answer(node, "POST", "/send", R"({"userId":"bob","message":2})");
  for (const auto& t : tabs) {
    REQUIRE(t->response());
    REQUIRE(json::parse(t->response()->body)["messages"].size() == 1);
  }
}

TEST_CASE("pages of other origins cannot empty an inbox") {
  virtual_node node;
  answer(node, "POST", "/send", R"({"userId":"dora","message":1})");
  REQUIRE(answer(node, "GET", "/poll?userId=dora", {}, {{"origin", "http://evil.example"}}).status == 403);
  REQUIRE(json::parse(answer(node, "GET", "/poll?userId=dora").body)["messages"].size() == 1);
}

TEST_CASE("a WebSocket's token opens no second way to its session") {
  virtual_node node;
  ws_client a{node};
  const auto token = a.messages("welcome")[0]["token"];
  REQUIRE(answer(node, "POST", "/send", json{{"token", token}, {"action", "ping"}}.dump()).status == 403);
}

TEST_CASE("unsubscribing during a replay ends it; subscribing at once again comes in again") {
  auto settings = test_settings();
  settings.limits.page_bytes = 4096;
  settings.limits.message_bytes = 4096;
  for (auto& n : settings.namespaces)
    n.history_size = 400;
  for (const char* channel : {"open:r", "open:s"}) {
    virtual_node node{{}, settings};
    publish_numbers(node, channel, 1, 300);
    ws_client a{node, "troupe.v1.json", 1};
    const std::string epoch = a.ask({{"action", "subscribe"}, {"channel", channel}})["epoch"];
    a.ask({{"action", "unsubscribe"}, {"channel", channel}});
    const auto since = json{{"epoch", epoch}, {"offset", 1}};
    a.send({{"action", "subscribe"}, {"channel", channel}, {"since", since}, {"id", 1}});
    a.send({{"action", "unsubscribe"}, {"channel", channel}, {"id", 2}});
    a.send({{"action", "subscribe"}, {"channel", channel}, {"id", 3}});
    node.settle();
    REQUIRE(a.answer(1)["type"] == "subscribed");
    REQUIRE(a.answer(2)["type"] == "unsubscribed");
    REQUIRE(a.answer(3)["type"] == "subscribed");
    publish_numbers(node, channel, 301, 301);
    REQUIRE(a.publications().back().data == 301);
  }
}

TEST_CASE("each command with an id has its answer, whatever ends the membership") {
  for (const char* end : {"stop", "kick"}) {
    INFO(end);
    scene s;
    ws_client a{s.node};
    a.join("room:1", "");
    a.send({{"action", "call"}, {"channel", "room:1"}, {"event", end}, {"data", a.session()}, {"id", 1}});
    for (int id = 2; id <= 5; ++id)
      a.send({{"action", "call"}, {"channel", "room:1"}, {"event", "count"}, {"id", id}});
    s.node.settle();
    s.node.pass(1s);
    for (int id = 1; id <= 5; ++id) {
      INFO(id);
      REQUIRE_FALSE(a.answer(id).is_null());
    }
    REQUIRE(a.messages("unsubscribed").size() == 1);
  }
}

TEST_CASE("params are bounded for all subscriptions of a session together") {
  virtual_node node;
  ws_client a{node};
  const std::string params(30'000, 'x');
  for (int i = 0; i < 2; ++i)
    REQUIRE(a.ask({{"action", "subscribe"}, {"channel", "open:" + std::to_string(i)}, {"params", params}})["type"] == "subscribed");
  REQUIRE(a.ask({{"action", "subscribe"}, {"channel", "open:2"}, {"params", params}})["code"] == "limit");
  a.ask({{"action", "unsubscribe"}, {"channel", "open:0"}});
  REQUIRE(a.ask({{"action", "subscribe"}, {"channel", "open:2"}, {"params", params}})["type"] == "subscribed");
}

TEST_CASE("one answer larger than the control queue is delivered, not punished") {
  virtual_node node;
  ws_client sender{node, "troupe.v1.msgpack"};
  std::string control(60'000, '\1');
  sender.send({{"action", "publish"}, {"channel", "open:a"}, {"data", control}});
  node.settle();
  ws_client a{node};
  a.join("open:a", "");
  const auto reply = a.ask({{"action", "history"}, {"channel", "open:a"}});
  REQUIRE(reply["data"]["publications"][0]["data"] == control);
  node.pass(1s);
  REQUIRE(a.connected());
}

TEST_CASE("whoever asks when a link is full hears that it was too much, and the shard lives") {
  auto settings = test_settings();
  settings.limits.link_bytes = settings.limits.page_bytes;
  settings.limits.link_batches = 1;
  for (auto& n : settings.namespaces)
    n.history_size = 100;
  virtual_node node{{}, settings, 1};
  const std::string big(2000, 'x');
  for (int i = 0; i < 60; ++i)
    api(node, "/api/publish", {{"channel", "open:a"}, {"data", big}});
  std::vector<std::unique_ptr<ws_client>> clients;
  for (int i = 0; i < 20; ++i)
    clients.push_back(std::make_unique<ws_client>(node));
  for (int n = 1; n <= 10; ++n) {
    for (auto& c : clients)
      c->send({{"action", "history"}, {"channel", "open:a"}, {"id", n}, {"limit", 100}});
    const auto sent = request("POST", "/api/publish", json{{"channel", "open:a"}, {"data", n}}.dump(),
                              {{"authorization", "Bearer test-key-of-the-house"}});
    node.router(0).handle(std::make_shared<test_exchange>(node, sent));
  }
  node.pass(1s);
  for (auto& c : clients)
    for (int n = 1; n <= 10; ++n)
      REQUIRE_FALSE(c->answer(n).is_null());
  REQUIRE(node.logged("shard-0") == node.logged("shard-0 started"));
}
