// Promise 1: order. Every subscriber sees publications in offset order, each at most once, on every transport; what the
// channel says to one member arrives where it was said between them.

#include "tests/actors/virtual_node/scene.hpp"
#include "tests/seed.hpp"

#include <random>

using namespace troupe::actors::testing;
using troupe::actors::testing::json;

namespace {

void check_order(const std::vector<heard>& all) {
  std::uint64_t last = 0;
  for (const auto& h : all) {
    REQUIRE(h.offset);
    REQUIRE(*h.offset > last);
    last = *h.offset;
  }
}

} // namespace

TEST_CASE("every subscriber sees the publications of many publishers in one order") {
  const auto seed = troupe::test::seed();
  INFO("TROUPE_SEED=" << seed);
  std::mt19937 dice{seed};
  scene s;
  std::vector<std::unique_ptr<reader>> readers;
  for (const auto& t : all_transports())
    for (std::uint32_t shard = 0; shard < 2; ++shard) {
      readers.push_back(t.make(s.node, shard));
      readers.back()->join("open:a");
    }
  std::vector<std::unique_ptr<ws_client>> publishers;
  for (std::uint32_t i = 0; i < 4; ++i)
    publishers.push_back(std::make_unique<ws_client>(s.node, "troupe.v1.json", i % 2));
  constexpr int count = 400;
  for (int i = 1; i <= count; ++i) {
    publishers[dice() % 4]->send({{"action", "publish"}, {"channel", "open:a"}, {"data", i}});
    if (dice() % 5 == 0)
      s.node.settle();
  }
  s.node.settle();
  const auto first = readers.front()->publications();
  REQUIRE(first.size() == count);
  for (const auto& r : readers) {
    INFO(r->transport());
    const auto all = r->publications();
    check_order(all);
    REQUIRE(numbers(all) == numbers(first));
  }
}

TEST_CASE("what one publisher says keeps its order") {
  for (const auto& t : all_transports()) {
    INFO(t.name);
    virtual_node node;
    auto r = t.make(node, 1);
    r->join("open:a");
    ws_client p{node};
    for (int i = 1; i <= 200; ++i)
      p.send({{"action", "publish"}, {"channel", "open:a"}, {"data", i}});
    node.settle();
    REQUIRE(numbers(r->publications()) == range(1, 200));
  }
}

TEST_CASE("a guest hears the join answer before any broadcast, with the position that broadcasts follow") {
  scene s;
  publish_numbers(s.node, "open:a", 1, 5);
  ws_client busy{s.node}, guest{s.node, "troupe.v1.json", 1};
  guest.send({{"action", "subscribe"}, {"channel", "open:a"}, {"id", 1}});
  for (int i = 6; i <= 20; ++i)
    busy.send({{"action", "publish"}, {"channel", "open:a"}, {"data", i}});
  s.node.settle();
  const auto heard_by_guest = guest.messages();
  REQUIRE(heard_by_guest.size() >= 2);
  REQUIRE(heard_by_guest[1]["type"] == "subscribed");
  const std::uint64_t at = heard_by_guest[1]["offset"];
  REQUIRE(at >= 5);
  auto expected = at;
  for (const auto& h : guest.publications())
    REQUIRE(*h.offset == ++expected);
  REQUIRE(expected == 20);
}

TEST_CASE("a channel that never published starts at 0") {
  scene s;
  ws_client guest{s.node};
  const auto answer = guest.ask({{"action", "subscribe"}, {"channel", "open:new"}});
  REQUIRE(answer["type"] == "subscribed");
  REQUIRE(answer["offset"] == 0);
  REQUIRE_FALSE(answer.contains("recovered"));
}

TEST_CASE("replies, pushes and broadcasts arrive as they were said") {
  scene s;
  ws_client a{s.node}, b{s.node, "troupe.v1.msgpack", 1};
  a.join("room:1", "");
  b.join("room:1", "");
  a.fresh();
  b.fresh();
  for (int i = 0; i < 3; ++i)
    a.send({{"action", "call"}, {"channel", "room:1"}, {"event", "both"}, {"id", i}});
  s.node.settle();
  std::vector<std::string> order;
  for (const auto& m : a.fresh())
    order.push_back(m["type"]);
  REQUIRE(order == std::vector<std::string>{"push", "broadcast", "reply", "push", "broadcast", "reply", "push", "broadcast", "reply"});
  for (const auto& m : b.fresh())
    REQUIRE(m["type"] == "broadcast");
}

