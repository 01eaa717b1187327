/// What is told of events, in a whole node.

#include "tests/actors/virtual_node/scene.hpp"

using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

std::size_t count(const virtual_node& node, std::string_view part) { return node.logged(part); }

} // namespace

TEST_CASE("what nobody sees is counted, but neither handed on nor worded", "[watch]") {
  noted_log log;
  log.least = log_level::warning;
  event_bus bus{log, 16}; // no watch: what would be handed on is lost
  bus.announce(events::member_joined{"room:1", troupe::session_id{1}});
  bus.announce(events::session_opened{troupe::session_id{1}, {}, "127.0.0.1"});
  REQUIRE(bus.events_lost() == 0);
  bus.announce(events::actor_failed{"channel room:1", "boom"});
  REQUIRE(bus.events_lost() == 1);
  REQUIRE(bus.failures() == 1);
  bus.announce(events::member_joined{std::string{node_events_channel}, troupe::session_id{1}});
  REQUIRE(bus.events_lost() == 2); // the watch must hear that somebody observes
  bus.set_observed(true);
  bus.announce(events::member_joined{"room:1", troupe::session_id{1}});
  REQUIRE(bus.events_lost() == 3);
  REQUIRE(log.lines.empty());
}

TEST_CASE("who did what is in the log before telemetry has a worker, but for what may come often", "[watch]") {
  noted_log log;
  event_bus bus{log, 16}; // no watch: what would be handed on is lost
  bus.announce(events::audit{"kill", "room:1", "API key", "127.0.0.1:1"});
  REQUIRE(log.lines.size() == 1);
  CHECK(log.lines[0].text == "audit: kill room:1 by API key from 127.0.0.1:1");
  CHECK(bus.events_lost() == 0);
  bus.announce(events::audit{"publish", "room:1", "API key", "127.0.0.1:1"});
  CHECK(log.lines.size() == 1);
  CHECK(bus.events_lost() == 1);
}

TEST_CASE("a session's crash is none of the failures that get somebody up", "[watch]") {
  noted_log log;
  event_bus bus{log, 16};
  bus.announce(events::actor_failed{"session s9", "crashed on purpose"});
  CHECK(bus.failures() == 0);
  bus.announce(events::actor_failed{"channel room:1", "boom"});
  CHECK(bus.failures() == 1);
}

TEST_CASE("a node whose log is quiet writes no line about clients that come and go", "[watch]") {
  virtual_node node;
  node.log().least = log_level::info;
  node.log().lines.clear();
  {
    ws_client client{node};
    client.join("open:a", "");
  }
  node.settle();
  REQUIRE(node.log().lines.empty());
  node.log().least = log_level::debug;
  ws_client other{node};
  other.join("open:a", "");
  REQUIRE(count(node, "joined open:a") == 1);
}

TEST_CASE("more events at once than wait are counted, and the log says of which kind they were", "[watch]") {
  auto settings = test_settings();
  settings.limits.events_waiting = 16;
  virtual_node node{{}, settings};
  auto& bus = node.inside().bus;
  for (std::uint64_t i = 1; i <= 40; ++i)
    bus.announce(events::member_joined{"room:1", troupe::session_id{i}});
  bus.announce(events::note{"lost, too", false});
  REQUIRE(bus.events_lost() == 25);
  node.settle();
  REQUIRE(count(node, "joined room:1") == 16);
  REQUIRE(count(node, "limits.events_waiting") == 1);
  REQUIRE(count(node, "not told: 24 member_joined, 1 note") == 1);
  REQUIRE(bus.limits_passed().at("limits.events_waiting") == 25);
}

TEST_CASE("a limit that is passed again and again is told once, and then how often", "[watch]") {
  virtual_node node;
  auto& bus = node.inside().bus;
  for (int i = 0; i < 7; ++i)
    bus.announce(events::limit_passed{"limits.channels", "s1"});
  node.settle();
  REQUIRE(count(node, "limits.channels was passed") == 1);
  node.pass(10s);
  REQUIRE(count(node, "limits.channels was passed: s1 (and 6 more like it)") == 1);
  node.pass(60s);
  REQUIRE(count(node, "limits.channels was passed") == 2);
}
