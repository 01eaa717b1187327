// Promise 5: failures stay small.

#include "tests/actors/virtual_node/scene.hpp"

#include "actors/sessions/shard.hpp"

#include <troupe/raw_mount.hpp>

using namespace troupe::actors::testing;
using troupe::protocol::close_code;

TEST_CASE("a throwing handler costs its caller an error, and the channel goes on") {
  scene s;
  ws_client a{s.node}, b{s.node, "troupe.v1.json", 1};
  a.join("room:1", "");
  b.join("room:1", "");
  REQUIRE(a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "count"}})["data"] == 1);
  const auto no = a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "boom"}});
  REQUIRE(no["code"] == "internal");
  REQUIRE(a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "count"}})["data"] == 2);
  REQUIRE(s.notes->made == 1);
  REQUIRE(b.messages("error").empty());
  REQUIRE(s.node.logged("boom") == 1);
}

TEST_CASE("a crashed object is rebuilt: members attached, offsets go on, its snapshot comes back") {
  for (const auto& t : all_transports()) {
    INFO(t.name);
    scene s;
    auto r = t.make(s.node, 1);
    r->join("room:1");
    ws_client a{s.node};
    a.join("room:1", "");
    a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "count"}});
    a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "say"}, {"data", 1}});
    const auto joins = s.notes->joins.size();
    a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "crash"}});
    a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "say"}, {"data", 2}});
    REQUIRE(s.notes->made == 2);
    REQUIRE(s.notes->joins.size() == joins); // on_join is not repeated
    REQUIRE(s.notes->leaves.empty());
    REQUIRE(s.notes->restored == std::vector<std::string>{"1"});
    REQUIRE(a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "count"}})["data"] == 2);
    const auto all = r->publications();
    REQUIRE(numbers(all) == std::vector{1, 2});
    REQUIRE(*all[1].offset == *all[0].offset + 1);
    REQUIRE(r->connected());
    REQUIRE(r->gaps().empty());
  }
}

TEST_CASE("commands that waited while the object crashed are handled by the next") {
  scene s;
  ws_client a{s.node};
  a.join("room:1", "");
  a.send({{"action", "call"}, {"channel", "room:1"}, {"event", "crash"}, {"id", 1}});
  for (int i = 2; i <= 6; ++i)
    a.send({{"action", "call"}, {"channel", "room:1"}, {"event", "say"}, {"data", i}, {"id", i}});
  s.node.settle();
  for (int i = 2; i <= 6; ++i)
    REQUIRE(a.answer(i)["type"] == "reply");
  REQUIRE(numbers(a.publications()) == range(2, 6));
}

TEST_CASE("killed through the API a channel restarts, is counted, and nobody notices") {
  scene s;
  ws_client a{s.node};
  a.join("open:a", "");
  publish_numbers(s.node, "open:a", 1, 2);
  api(s.node, "/api/kill", {{"channel", "open:a"}});
  publish_numbers(s.node, "open:a", 3, 4);
  REQUIRE(numbers(a.publications()) == range(1, 4));
  REQUIRE(a.connected());
  bool counted = false;
  const auto channels = api_get(s.node, "/api/channels")["channels"];
  for (const auto& c : channels)
    counted = counted || (c["name"] == "open:a" && c["restarts"] == 1);
  REQUIRE(counted);
  api(s.node, "/api/kill", {{"channel", "open:none"}}, 404);
}

TEST_CASE("beyond its intensity a channel gives up: members are told once, then it may be used anew") {
  scene s;
  ws_client a{s.node}, b{s.node, "troupe.v1.json", 1};
  a.join("room:1", "");
  b.join("room:1", "");
  for (int i = 0; i < 6; ++i)
    a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "crash"}});
  for (auto* c : {&a, &b}) {
    const auto told = c->messages("unsubscribed");
    REQUIRE(told.size() == 1);
    REQUIRE(told[0]["reason"] == "channel failed");
    REQUIRE(c->connected());
  }
  s.node.pass(15s);
  REQUIRE(a.ask({{"action", "subscribe"}, {"channel", "room:1"}})["type"] == "subscribed");
  REQUIRE(a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "count"}})["type"] == "reply");
}

TEST_CASE("a channel whose setup always fails refuses joins with a reason, and others live") {
  scene s;
  s.notes->setup_throws = true;
  ws_client a{s.node};
  a.line().answer_pings();
  const auto no = a.ask({{"action", "subscribe"}, {"channel", "room:1"}});
  s.node.pass(30s);
  const auto late = no.is_null() ? a.messages("error").at(0) : no;
  REQUIRE(late["code"] == "unavailable");
  REQUIRE(a.ask({{"action", "subscribe"}, {"channel", "open:a"}})["type"] == "subscribed");
  s.notes->setup_throws = false;
  s.node.pass(30s);
  REQUIRE(a.ask({{"action", "subscribe"}, {"channel", "room:1"}})["type"] == "subscribed");
}

