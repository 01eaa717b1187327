// Promise 3: resume anywhere. A client that lost its connection continues on any transport, on any shard, with nothing
// lost and nothing twice. Random schedules: tests/ledger.

#include "tests/actors/virtual_node/coming_back.hpp"

using namespace troupe;
using namespace troupe::actors::testing;
using troupe::protocol::close_code;

TEST_CASE("a WebSocket that was lost goes on where it was: publications, pushes and replies, each once and in order") {
  scene s;
  auto& node = s.node;
  ws_client a{node, "troupe.v1.json", 1};
  a.join("room:x", "");
  a.ask({{"action", "call"}, {"channel", "room:x"}, {"event", "both"}});
  const auto token = token_of(a).get<std::string>();
  const auto received = counted(a.messages());
  const auto session = a.session();
  a.lose_connection();
  node.settle();
  CHECK(s.notes->leaves.empty());
  ws_client other{node};
  other.join("room:x", "");
  other.ask({{"action", "call"}, {"channel", "room:x"}, {"event", "say"}, {"data", 7}});
  node.pass(5s);

  auto b = come_back(node, token, received);
  const auto all = b.messages();
  REQUIRE(all.size() == 3);
  CHECK(all[0]["type"] == "welcome");
  CHECK(all[1]["type"] == "resumed");
  CHECK(all[1]["session"] == session);
  CHECK(all[1]["token"] == token);
  CHECK(all[1]["private"] == "kept");
  CHECK(all[1]["heard"] == 2);
  CHECK(all[2]["event"] == "said");
  CHECK(s.notes->joins == std::vector<std::string>{session, other.session()});
  CHECK(s.notes->leaves.empty());
}

TEST_CASE("what a client had not received is said again, wherever in the stream it was cut off") {
  for (std::uint64_t received = 0; received <= 8; ++received) {
    INFO("received " << received);
    scene s;
    auto& node = s.node;
    ws_client a{node, "troupe.v1.json", 1};
    a.join("room:x", "");
    a.ask({{"action", "call"}, {"channel", "room:x"}, {"event", "both"}});
    a.ask({{"action", "call"}, {"channel", "room:x"}, {"event", "say"}, {"data", 1}});
    a.ask({{"action", "ping"}});
    a.ask({{"action", "call"}, {"channel", "room:x"}, {"event", "typing"}});
    auto expected = a.messages();
    expected.erase(expected.begin()); // welcome
    REQUIRE(expected.size() == 9);
    const auto token = token_of(a).get<std::string>();
    a.lose_connection();
    auto b = come_back(node, token, received);
    auto seen = b.messages();
    REQUIRE(seen.at(1)["type"] == "resumed");
    seen.erase(seen.begin(), seen.begin() + 2);
    expected.erase(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(received));
    // An answer that no channel gave stands first.
    const auto of_channel = [](const json& m) { return m.contains("channel") || m["id"] != 1002; };
    std::stable_partition(seen.begin(), seen.end(), of_channel);
    std::stable_partition(expected.begin(), expected.end(), of_channel);
    CHECK(seen == expected);
  }
}

TEST_CASE("the old connection, if it still stands, is closed with 4000") {
  scene s;
  ws_client a{s.node, "troupe.v1.json", 1};
  a.join("room:x", "");
  const auto token = token_of(a).get<std::string>();
  auto b = come_back(s.node, token, counted(a.messages()));
  CHECK(a.line().closed_with() == close_code::replaced);
  CHECK(b.messages().back()["type"] == "resumed");
  publish_numbers(s.node, "room:x", 1, 3);
  CHECK(numbers(b.publications()) == range(1, 3));
}

TEST_CASE("the window ends with one leave, and the token is dead") {
  scene s;
  ws_client a{s.node, "troupe.v1.json", 1};
  a.join("room:x", "");
  const auto token = token_of(a).get<std::string>();
  a.lose_connection();
  s.node.pass(59s);
  CHECK(s.notes->leaves.empty());
  s.node.pass(2s);
  CHECK(s.notes->leaves == std::vector<std::string>{a.session() + " lost"});
  auto b = come_back(s.node, token, 1);
  CHECK(b.messages().back()["code"] == "expired");
}

