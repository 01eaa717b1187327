// Promise 4, between clients: one that is slow, or takes nothing, costs itself something and nobody else.

#include "tests/actors/virtual_node/scene.hpp"

#include "actors/sessions/shard.hpp"

using namespace troupe::actors::testing;

namespace {

json metrics(virtual_node& node) {
  return json::parse(answer(node, "GET", "/metrics", {}, {{"accept", "application/json"}}).body);
}

void publish_sized(virtual_node& node, const std::string& channel, int count, std::size_t bytes) {
  const std::string big(bytes, 'x');
  for (int i = 0; i < count; ++i)
    api(node, "/api/publish", {{"channel", channel}, {"data", big}});
}

test_connection& line_of(reader& of) {
  auto* ws = dynamic_cast<ws_client*>(&of);
  return ws ? ws->line() : *dynamic_cast<sse_client&>(of).exchange().body_stream();
}

} // namespace

TEST_CASE("readers that stop at different moments cost a fast one nothing") {
  const auto stuck_max = GENERATE(24, 200);
  INFO(stuck_max << " stop");
  virtual_node node{{}, test_settings(), 1};
  ws_client fast{node};
  fast.join("open:a", "");
  std::vector<std::unique_ptr<ws_client>> stuck;
  for (int i = 0; i < stuck_max; ++i) {
    stuck.push_back(std::make_unique<ws_client>(node));
    stuck.back()->join("open:a", "");
  }
  const std::string big(4096, 'x');
  const int rounds = 40 + stuck_max;
  for (int round = 0; round < rounds; ++round) {
    if (round < stuck_max)
      stuck[static_cast<std::size_t>(round)]->stop_reading();
    for (int i = 0; i < 4; ++i)
      api(node, "/api/publish", {{"channel", "open:a"}, {"data", big}});
    if (round > 30)
      REQUIRE(node.shard_at(0).slot("open:a")->log.head() - node.shard_at(0).slot("open:a")->log.tail() > 50);
  }
  CHECK(fast.publications().size() == static_cast<std::size_t>(rounds) * 4);
  CHECK(fast.gaps().empty());
}

TEST_CASE("a client that takes nothing is closed with 4002, though its ping never left, on every transport with a socket") {
  for (const auto& t : all_transports()) {
    if (t.name == "long poll")
      continue; // holds no socket between polls
    INFO(t.name);
    virtual_node node;
    auto stuck = t.make(node, 0), alive = t.make(node, 0);
    stuck->join("open:a");
    alive->join("open:a");
    stuck->stop_reading();
    publish_sized(node, "open:a", 60, 4000);
    node.pass(15s);
    REQUIRE(stuck->connected());
    node.pass(10s);
    REQUIRE_FALSE(stuck->connected());
    REQUIRE(line_of(*stuck).closed_with() == troupe::protocol::close_code::overflow);
    REQUIRE(metrics(node)["stalled"] == 1);
    REQUIRE(alive->connected());
    REQUIRE(alive->publications().size() == 60);
  }
}

TEST_CASE("a client that takes a little now and then stays") {
  virtual_node node;
  ws_client slow{node};
  slow.join("open:a", "");
  slow.stop_reading();
  publish_sized(node, "open:a", 60, 4000);
  for (int i = 0; i < 6; ++i) {
    node.pass(15s);
    slow.line().takes(100);
    slow.line().peer_pongs();
  }
  REQUIRE(slow.connected());
}

TEST_CASE("a silent event stream whose peer is gone does not stay a member") {
  scene s;
  sse_client gone{s.node};
  gone.join("room:1", "");
  const auto joined = s.notes->joins.size();
  REQUIRE(joined == 1);
  gone.stop_reading(); // the cable is out: nothing is acknowledged, and nothing but comments is written
  s.node.pass(60s);
  REQUIRE_FALSE(gone.connected());
  REQUIRE(s.notes->leaves.size() == 1);
}

TEST_CASE("what only stuck sockets hold is bounded by whole chunks, and no more go than must") {
  auto settings = test_settings();
  settings.limits.node_pinned_bytes = 1024 * 1024;
  settings.limits.outbox_bytes = 4096; // a little of a chunk of 32 KiB, or of two
  settings.limits.log_bytes = 128 * 1024;
  settings.heartbeat.stalled = 10min;
  settings.heartbeat.interval = 10min;
  virtual_node node{{}, settings, 1};
  std::vector<std::unique_ptr<ws_client>> stuck;
  for (int i = 0; i < 60; ++i) {
    stuck.push_back(std::make_unique<ws_client>(node));
    stuck.back()->join("open:a", "");
    stuck.back()->line().stop_reading();
    publish_sized(node, "open:a", 60, 4000);
  }
  REQUIRE(metrics(node)["overflows"] == 0);
  node.pass(10s);
  REQUIRE(metrics(node)["pinned_bytes"] <= settings.limits.node_pinned_bytes);
  const auto left = std::count_if(stuck.begin(), stuck.end(), [](const auto& one) { return one->connected(); });
  REQUIRE(left >= 14); // of 1 MiB, who holds two chunks has 64 KiB
  REQUIRE(left < 60);
}

