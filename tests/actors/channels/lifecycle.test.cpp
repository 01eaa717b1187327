/// What becomes of a channel between its uses, in a whole node.

#include "tests/actors/virtual_node/scene.hpp"

#include <algorithm>

using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

troupe::config::settings with_rooms() {
  auto s = test_settings();
  s.channels.idle = std::chrono::seconds{20};
  return s;
}

json call(const std::string& name) { return {{"action", "call"}, {"channel", "room:1"}, {"event", name}}; }

} // namespace

TEST_CASE("a channel that stopped by itself starts again on next use, and not before", "[broker]") {
  scene s{with_rooms()};
  ws_client a{s.node}, b{s.node, "troupe.v1.json", 1};
  a.join("room:1", "");
  b.join("room:1", "");
  const int before = s.notes->made;
  a.ask(call("stop"));
  REQUIRE(a.messages("unsubscribed").size() == 1);
  REQUIRE(b.messages("unsubscribed").size() == 1);
  s.node.pass(10s);
  REQUIRE(s.notes->made == before);
  REQUIRE(s.notes->leaves.size() == 2);
  b.join("room:1", "");
  REQUIRE(s.notes->made == before + 1);
  REQUIRE(b.ask(call("count"))["type"] == "reply");
}

TEST_CASE("a channel that gave up is not started again by its supervisor, but by the next who asks", "[broker]") {
  scene s{with_rooms()};
  ws_client a{s.node};
  a.join("room:1", "");
  s.notes->setup_throws = true;
  a.ask(call("crash"));
  REQUIRE(a.messages("unsubscribed").size() == 1);
  const int failed = s.notes->made;
  s.node.pass(15s);
  REQUIRE(s.notes->made == failed);
  s.notes->setup_throws = false;
  a.join("room:1", "");
  REQUIRE(s.notes->made == failed + 1);
  REQUIRE(a.ask(call("count"))["type"] == "reply");
  REQUIRE(a.messages("unsubscribed").size() == 1);
}

TEST_CASE("a channel that cannot start is tried ever more seldom, however many ask for it", "[broker]") {
  scene s{with_rooms()};
  s.notes->setup_throws = true;
  ws_client a{s.node}, b{s.node, "troupe.v1.json", 1};
  const json subscribe{{"action", "subscribe"}, {"channel", "room:1"}};
  REQUIRE(a.ask(subscribe)["code"] == "unavailable");
  const int of_one_start = s.notes->made;
  const auto again = b.ask(subscribe);
  REQUIRE(again["code"] == "unavailable");
  REQUIRE(again["retry_after"] == 1000);
  std::int64_t longest_pause = 0;
  REQUIRE(s.notes->made == of_one_start);
  for (int second = 0; second < 60; ++second) {
    s.node.pass(1s);
    REQUIRE(a.ask(subscribe)["code"] == "unavailable");
    const auto refused = b.ask(subscribe);
    REQUIRE(refused["code"] == "unavailable");
    longest_pause = std::max(longest_pause, refused["retry_after"].get<std::int64_t>());
  }
  REQUIRE(longest_pause > 4000);
  REQUIRE(s.notes->made > 4 * of_one_start);
  REQUIRE(s.notes->made < 8 * of_one_start);
  s.notes->setup_throws = false;
  s.node.pass(30s);
  a.join("room:1", "");
  REQUIRE(a.ask(call("count"))["type"] == "reply");
}

TEST_CASE("an idle channel is retired with its snapshot, and comes back with it", "[broker]") {
  scene s{with_rooms()};
  ws_client a{s.node};
  a.join("room:1", "");
  a.ask(call("count"));
  a.ask({{"action", "unsubscribe"}, {"channel", "room:1"}});
  s.node.pass(40s);
  REQUIRE(s.notes->made == 1);
  a.join("room:1", "");
  REQUIRE(s.notes->made == 2);
  REQUIRE(a.ask(call("count"))["data"] == 2);
  REQUIRE(s.notes->leaves.size() == 1);
}
