// Presence where clients come back, or their channel does.

#include "tests/actors/promises/presence_hall.hpp"
#include "tests/actors/virtual_node/coming_back.hpp"

using namespace troupe::actors::testing;
using namespace troupe;

TEST_CASE("who comes back far behind knows who is there, whoever comes while it reads what it missed") {
  auto settings = test_settings();
  settings.limits.page_bytes = 4096;
  settings.limits.log_entries = 8;
  settings.channels.presence_interval = 0ms;
  virtual_node node{with_hall(std::make_shared<diary>()), settings};
  ws_client a{node, "troupe.v1.json", 1};
  a.ask(subscribe("hall:p", true));
  const auto token = token_of(a).get<std::string>();
  const auto received = counted(a.messages());
  a.lose_connection();
  for (int i = 0; i < 60; ++i)
    api(node, "/api/publish", {{"channel", "hall:p"}, {"data", std::string(500, 'x')}});
  ws_client other{node, "troupe.v1.json", 1};
  auto b = back(node, token);
  resume(b, token, received);
  other.send(subscribe("hall:p", false)); // heard in one turn with the first page
  node.pass(1s);
  REQUIRE(b.publications().size() == 60);
  follower f;
  for (const auto& m : a.messages("presence"))
    f.take(m);
  for (const auto& m : b.messages("presence"))
    f.take(m);
  CHECK(f.members == listed(node, "hall:p"));
  CHECK(f.members.contains(other.session()));
}

TEST_CASE("who is away is so for a channel that was lost and is started again") {
  virtual_node node{with_hall(std::make_shared<diary>())};
  ws_client a{node, "troupe.v1.json", 1}, other{node, "troupe.v1.json", 1};
  a.join("hall:p", "");
  other.join("hall:p", "");
  const auto who = a.session();
  a.lose_connection();
  node.settle();
  REQUIRE(listed(node, "hall:p").at(who)["away"] == true);
  other.send({{"action", "call"}, {"channel", "hall:p"}, {"event", "die"}, {"data", nullptr}});
  node.pass(1s);
  const auto now = listed(node, "hall:p");
  REQUIRE(now.size() == 2);
  CHECK(now.at(who).value("away", false));
}