TEST_CASE("goodbye and kick end a session: no token raises the dead") {
  scene s;
  for (const bool kicked : {false, true}) {
    ws_client a{s.node, "troupe.v1.json", 1};
    a.join("room:x", "");
    const auto token = token_of(a).get<std::string>();
    if (kicked)
      api(s.node, "/api/disconnect", {{"session", a.session()}});
    else
      a.close();
    s.node.settle();
    auto b = come_back(s.node, token, 1);
    CHECK(b.messages().back()["code"] == "expired");
  }
  CHECK(s.notes->leaves.size() == 2);
}

TEST_CASE("a session goes on over an event stream, then by polls, then over a WebSocket again") {
  scene s;
  auto& node = s.node;
  ws_client a{node, "troupe.v1.msgpack", 1};
  a.join("room:x", "");
  publish_numbers(node, "room:x", 1, 3);
  const auto token = token_of(a).get<std::string>();
  auto received = counted(a.messages());
  a.lose_connection();
  publish_numbers(node, "room:x", 4, 6);

  sse_client b{node, 1};
  b.open("/events?format=envelope&channel=&token=" + token + "&received=" + std::to_string(received));
  node.settle();
  REQUIRE(b.token() == token);
  CHECK(in_stream(b) == range(4, 6));
  received += 3;
  b.lose_connection();
  publish_numbers(node, "room:x", 7, 8);

  const auto first = send_request(node, request("GET", "/poll?format=envelope&token=" + token + "&received=" + std::to_string(received)));
  auto body = body_of(*first);
  REQUIRE(body["token"] == token);
  CHECK(body["private"] == "kept");
  REQUIRE(body["messages"].size() == 2);
  CHECK(body["messages"][0]["data"] == 7);
  CHECK(body["messages"][1]["data"] == 8);
  publish_numbers(node, "room:x", 9, 9);
  const auto second = send_request(node, request("GET", "/poll?format=envelope&cursor=" + body["cursor"].get<std::string>()));
  body = body_of(*second);
  REQUIRE(body["messages"].size() == 1);

  auto d = come_back(node, token, received + 2); // the second answer was lost
  publish_numbers(node, "room:x", 10, 10);
  CHECK(numbers(d.publications()) == range(9, 10));
  CHECK(d.gaps().empty());
  CHECK(d.messages("resumed").at(0)["private"] == "kept");
  CHECK(s.notes->joins.size() == 1);
  CHECK(s.notes->leaves.empty());
}

TEST_CASE("a client that resumes without anything missing costs no store read") {
  scene s;
  auto& node = s.node;
  ws_client a{node, "troupe.v1.json", 1};
  a.join("room:x", "");
  publish_numbers(node, "room:x", 1, 3);
  const auto token = token_of(a).get<std::string>();
  const auto received = counted(a.messages());
  a.lose_connection();
  publish_numbers(node, "room:x", 4, 5);
  const auto encodings = node.counters(1).encodings + 0;
  auto b = come_back(node, token, received);
  CHECK(numbers(b.publications()) == range(4, 5));
  CHECK(node.counters(1).encodings - encodings == 2);
}

TEST_CASE("a returning client is told nothing lost by a channel that disconnects those behind") {
  auto settings = test_settings();
  settings.limits.log_entries = 10;
  for (auto& n : settings.namespaces)
    n.overflow = config::overflow_policy::disconnect;
  virtual_node node{{}, settings};
  ws_client a{node, "troupe.v1.json", 1};
  a.join("open:x", "");
  const auto token = token_of(a).get<std::string>();
  const auto received = counted(a.messages());
  a.lose_connection();
  publish_numbers(node, "open:x", 1, 60);
  node.pass(3s);
  auto b = come_back(node, token, received);
  CHECK(numbers(b.publications()) == range(1, 60));
  CHECK(b.connected());
}

TEST_CASE("what a client received of a run that the log no longer has is not told twice") {
  auto settings = test_settings();
  settings.limits.log_entries = 10;
  virtual_node node{{}, settings};
  ws_client a{node, "troupe.v1.json", 1};
  a.join("open:x", "");
  publish_numbers(node, "open:x", 1, 9);
  const auto token = token_of(a).get<std::string>();
  a.lose_connection();
  publish_numbers(node, "open:x", 10, 40);
  auto b = back(node, token);
  resume(b, token, 1 + 4); // subscribed, and four of them
  node.settle();
  CHECK(numbers(b.publications()) == range(5, 40));
  CHECK(b.gaps().empty());
}
