// What the log says of clients that come, go, and are sent away.

#include "tests/actors/endpoints/club.hpp"
#include "tests/actors/virtual_node/coming_back.hpp"

#include <algorithm>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

/// The levels at which a line with those words was written.
std::vector<log_level> levels(virtual_node& node, const std::string& words) {
  std::vector<log_level> all;
  for (const auto& line : node.log().lines)
    if (line.text == words)
      all.push_back(line.level);
  return all;
}

const std::vector<log_level> once_for_debugging{log_level::debug}, once_for_all{log_level::info};

} // namespace

TEST_CASE("who is away, back, or has come over another connection, is a line each for who debugs", "[watch]") {
  scene s;
  ws_client a{s.node, "troupe.v1.json", 1};
  const auto who = a.session();
  const auto token = token_of(a).get<std::string>();
  a.lose_connection();
  s.node.settle();
  CHECK(levels(s.node, who + " is away") == once_for_debugging);
  auto b = come_back(s.node, token, 0);
  CHECK(levels(s.node, who + " is back over websocket") == once_for_debugging);
  CHECK(s.node.logged("taken over") == 0);
  sse_client c{s.node, 1};
  c.open("/events?format=envelope&channel=&received=0&token=" + token);
  CHECK(levels(s.node, who + " was taken over by another connection, sse") == once_for_debugging);
  CHECK(s.node.logged(" is back over ") == 1);
}

TEST_CASE("polls that come and go are nobody's coming and going; a pause is", "[watch]") {
  scene s;
  const auto poll = [&](const std::string& target) { return body_of(*send_request(s.node, request("GET", target)))["cursor"].get<std::string>(); };
  const auto cursor = poll("/poll?channel=open:a");
  s.node.pass(1s);
  publish_numbers(s.node, "open:a", 1, 1);
  const auto next = poll("/poll?cursor=" + cursor);
  CHECK(s.node.logged("is away") == 0);
  s.node.pass(6s);
  CHECK(s.node.logged("is away") == 1);
  publish_numbers(s.node, "open:a", 2, 2);
  poll("/poll?cursor=" + next);
  CHECK(s.node.logged("is back over poll") == 1);
}

TEST_CASE("whom the API sends away, from where and why, stands in the log", "[watch]") {
  club c{[](const handshake&) -> connect_result { return identity{"ann", {}, {}}; }};
  ws_client a{c.node}, b{c.node}, d{c.node};
  a.join("open:a", "");
  api(c.node, "/api/unsubscribe", {{"session", a.session()}, {"channel", "open:a"}});
  api(c.node, "/api/disconnect", {{"session", a.session()}, {"reason", "spam"}});
  api(c.node, "/api/disconnect", {{"session", b.session()}});
  api(c.node, "/api/kill", {{"session", d.session()}});
  api(c.node, "/api/disconnect", {{"session", "s999999"}}, 404);
  const std::string by = " by the API, asked from 127.0.0.1:50000";
  CHECK(levels(c.node, a.session() + " (ann) was taken out of open:a" + by) == once_for_all);
  CHECK(levels(c.node, a.session() + " (ann) was disconnected" + by + ": spam") == once_for_all);
  CHECK(levels(c.node, b.session() + " (ann) was disconnected" + by) == once_for_all);
  CHECK(levels(c.node, d.session() + " (ann) was killed" + by) == once_for_all);
  CHECK(c.node.logged("by the API, asked") == 4);
}
