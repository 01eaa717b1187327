// Promise 4: bounded. Whatever a client can grow has a limit with a name and a counter; passing it has a stated outcome;
// a slow or hostile client never delays or grows another.

#include "tests/actors/virtual_node/scene.hpp"

#include "actors/sessions/shard.hpp"

using namespace troupe::actors::testing;

namespace {

json metrics(virtual_node& node) {
  return json::parse(answer(node, "GET", "/metrics", {}, {{"accept", "application/json"}}).body);
}

std::uint64_t passed(virtual_node& node, const std::string& limit) {
  const auto all = metrics(node)["limits_passed"];
  return all.contains(limit) ? all[limit].get<std::uint64_t>() : 0;
}

troupe::config::settings with_overflow(troupe::config::overflow_policy policy) {
  auto s = test_settings();
  s.limits.log_entries = 20;
  for (auto& n : s.namespaces)
    n.overflow = policy, n.history_size = 20;
  return s;
}

void publish_big(virtual_node& node, const std::string& channel, int count) {
  const std::string big(4000, 'x');
  for (int i = 0; i < count; ++i)
    api(node, "/api/publish", {{"channel", channel}, {"event", i % 2 ? "odd" : "even"}, {"data", big}});
}

} // namespace

TEST_CASE("a client that never reads pins at most its outbox and one message, and delays nobody") {
  for (const auto& t : all_transports()) {
    if (t.name == "long poll")
      continue; // holds no socket between polls
    INFO(t.name);
    virtual_node node;
    auto dead = t.make(node, 0), alive = t.make(node, 0);
    dead->join("open:a");
    alive->join("open:a");
    dead->stop_reading();
    publish_big(node, "open:a", 400); // 1.6 MB
    REQUIRE(alive->publications().size() == 400);
    const auto settings = test_settings();
    const auto most = settings.limits.outbox_bytes + settings.limits.message_bytes;
    auto* ws = dynamic_cast<ws_client*>(dead.get());
    auto& line = ws ? ws->line() : *dynamic_cast<sse_client&>(*dead).exchange().body_stream();
    REQUIRE(line.queued_most() <= most);
    REQUIRE(node.shard_at(0).slot("open:a")->log.bytes() <= settings.limits.log_bytes + 64 * 1024);
  }
}

TEST_CASE("the overflow policy speaks to whoever is behind the log") {
  using troupe::config::overflow_policy;
  SECTION("gap: skips to the head, is told, stays connected") {
    virtual_node node{{}, with_overflow(overflow_policy::gap)};
    ws_client slow{node};
    slow.join("open:a", "");
    slow.stop_reading();
    publish_big(node, "open:a", 100);
    slow.read_again();
    node.pass(1s);
    REQUIRE(slow.connected());
    REQUIRE(slow.gaps().size() >= 1);
    REQUIRE(metrics(node)["gaps"] >= 1);
  }
  SECTION("latest: gets the last of each event") {
    virtual_node node{{}, with_overflow(overflow_policy::latest)};
    ws_client slow{node};
    slow.join("open:a", "");
    slow.stop_reading();
    publish_big(node, "open:a", 100);
    const auto before = slow.publications().size();
    slow.read_again();
    node.pass(1s);
    const auto all = slow.publications();
    REQUIRE(all.size() > before);
    REQUIRE(all.back().offset == 100u);
    REQUIRE(all[all.size() - 2].offset == 99u);
  }
  SECTION("disconnect: closed with 4002, and counted") {
    virtual_node node{{}, with_overflow(overflow_policy::disconnect)};
    ws_client slow{node};
    slow.join("open:a", "");
    slow.stop_reading();
    publish_big(node, "open:a", 100);
    node.pass(2s);
    REQUIRE_FALSE(slow.connected());
    REQUIRE(slow.line().closed_with() == troupe::protocol::close_code::overflow);
    REQUIRE(metrics(node)["overflows"] == 1);
  }
}

