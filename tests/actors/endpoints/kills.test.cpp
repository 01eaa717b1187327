// A kill is carried out once the channel comes to it, however often it is asked for meanwhile.

#include "tests/actors/virtual_node/scene.hpp"

#include <catch2/catch.hpp>

using namespace troupe::actors::testing;

TEST_CASE("a channel that is killed again and again before it comes to that is killed once, and all are told") {
  scene s{test_settings(), 1};
  ws_client ada{s.node};
  ada.join("room:1", {});
  std::vector<std::shared_ptr<test_exchange>> kills;
  for (int i = 0; i < 10; ++i) { // more than a channel may fail
    auto what = request("POST", "/api/kill", R"({"channel":"room:1"})", {{"authorization", "Bearer " + std::string{api_key}}});
    s.node.router(0).handle(kills.emplace_back(std::make_shared<test_exchange>(s.node, std::move(what))));
  }
  s.node.settle();
  for (const auto& one : kills)
    CHECK(body_of(*one) == json{{"success", true}, {"restarted", true}});
  CHECK(s.notes->made == 2);
  CHECK(api(s.node, "/api/kill", {{"channel", "room:1"}})["restarted"] == true); // another one
  CHECK(s.notes->made == 3);
}