TEST_CASE("a crashed session closes one client with 1011") {
  scene s;
  ws_client a{s.node}, b{s.node};
  a.join("room:1", "");
  b.join("room:1", "");
  api(s.node, "/api/kill", {{"session", a.session()}});
  REQUIRE_FALSE(a.connected());
  REQUIRE(a.line().closed_with() == close_code::internal);
  REQUIRE(b.connected());
  REQUIRE(s.notes->leaves == std::vector<std::string>{a.session() + " lost"});
  REQUIRE(b.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "count"}})["type"] == "reply");
}

TEST_CASE("a channel's actor that dies is started again: members come back from where they stood") {
  for (const auto& t : all_transports()) {
    INFO(t.name);
    scene s;
    auto r = t.make(s.node, 1);
    r->join("open:a");
    publish_numbers(s.node, "open:a", 1, 3);
    const auto channels = s.node.find<troupe::supervisor>("channels");
    caf::anon_send(channels, troupe::crash_child{"open:a"});
    s.node.pass(2s);
    publish_numbers(s.node, "open:a", 4, 6);
    REQUIRE(r->gaps().empty()); // its history lives on, so nothing is missed
    REQUIRE(numbers(r->publications()) == range(1, 6));
    REQUIRE(r->connected());
  }
}

TEST_CASE("a shard whose actor fails closes its clients with 1011 and serves again; the other shard does not notice") {
  scene s;
  ws_client here{s.node, "troupe.v1.json", 0}, there{s.node, "troupe.v1.json", 1};
  here.join("room:1", "");
  there.join("room:1", "");
  s.node.fail_actor("shard-0");
  s.node.pass(2s);
  REQUIRE(here.line().closed_with() == close_code::internal);
  REQUIRE(there.connected());
  ws_client again{s.node, "troupe.v1.json", 0};
  REQUIRE(again.connected());
  REQUIRE(again.session() != here.session());
  again.join("room:1", "");
  there.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "say"}, {"data", 5}});
  REQUIRE(numbers(again.publications()) == std::vector{5});
  REQUIRE(s.notes->leaves == std::vector<std::string>{here.session() + " lost"});
}

TEST_CASE("a mount hears of each client that a failing shard took along, and of no other") {
  const auto notes = std::make_shared<std::vector<std::string>>();
  class listener : public troupe::raw_mount {
   public:
    explicit listener(std::shared_ptr<std::vector<std::string>> n) : notes_(std::move(n)) {}
    void on_open(troupe::session_id who) override { notes_->push_back("open " + to_string(who)); }
    void on_message(troupe::session_id, std::string_view, bool) override {}
    void on_close(troupe::session_id who) override { notes_->push_back("close " + to_string(who)); }

   private:
    std::shared_ptr<std::vector<std::string>> notes_;
  };
  troupe::actors::node_plan plan;
  plan.mounts.emplace_back("/m", [notes] { return std::make_unique<listener>(notes); });
  virtual_node node{plan};
  ws_client a{node, "", 0, "/m"}, there{node, "", 1, "/m"};
  REQUIRE(notes->size() == 2);
  const auto opened = notes->at(0);
  node.fail_actor("shard-0");
  node.pass(2s);
  REQUIRE(a.line().closed_with() == close_code::internal);
  REQUIRE(there.connected());
  REQUIRE(notes->size() == 3);
  REQUIRE(notes->at(2) == "close " + opened.substr(5));
}

TEST_CASE("a broker that fails is started again and takes over the channels that live") {
  scene s;
  ws_client a{s.node};
  a.join("open:a", "");
  publish_numbers(s.node, "open:a", 1, 3);
  const auto position = a.position();
  s.node.fail_actor("broker");
  s.node.pass(3s);
  REQUIRE_FALSE(a.connected()); // its shard started anew
  ws_client b{s.node};
  b.join("open:a", position);
  publish_numbers(s.node, "open:a", 4, 5);
  REQUIRE(numbers(b.publications()) == range(4, 5));
  REQUIRE(b.gaps().empty());
}

TEST_CASE("the watch may fail: nobody notices, and lines are written again") {
  scene s;
  s.node.fail_actor("telemetry");
  s.node.pass(3s);
  ws_client a{s.node};
  a.join("room:1", "");
  a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "boom"}});
  REQUIRE(s.node.logged("boom") == 1);
}