TEST_CASE("a client that asks and does not read is not read either, then closed at the limit of what waits for it") {
  auto settings = test_settings();
  virtual_node node{{}, settings};
  publish_big(node, "open:a", 60);
  ws_client greedy{node};
  greedy.join("open:a", "");
  greedy.stop_reading();
  std::size_t sent = 0;
  while (greedy.line().is_read() && greedy.connected() && sent < 10'000) {
    greedy.send({{"action", "history"}, {"channel", "open:a"}, {"id", ++sent}, {"limit", 100}});
    node.settle();
  }
  node.pass(1s);
  REQUIRE(sent < 100);
  REQUIRE(greedy.line().queued_most() <= settings.limits.session_control_bytes + 3 * settings.limits.page_bytes);
}

TEST_CASE("private messages to a client that does not read end with 4002; one that reads gets them all") {
  scene s;
  ws_client fast{s.node};
  fast.join("room:1", "");
  REQUIRE(fast.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "flood"}, {"data", 500}})["type"] == "reply");
  REQUIRE(fast.messages("push").size() == 500);
  ws_client slow{s.node};
  slow.join("room:1", "");
  slow.stop_reading();
  slow.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "flood"}, {"data", 500}});
  s.node.pass(3s); // in which it takes nothing
  REQUIRE(slow.line().closed_with() == troupe::protocol::close_code::overflow);
  REQUIRE(passed(s.node, "limits.session_control_bytes") == 1);
  ws_client flooded{s.node};
  flooded.join("room:1", "");
  flooded.stop_reading();
  flooded.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "flood"}, {"data", 2000}});
  REQUIRE(flooded.line().closed_with() == troupe::protocol::close_code::overflow);
  REQUIRE(passed(s.node, "limits.session_control_bytes") == 2);
}

TEST_CASE("each limit of a session answers with its name") {
  auto settings = test_settings();
  settings.limits.channels_per_session = 3;
  settings.limits.sse_channels = 2;
  scene s{settings};
  ws_client a{s.node};
  for (int i = 0; i < 2; ++i)
    REQUIRE(a.ask({{"action", "subscribe"}, {"channel", "open:" + std::to_string(i)}})["type"] == "subscribed");
  REQUIRE(a.ask({{"action", "subscribe"}, {"channel", "open:2"}})["type"] == "subscribed");
  const auto no = a.ask({{"action", "subscribe"}, {"channel", "open:3"}});
  REQUIRE(no["code"] == "limit");
  REQUIRE(no["message"].get<std::string>().find("3 channels") != std::string::npos);
  for (const std::string path : {"/events", "/poll"}) {
    INFO(path);
    const auto before = passed(s.node, "limits.sse_channels");
    const auto many = answer(s.node, "GET", path + "?channel=open:1&channel=open:2&channel=open:3");
    REQUIRE(many.status == 400);
    REQUIRE(json::parse(many.body)["error"]["code"] == "bad_message"); // the same would be refused again
    REQUIRE(passed(s.node, "limits.sse_channels") == before + 1);
  }
}

TEST_CASE("polls of one user: four wait, a fifth answers the oldest, a sixth is told 429, and all that wait get the message") {
  virtual_node node;
  std::vector<std::shared_ptr<test_exchange>> polls;
  for (int i = 0; i < 4; ++i)
    polls.push_back(send_request(node, request("GET", "/poll?userId=ada")));
  for (const auto& p : polls)
    REQUIRE(p->waiting());
  polls.push_back(send_request(node, request("GET", "/poll?userId=ada")));
  REQUIRE(polls[0]->response());
  REQUIRE(json::parse(polls[0]->response()->body)["messages"] == json::array());
  const auto sixth = send_request(node, request("GET", "/poll?userId=ada"));
  REQUIRE(sixth->response());
  REQUIRE(sixth->response()->status == 429);
  REQUIRE(passed(node, "limits.polls_per_user") == 2);
  answer(node, "POST", "/send", R"({"userId":"ada","message":"hi"})");
  for (std::size_t i = 1; i < polls.size(); ++i) {
    REQUIRE(polls[i]->response());
    REQUIRE(json::parse(polls[i]->response()->body)["messages"].size() == 1);
  }
}

