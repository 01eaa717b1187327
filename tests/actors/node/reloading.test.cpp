// What SIGHUP takes over: the rights of namespaces, in channels that live, and how much those keep that start later.

#include "tests/actors/virtual_node/scene.hpp"

#include <catch2/catch.hpp>

using namespace troupe::actors::testing;
namespace config = troupe::config;

namespace {

config::settings with(void (*change)(config::name_space&)) {
  auto s = test_settings();
  for (auto& n : s.namespaces)
    if (n.pattern == "open:*")
      change(n);
  return s;
}

json published(ws_client& by, const std::string& channel) {
  return by.ask({{"action", "publish"}, {"channel", channel}, {"data", 1}});
}

json history_of(virtual_node& node, const std::string& channel) {
  return api_get(node, "/api/history?channel=" + channel)["publications"];
}

} // namespace

TEST_CASE("a right that a reload takes is gone at once, also in a channel that lives, and one that it gives is there") {
  virtual_node node;
  ws_client ada{node, "troupe.v1.json", 0}, bob{node, "troupe.v1.json", 1};
  ada.join("open:a", "");
  REQUIRE(published(bob, "open:a")["type"] == "reply");
  node.reload(with([](auto& n) {
    n.publish = config::permission::nobody;
    n.history = config::permission::nobody;
    n.presence = false;
  }));
  CHECK(published(ada, "open:a")["code"] == "refused");
  CHECK(published(bob, "open:a")["type"] == "error");
  CHECK(ada.ask({{"action", "history"}, {"channel", "open:a"}})["code"] == "refused");
  CHECK(ada.ask({{"action", "presence"}, {"channel", "open:a"}})["code"] == "refused");
  CHECK(ada.publications().size() == 1);
  node.reload(with([](auto& n) { n.publish = config::permission::members; }));
  CHECK(published(ada, "open:a")["type"] == "reply");
  CHECK(published(bob, "open:a")["code"] == "not_joined");
}

TEST_CASE("who may not subscribe any more stays if it is in") {
  virtual_node node;
  ws_client ada{node}, bob{node};
  ada.join("open:a", "");
  node.reload(with([](auto& n) { n.subscribe = config::permission::nobody; }));
  CHECK(bob.ask({{"action", "subscribe"}, {"channel", "open:a"}})["code"] == "refused");
  CHECK(bob.ask({{"action", "subscribe"}, {"channel", "open:b"}})["code"] == "refused");
  api(node, "/api/publish", {{"channel", "open:a"}, {"data", 7}});
  CHECK(ada.publications().size() == 1);
}

TEST_CASE("how much is kept holds for channels that start after the reload; those that live keep what they began with") {
  virtual_node node;
  ws_client ada{node};
  ada.join("open:a", "");
  node.reload(with([](auto& n) { n.history_size = 3; }));
  ada.join("open:b", "");
  for (const char* channel : {"open:a", "open:b"})
    publish_numbers(node, channel, 1, 10);
  CHECK(history_of(node, "open:a").size() == 10);
  CHECK(history_of(node, "open:b").size() == 3);
}

TEST_CASE("a broker that is started anew goes by the rules of the last reload, in the channels it takes over, too") {
  virtual_node node;
  ws_client before{node};
  before.join("open:a", "");
  node.reload(with([](auto& n) { n.publish = config::permission::nobody; }));
  node.fail_actor("broker"); // its shards, and their clients, end with it
  node.pass(2s);
  ws_client ada{node};
  for (const char* channel : {"open:a", "open:b"}) {
    ada.join(channel, "");
    CHECK(published(ada, channel)["code"] == "refused");
  }
}

// -- on the way out -----------------------------------------------------------

TEST_CASE("a node that leaves is not ready, and serves those who are here and those who still come") {
  virtual_node node;
  ws_client ada{node};
  ada.join("open:a", "");
  node.inside().leaving = true;
  node.pass(5s); // shorter than a ping, which these clients do not answer
  CHECK(answer(node, "GET", "/readyz").status == 503);
  CHECK(answer(node, "OPTIONS", "/").status == 503);
  CHECK(answer(node, "GET", "/healthz").status == 200);
  ws_client bob{node};
  bob.join("open:a", "");
  sse_client carol{node};
  carol.join("open:a", "");
  CHECK(published(bob, "open:a")["type"] == "reply");
  for (reader* r : std::initializer_list<reader*>{&ada, &bob, &carol})
    CHECK(r->publications().size() == 1);
  CHECK(answer(node, "GET", "/poll?channel=open:a").status == 200);
}