TEST_CASE("a push does not overtake older broadcasts to a client that reads slowly") {
  scene s;
  ws_client slow{s.node}, other{s.node, "troupe.v1.json", 1};
  slow.join("room:1", "");
  other.join("room:1", "");
  slow.stop_reading();
  const std::string big(3000, 'x');
  for (int i = 0; i < 60; ++i) // 180 KB: more than the socket and its outbox take
    other.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "say"}, {"data", big}});
  slow.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "both"}});
  other.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "say"}, {"data", "last"}});
  slow.read_again();
  s.node.pass(1s);
  std::vector<std::string> tail;
  for (const auto& m : slow.messages())
    tail.push_back(m["type"] == "broadcast" && m["data"] == big ? "big" : m["type"].get<std::string>());
  tail.erase(tail.begin(), tail.begin() + 2); // welcome, subscribed
  std::vector<std::string> expected(60, "big");
  for (const char* type : {"push", "broadcast", "reply", "broadcast"})
    expected.emplace_back(type);
  REQUIRE(tail == expected);
}

TEST_CASE("unsubscribed comes last and is final") {
  scene s;
  ws_client a{s.node}, b{s.node, "troupe.v1.json", 1};
  a.join("open:a", "");
  b.join("open:a", "");
  for (int i = 1; i <= 10; ++i)
    b.send({{"action", "publish"}, {"channel", "open:a"}, {"data", i}});
  s.node.settle();
  a.send({{"action", "unsubscribe"}, {"channel", "open:a"}, {"id", 9}});
  for (int i = 11; i <= 20; ++i)
    b.send({{"action", "publish"}, {"channel", "open:a"}, {"data", i}});
  s.node.settle();
  publish_numbers(s.node, "open:a", 21, 25);
  const auto all = a.messages();
  REQUIRE(all.back()["type"] == "unsubscribed");
  REQUIRE(all.back()["id"] == 9);
  REQUIRE(all.back()["reason"] == "left");
  const auto seen = numbers(a.publications());
  REQUIRE(seen == range(1, static_cast<int>(seen.size())));
  REQUIRE(seen.size() >= 10);
}

TEST_CASE("a sender that wants no echo does not hear itself, now or on replay, and sees a hole, no gap") {
  scene s;
  ws_client a{s.node}, b{s.node, "troupe.v1.json", 1};
  a.join("open:a", "");
  b.join("open:a", "");
  a.send({{"action", "publish"}, {"channel", "open:a"}, {"data", 1}, {"echo", false}});
  b.send({{"action", "publish"}, {"channel", "open:a"}, {"data", 2}});
  s.node.settle();
  REQUIRE(numbers(a.publications()) == std::vector{2});
  REQUIRE(*a.publications()[0].offset == 2);
  REQUIRE(numbers(b.publications()) == std::vector{1, 2});
  REQUIRE(a.gaps().empty());
}

TEST_CASE("a client subscribes once: a second time is an error, and the first stays") {
  scene s;
  ws_client a{s.node};
  a.join("open:a", "");
  const auto again = a.ask({{"action", "subscribe"}, {"channel", "open:a"}});
  REQUIRE(again["type"] == "error");
  REQUIRE(again["code"] == "already_subscribed");
  publish_numbers(s.node, "open:a", 1, 1);
  REQUIRE(numbers(a.publications()) == std::vector{1});
}

TEST_CASE("what a client sends as bytes is a bin in msgpack and base64 elsewhere, on each transport") {
  const std::string bytes{"\0\xff\x10 any", 7};
  std::vector<std::unique_ptr<reader>> readers;
  scene s;
  for (const auto& t : all_transports()) {
    readers.push_back(t.make(s.node, 1));
    readers.back()->join("open:a");
  }
  ws_client sender{s.node, "troupe.v1.msgpack"};
  sender.send({{"action", "publish"}, {"channel", "open:a"}, {"data", json::binary({bytes.begin(), bytes.end()})}});
  s.node.settle();
  ws_client text{s.node};
  text.send({{"action", "publish"}, {"channel", "open:a"}, {"data", "AP8QIGFueQ=="}, {"encoding", "base64"}});
  s.node.settle();
  for (const auto& r : readers) {
    INFO(r->transport());
    const auto all = r->publications();
    REQUIRE(all.size() == 2);
    for (const auto& h : all) {
      if (r->transport() == "WebSocket troupe.v1.msgpack")
        REQUIRE(h.data == json::binary({bytes.begin(), bytes.end()}));
      else
        REQUIRE(h.data == "AP8QIGFueQ==");
    }
  }
}