TEST_CASE("a session whose commands all wait for their answers is refused the next by HTTP, which is counted") {
  auto settings = test_settings();
  settings.limits.commands_per_connection = 2;
  scene s{settings};
  poll_client p{s.node};
  p.join("room:1", "");
  p.publications();
  const auto later = json{{"token", p.token()}, {"action", "call"}, {"channel", "room:1"}, {"event", "later"}, {"id", 1}}.dump();
  std::vector<std::shared_ptr<test_exchange>> waiting;
  for (int i = 0; i < 2; ++i)
    waiting.push_back(send_request(s.node, request("POST", "/send", later)));
  REQUIRE(waiting[1]->waiting());
  const auto third = answer(s.node, "POST", "/send", later);
  REQUIRE(third.status == 429);
  REQUIRE(json::parse(third.body)["error"]["code"] == "limit");
  REQUIRE(passed(s.node, "limits.commands_per_connection") == 1);
}

TEST_CASE("commands beyond a channel's queue are told busy, others go on") {
  auto settings = test_settings();
  settings.limits.channel_commands = 16;
  settings.limits.commands_per_connection = 16;
  scene s{settings};
  std::vector<std::unique_ptr<ws_client>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::make_unique<ws_client>(s.node));
    clients.back()->join("room:1", "");
  }
  for (int n = 0; n < 8; ++n)
    for (auto& c : clients)
      c->send({{"action", "call"}, {"channel", "room:1"}, {"event", "say"}, {"data", n}, {"id", n}});
  s.node.settle();
  std::size_t busy = 0, done = 0;
  for (auto& c : clients)
    for (int n = 0; n < 8; ++n) {
      const auto r = c->answer(n);
      (r["type"] == "error" && r["code"] == "busy" ? busy : done)++;
    }
  REQUIRE(busy > 0);
  REQUIRE(done == 16);
  REQUIRE(passed(s.node, "limits.channel_commands") == busy);
  REQUIRE(clients[0]->ask({{"action", "call"}, {"channel", "room:1"}, {"event", "count"}})["type"] == "reply");
}

TEST_CASE("a channel's queue is bounded in bytes, too") {
  auto settings = test_settings();
  settings.limits.channel_command_bytes = 8 * 1024;
  scene s{settings};
  ws_client a{s.node};
  a.join("room:1", "");
  const std::string large(3000, 'x');
  for (int n = 0; n < 6; ++n)
    a.send({{"action", "call"}, {"channel", "room:1"}, {"event", "say"}, {"data", large}, {"id", n}});
  s.node.settle();
  std::size_t busy = 0;
  for (int n = 0; n < 6; ++n)
    busy += a.answer(n)["code"] == "busy";
  REQUIRE(busy == 4); // two of them fit
  REQUIRE(a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "say"}, {"data", large}})["type"] == "reply");
}

TEST_CASE("live channels are limited") {
  auto settings = test_settings();
  settings.limits.channels = 3; // the default channel is one
  virtual_node node{{}, settings};
  ws_client a{node};
  std::size_t refused = 0;
  for (int i = 0; i < 6; ++i)
    refused += a.ask({{"action", "subscribe"}, {"channel", "open:" + std::to_string(i)}})["code"] == "limit";
  REQUIRE(refused >= 3);
  REQUIRE(passed(node, "limits.channels") >= 3);
}

TEST_CASE("an abandoned poll leaves nothing behind after its lease") {
  virtual_node node;
  poll_client p{node};
  p.join("open:a", "");
  REQUIRE(node.counters(0).sessions[transport_kind::poll] == 1);
  p.lose_connection();
  node.pass(59s);
  REQUIRE(node.counters(0).sessions[transport_kind::poll] == 1);
  node.pass(2s);
  REQUIRE(node.counters(0).sessions[transport_kind::poll] == 0);
  REQUIRE(node.counters(0).polls_waiting == 0);
  node.pass(3min);
  REQUIRE(api_get(node, "/api/channels")["channels"].empty());
}