TEST_CASE("what only stuck sockets hold is bounded: first those go who hold most of it") {
  auto settings = test_settings();
  settings.limits.node_pinned_bytes = 1024 * 1024;
  settings.limits.log_bytes = 128 * 1024;
  settings.heartbeat.stalled = 10min;
  settings.heartbeat.interval = 10min;
  for (auto& n : settings.namespaces)
    n.history_bytes = 64 * 1024;
  virtual_node node{{}, settings, 1};
  ws_client fast{node};
  fast.join("open:a", "");
  std::vector<std::unique_ptr<ws_client>> stuck;
  for (int i = 0; i < 60; ++i) {
    stuck.push_back(std::make_unique<ws_client>(node));
    stuck.back()->join("open:a", "");
    stuck.back()->line().stop_reading();
    publish_sized(node, "open:a", 40, 4000);
    node.pass(1s);
  }
  node.pass(10s);
  REQUIRE(metrics(node)["pinned_bytes"] <= settings.limits.node_pinned_bytes);
  REQUIRE(metrics(node)["limits_passed"]["limits.node_pinned_bytes"] >= 1);
  REQUIRE_FALSE(stuck.front()->connected());
  REQUIRE(stuck.front()->line().closed_with() == troupe::protocol::close_code::overflow);
  REQUIRE(stuck.back()->connected());
  REQUIRE(fast.publications().size() == 60 * 40);
  REQUIRE(fast.gaps().empty());
}

TEST_CASE("a quiet channel gets through to a client whose socket a busy one fills") {
  for (const auto& t : all_transports()) {
    if (t.name == "long poll" || t.name == "SSE")
      continue; // a stream of several channels is another test's
    INFO(t.name);
    virtual_node node;
    ws_client slow{node, t.name == "WebSocket, msgpack" ? "troupe.v1.msgpack" : "troupe.v1.json"};
    slow.join("open:busy", "");
    slow.join("user:ada", "");
    slow.stop_reading();
    publish_sized(node, "open:busy", 60, 4000);
    api(node, "/api/publish", {{"channel", "user:ada"}, {"data", "for you"}});
    // Of what comes in, it takes a third.
    const auto heard_it = [&] {
      for (const auto& p : slow.publications())
        if (p.channel == "user:ada")
          return true;
      return false;
    };
    int rounds = 0;
    for (; rounds < 10 && !heard_it(); ++rounds) {
      publish_sized(node, "open:busy", 24, 4000);
      slow.line().takes(test_connection::kernel_bytes / 2);
      node.settle();
    }
    REQUIRE(rounds < 10);
  }
}

TEST_CASE("a steady reader is not cut off by the answers to its own questions") {
  auto settings = test_settings();
  virtual_node node{{}, settings};
  for (int i = 0; i < 30; ++i)
    publish_sized(node, "open:" + std::to_string(i), 25, 4000);
  ws_client steady{node};
  for (int i = 0; i < 30; ++i)
    steady.join("open:" + std::to_string(i), "");
  steady.stop_reading();
  int asked = 0, steps = 0;
  std::size_t most = 0;
  const auto answers = [&] { return steady.messages("reply").size(); };
  for (; answers() < 30 && steady.connected() && steps < 1000; ++steps) {
    while (asked < 30 && steady.line().is_read())
      steady.send({{"action", "history"}, {"channel", "open:" + std::to_string(asked++)}, {"id", asked}, {"limit", 100}});
    node.pass(100ms);
    steady.line().takes(40'000); // 400 kB/s
    most = std::max(most, steady.line().queued_most());
  }
  REQUIRE(steady.connected());
  REQUIRE(answers() == 30);
  REQUIRE(most <= settings.limits.outbox_bytes + settings.limits.page_bytes);
}

TEST_CASE("a client that is behind is heard") {
  virtual_node node;
  ws_client slow{node};
  slow.join("open:a", "");
  slow.stop_reading();
  std::size_t unheard = 0;
  for (int i = 0; i < 100; ++i) { // 60 KB each 600 ms, of which it takes 48
    publish_sized(node, "open:a", 1, 60'000);
    for (int n = 0; n < 6; ++n) {
      node.pass(100ms);
      slow.line().takes(8'000);
      slow.line().peer_pongs();
      unheard += slow.line().is_read() ? 0 : 1;
    }
  }
  REQUIRE(slow.connected());
  REQUIRE(unheard == 0);
  slow.send({{"action", "ping"}, {"id", 7}});
  slow.read_again();
  node.pass(1s);
  REQUIRE(slow.answer(7)["type"] == "reply");
}

TEST_CASE("a poll that has much to read back in several channels is not taken for slow") {
  virtual_node node;
  ws_client witness{node};
  std::string target = "/poll?", since;
  for (int i = 0; i < 4; ++i) {
    const auto channel = "open:" + std::to_string(i);
    publish_sized(node, channel, 25, 4000);
    const auto joined = witness.ask({{"action", "subscribe"}, {"channel", channel}});
    target += "channel=" + channel + "&";
    since += (since.empty() ? "" : ",") + joined["epoch"].get<std::string>() + "-0";
  }
  std::size_t heard = 0;
  std::string next = target + "since=" + since;
  for (int polls = 0; polls < 20 && heard < 100; ++polls) {
    const auto answered = send_request(node, request("GET", next));
    node.pass(1s);
    REQUIRE(answered->response());
    REQUIRE(answered->response()->status == 200);
    const auto body = json::parse(answered->response()->body);
    heard += body["messages"].size();
    next = "/poll?cursor=" + body["cursor"].get<std::string>();
  }
  REQUIRE(heard == 100);
}
