/// Many clients that came at once do not all do the same at once.

#include "tests/actors/virtual_node/scene.hpp"

#include <algorithm>
#include <map>
#include <set>

using namespace troupe::actors::testing;

namespace {

std::vector<std::unique_ptr<ws_client>> crowd(virtual_node& node, int many) {
  std::vector<std::unique_ptr<ws_client>> all;
  for (int i = 0; i < many; ++i)
    all.push_back(std::make_unique<ws_client>(node));
  return all;
}

} // namespace

TEST_CASE("silent clients that came at once are not pinged at once") {
  auto settings = test_settings();
  settings.heartbeat.interval = 10s;
  virtual_node node{{}, settings};
  const auto clients = crowd(node, 100);
  std::map<milliseconds, int> first; // when how many got their first ping
  std::set<const ws_client*> pinged;
  for (milliseconds at{0}; at <= 10'200ms; at += 100ms, node.pass(100ms))
    for (const auto& c : clients)
      if (c->line().pings() > 0 && pinged.insert(c.get()).second)
        ++first[at];
  REQUIRE(pinged.size() == clients.size());
  REQUIRE(first.begin()->first >= 8s);
  REQUIRE(first.size() > 10); // of the 20 steps in which they may come
  for (const auto& [at, many] : first)
    REQUIRE(many <= 25);
}