TEST_CASE("what clients made grow is given back when they go") {
  scene s;
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<reader>> readers;
    for (int i = 0; i < 30; ++i)
      for (const auto& t : all_transports()) {
        readers.push_back(t.make(s.node, static_cast<std::uint32_t>(i % 2)));
        readers.back()->join("open:" + std::to_string(i));
      }
    for (auto& r : readers)
      r->lose_connection();
  }
  s.node.pass(10min);
  for (std::uint32_t shard = 0; shard < 2; ++shard) {
    const auto d = s.node.shard_at(shard).describe();
    REQUIRE(d.detached == 0);
    REQUIRE(d.channels == 0);
    REQUIRE(d.log_bytes == 0);
  }
  REQUIRE(api_get(s.node, "/api/connections")["connections"].empty());
  REQUIRE(api_get(s.node, "/api/channels")["channels"].empty());
  REQUIRE(s.node.inside().store.bytes() == 0);
}

TEST_CASE("strangers who fill open channels lose their own history, not that of an idle inbox or a modest channel") {
  auto settings = test_settings();
  settings.limits.node_history_bytes = 2 << 20;
  settings.limits.message_bytes = 64 << 10;
  scene s{settings};
  for (int i = 0; i < 5; ++i)
    answer(s.node, "POST", "/send", R"({"userId":"ada","message":"for ada"})");
  publish_numbers(s.node, "open:modest", 1, 20);
  s.node.pass(90s); // both are idle
  REQUIRE(api_get(s.node, "/api/channels")["channels"].empty());
  std::vector<std::unique_ptr<ws_client>> strangers;
  for (std::uint32_t i = 0; i < 3; ++i)
    strangers.push_back(std::make_unique<ws_client>(s.node, "troupe.v1.json", i % 2));
  const std::string big(60'000, 'x');
  for (int channel = 0; channel < 30; ++channel)
    for (std::size_t i = 0; i < strangers.size(); ++i)
      for (int n = 0; n < 4; ++n)
        REQUIRE(strangers[i]->ask({{"action", "publish"}, {"channel", "open:" + std::to_string(channel) + "-" + std::to_string(i)},
                                   {"event", "e"}, {"data", big}})["type"] == "reply");
  REQUIRE(metrics(s.node)["history_bytes"] <= 2 << 20);
  const auto inbox = json::parse(answer(s.node, "GET", "/poll?userId=ada").body);
  CHECK(inbox["messages"].size() == 5);
  CHECK(api_get(s.node, "/api/history?channel=open:modest&limit=100")["publications"].size() == 20);
}

TEST_CASE("a flood of names used once costs nobody a place, and nothing once it has expired") {
  auto settings = test_settings();
  settings.limits.channels = 50;
  settings.limits.started_per_session = 20;
  settings.channels.idle = 10s;
  settings.default_channel.clear();
  scene s{settings};
  std::size_t refused = 0;
  for (int session = 0; session < 5; ++session) {
    ws_client stranger{s.node};
    for (int i = 0; i < 25; ++i)
      refused += stranger.ask({{"action", "publish"}, {"channel", "open:" + std::to_string(session) + "-" + std::to_string(i)},
                               {"event", "e"}, {"data", 1}})["code"] == "limit";
    stranger.close();
    s.node.pass(6s); // the shard lets go of them; they are idle, not retired
    ws_client honest{s.node, "troupe.v1.json", 1};
    REQUIRE(honest.ask({{"action", "subscribe"}, {"channel", "open:mine"}})["type"] == "subscribed");
  }
  CHECK(refused == 5 * 5);
  CHECK(metrics(s.node)["channels"] <= 50);
  s.node.pass(10min);
  CHECK(metrics(s.node)["channels"] == 0);
  CHECK(metrics(s.node)["history_bytes"] == 0);
}
