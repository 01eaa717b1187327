// Promise 6: exactly one leave. Every join is followed by exactly one leave with its reason, whatever died.

#include "tests/actors/virtual_node/scene.hpp"
#include "tests/seed.hpp"

#include <algorithm>
#include <random>

using namespace troupe::actors::testing;

TEST_CASE("each way to go has one leave with its reason") {
  for (const auto& t : all_transports()) {
    INFO(t.name);
    scene s;
    auto r = t.make(s.node, 1);
    r->join("room:1");
    REQUIRE(s.notes->joins.size() == 1);
    const auto who = s.notes->joins[0];
    SECTION("lost " + t.name) {
      r->lose_connection();
      s.node.pass(61s); // a poll's lease
      REQUIRE(s.notes->leaves == std::vector<std::string>{who + " lost"});
    }
    SECTION("kicked by the channel " + t.name) {
      ws_client other{s.node};
      other.join("room:1", "");
      other.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "kick"}, {"data", who}});
      REQUIRE(s.notes->leaves == std::vector<std::string>{who + " kicked"});
    }
    SECTION("disconnected by the API " + t.name) {
      api(s.node, "/api/disconnect", {{"session", who}});
      REQUIRE(s.notes->leaves == std::vector<std::string>{who + " kicked"});
    }
    SECTION("taken out by the API " + t.name) {
      api(s.node, "/api/unsubscribe", {{"session", who}, {"channel", "room:1"}});
      REQUIRE(s.notes->leaves == std::vector<std::string>{who + " kicked"});
      if (t.name != "SSE") // its only channel gone, the stream ends
        REQUIRE(r->connected());
      if (auto* ws = dynamic_cast<ws_client*>(r.get())) {
        REQUIRE(ws->messages("unsubscribed").size() == 1);
        REQUIRE(ws->messages("unsubscribed")[0]["reason"] == "kicked");
        REQUIRE(ws->ask({{"action", "subscribe"}, {"channel", "room:1"}})["type"] == "subscribed");
      }
    }
    SECTION("the channel stops " + t.name) {
      ws_client other{s.node};
      other.join("room:1", "");
      other.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "stop"}});
      s.node.pass(1s);
      REQUIRE(std::count_if(s.notes->leaves.begin(), s.notes->leaves.end(), [&](const auto& l) { return l.starts_with(who + " "); }) == 1);
    }
    SECTION("the node drains " + t.name) {
      s.node.drain();
      s.node.pass(5s);
      REQUIRE(s.node.drained());
      REQUIRE(s.notes->leaves == std::vector<std::string>{who + " drained"});
    }
  }
}

TEST_CASE("a client that leaves says so") {
  scene s;
  ws_client a{s.node};
  a.join("room:1", "");
  a.ask({{"action", "unsubscribe"}, {"channel", "room:1"}});
  REQUIRE(s.notes->leaves == std::vector<std::string>{a.session() + " left"});
  a.close();
  REQUIRE(s.notes->leaves.size() == 1);
}

TEST_CASE("a refused join has no leave") {
  scene s;
  ws_client a{s.node};
  REQUIRE(a.ask({{"action", "subscribe"}, {"channel", "room:1"}, {"params", "no"}})["code"] == "refused");
  a.close();
  s.node.pass(1s);
  REQUIRE(s.notes->joins.empty());
  REQUIRE(s.notes->leaves.empty());
}

TEST_CASE("whatever happens in whatever order, each join has exactly one leave") {
  const auto seed = troupe::test::seed();
  INFO("TROUPE_SEED=" << seed);
  std::mt19937 dice{seed};
  scene s;
  std::vector<std::unique_ptr<ws_client>> clients;
  for (int step = 0; step < 400; ++step) {
    const auto room = "room:" + std::to_string(dice() % 3);
    auto* some = clients.empty() ? nullptr : clients[dice() % clients.size()].get();
    switch (dice() % 12) {
    case 0: case 1: case 2:
      if (clients.size() < 40)
        clients.push_back(std::make_unique<ws_client>(s.node, "troupe.v1.json", dice() % 2));
      break;
    case 3: case 4: case 5: case 6:
      if (some)
        some->send({{"action", "subscribe"}, {"channel", room}});
      break;
    case 7: case 8:
      if (some)
        some->send({{"action", "unsubscribe"}, {"channel", room}});
      break;
    case 9:
      if (some)
        some->line().peer_closes(troupe::protocol::close_code::none);
      break;
    case 10:
      if (some)
        some->send({{"action", "call"}, {"channel", room}, {"event", dice() % 2 ? "crash" : "stop"}});
      break;
    default:
      s.node.pass(milliseconds{dice() % 3000});
    }
    if (dice() % 3 == 0)
      s.node.settle();
  }
  for (auto& c : clients)
    c->line().peer_closes();
  s.node.pass(62s); // those that were lost were away
  std::map<std::string, int> balance;
  for (const auto& who : s.notes->joins)
    ++balance[who];
  for (const auto& leave : s.notes->leaves)
    --balance[leave.substr(0, leave.find(' '))];
  std::size_t unheard = 0;
  for (const auto& [who, n] : balance) {
    INFO(who);
    REQUIRE(n >= 0);
    unheard += static_cast<std::size_t>(n);
  }
  // Those whose object was gone are told to the watch instead.
  REQUIRE(s.node.logged("no object heard it") == unheard);
  REQUIRE(s.notes->joins.size() > 20);
}
