// Promise 3: resume anywhere. A client that lost its connection continues on any transport, on any shard, with nothing
// lost and nothing twice. Random schedules: tests/ledger.

#include "tests/actors/virtual_node/scene.hpp"

#include <sstream>

using namespace troupe;
using namespace troupe::actors::testing;
using troupe::protocol::close_code;

namespace {

/// Counts what `received` counts.
std::uint64_t counted(const std::vector<json>& messages) {
  std::uint64_t n = 0;
  for (const auto& m : messages)
    n += m["type"] != "welcome" && m["type"] != "resumed";
  return n;
}

json token_of(ws_client& c) { return c.messages("welcome").at(0)["token"]; }

ws_client back(virtual_node& node, const std::string& token) {
  return ws_client{node, "troupe.v1.json", home_of(node, [&] {
                     auto r = request("GET", "/ws?token=" + token);
                     r.upgrade = true;
                     return r;
                   }()), "/ws?token=" + token};
}

/// Numbers published, as a stream of envelopes shows them.
std::vector<int> in_stream(const sse_client& c) {
  std::vector<int> all;
  std::istringstream lines{c.stream()};
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("data: "))
      if (const auto m = json::parse(line.substr(6)); m["type"] == "broadcast")
        all.push_back(m["data"]);
  return all;
}

void resume(ws_client& c, const std::string& token, std::uint64_t received, json positions = json::object()) {
  c.send({{"action", "resume"}, {"token", token}, {"received", received}, {"positions", std::move(positions)}});
}

} // namespace

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

  auto b = back(node, token);
  resume(b, token, received);
  node.settle();
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
    auto b = back(node, token);
    resume(b, token, received);
    node.settle();
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
  auto b = back(s.node, token);
  resume(b, token, counted(a.messages()));
  s.node.settle();
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
  auto b = back(s.node, token);
  resume(b, token, 1);
  s.node.settle();
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
    auto b = back(s.node, token);
    resume(b, token, 1);
    s.node.settle();
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

  auto d = back(node, token); // the second answer was lost
  resume(d, token, received + 2);
  node.settle();
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
  auto b = back(node, token);
  resume(b, token, received);
  node.settle();
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
  auto b = back(node, token);
  resume(b, token, received);
  node.settle();
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

TEST_CASE("who claims to have received more than was sent is refused, and the session lives on") {
  scene s;
  ws_client a{s.node, "troupe.v1.json", 1};
  a.join("room:x", "");
  const auto token = token_of(a).get<std::string>();
  auto b = back(s.node, token);
  resume(b, token, 1000);
  s.node.settle();
  CHECK(b.messages().back()["code"] == "bad_message");
  CHECK(a.connected());
  publish_numbers(s.node, "room:x", 1, 2);
  CHECK(numbers(a.publications()) == range(1, 2));
}

TEST_CASE("one user's sessions that are away are bounded: the one that is away longest is forced out, and told on return") {
  auto settings = test_settings();
  settings.limits.sessions_detached = 8; // four a shard
  scene s{settings};
  std::vector<std::string> tokens;
  std::vector<std::unique_ptr<ws_client>> all;
  for (int i = 0; i < 6; ++i) {
    all.push_back(std::make_unique<ws_client>(s.node, "troupe.v1.json", 1));
    all.back()->join("room:x", "");
    tokens.push_back(token_of(*all.back()));
    all.back()->lose_connection();
    s.node.settle();
  }
  CHECK(s.notes->leaves.size() == 2);
  auto b = back(s.node, tokens[0]);
  resume(b, tokens[0], 1);
  s.node.settle();
  const auto no = b.messages().back();
  CHECK(no["code"] == "expired");
  CHECK(no["message"].get<std::string>().find("too many sessions wait") != std::string::npos);
  auto c = back(s.node, tokens[5]);
  resume(c, tokens[5], 1);
  s.node.settle();
  CHECK(c.messages().back()["type"] == "resumed");
}

TEST_CASE("what was said to a client alone past the journal's bound is lost, and it hears so") {
  auto settings = test_settings();
  settings.limits.journal_bytes = 2000;
  scene s{settings};
  ws_client a{s.node, "troupe.v1.json", 1};
  a.join("room:x", "");
  a.ask({{"action", "call"}, {"channel", "room:x"}, {"event", "flood"}, {"data", 10}});
  const auto token = token_of(a).get<std::string>();
  const auto received = counted(a.messages());
  a.lose_connection();
  auto b = back(s.node, token);
  resume(b, token, 1);
  s.node.settle();
  CHECK(b.messages("resumed").at(0)["private"] == "lost");
  b.lose_connection();
  auto c = back(s.node, token);
  resume(c, token, 1 + counted(b.messages()));
  s.node.settle();
  CHECK(c.messages("resumed").at(0)["private"] == "kept");
  CHECK(received > 5);
}

TEST_CASE("a pong acknowledges what was written before its ping: a silent session keeps nothing") {
  scene s;
  ws_client a{s.node, "troupe.v1.json", 1};
  a.join("room:x", "");
  const auto token = token_of(a).get<std::string>();
  s.node.pass(26s);
  REQUIRE(a.line().pings() == 1);
  a.line().peer_pongs();
  s.node.settle();
  a.lose_connection();
  auto b = back(s.node, token);
  resume(b, token, 0); // it says that it has not even `subscribed`, which it has acknowledged
  s.node.settle();
  CHECK(b.messages("resumed").at(0)["private"] == "lost");
}

TEST_CASE("a session in no channel lives on streams and polls, and enters by commands") {
  scene s;
  sse_client b{s.node};
  b.open("/events?format=envelope&channel=");
  s.node.settle();
  REQUIRE(b.connected());
  const auto in = answer(s.node, "POST", "/send", json{{"token", b.token()}, {"action", "subscribe"}, {"channel", "room:x"}}.dump(),
                         {{"content-type", "application/json"}});
  CHECK(in.status == 200);
  publish_numbers(s.node, "room:x", 1, 2);
  CHECK(b.stream().find("\"data\":2") != std::string::npos);
  const auto first = send_request(s.node, request("GET", "/poll?format=envelope&channel="));
  const auto body = body_of(*first);
  CHECK(body["messages"].empty());
  const auto second = send_request(s.node, request("GET", "/poll?format=envelope&cursor=" + body["cursor"].get<std::string>()));
  CHECK_FALSE(second->response());
}

TEST_CASE("publications behind ephemeral ones that the log no longer has are told, or a gap is") {
  auto settings = test_settings();
  settings.limits.log_entries = 10;
  for (std::uint64_t received = 1; received <= 9; ++received) {
    INFO("received " << received);
    scene s{settings};
    ws_client a{s.node, "troupe.v1.json", 1}, b{s.node};
    a.join("room:x", "");
    b.join("room:x", "");
    for (int i = 1; i <= 4; ++i)
      b.ask({{"action", "call"}, {"channel", "room:x"}, {"event", i <= 2 ? "typing" : "say"}, {"data", i}});
    b.ask({{"action", "call"}, {"channel", "room:x"}, {"event", "typing"}});
    const auto before = a.messages();
    const auto token = token_of(a).get<std::string>();
    a.lose_connection();
    for (int i = 0; i < 6; ++i)
      b.ask({{"action", "call"}, {"channel", "room:x"}, {"event", "typing"}});
    auto c = back(s.node, token);
    const auto has = std::min<std::uint64_t>(received, counted(before));
    resume(c, token, has);
    s.node.settle();
    std::vector<int> seen;
    for (std::size_t i = 1; i <= has; ++i)
      if (before[i].contains("event") && before[i]["event"] == "said")
        seen.push_back(before[i]["data"]);
    for (const auto& h : c.publications())
      if (h.event == "said")
        seen.push_back(h.data);
    CHECK((seen == range(3, 4) || !c.gaps().empty()));
  }
}

TEST_CASE("a client that returns while its channel is being started anew hears nothing twice") {
  auto settings = test_settings();
  settings.limits.log_entries = 5;
  scene s{settings};
  ws_client a{s.node, "troupe.v1.json", 1};
  a.join("room:x", "");
  publish_numbers(s.node, "room:x", 1, 20);
  const auto token = token_of(a).get<std::string>();
  const auto before = numbers(a.publications());
  a.lose_connection();
  s.node.fail_actor("room:x");
  auto b = back(s.node, token);
  resume(b, token, 1 + 7);
  s.node.pass(10s);
  std::vector<int> seen{before.begin(), before.begin() + 7};
  for (const int n : numbers(b.publications()))
    seen.push_back(n);
  CHECK(seen == range(1, 20));
}

TEST_CASE("a client whose network is gone under a busy channel is away, not over") {
  scene s;
  ws_client a{s.node, "troupe.v1.json", 1};
  a.join("open:x", "");
  const auto token = token_of(a).get<std::string>();
  a.stop_reading();
  const std::string big(2000, 'x');
  for (int i = 0; i < 90; ++i)
    api(s.node, "/api/publish", {{"channel", "open:x"}, {"data", big}});
  s.node.pass(30s);
  REQUIRE_FALSE(a.line().open());
  auto b = back(s.node, token);
  resume(b, token, 1);
  s.node.pass(1s);
  CHECK(b.messages().at(1)["type"] == "resumed");
  CHECK(b.publications().size() == 90);
}

TEST_CASE("a window of nothing: sessions end with their connections") {
  auto settings = test_settings();
  settings.session.resume_window = 0ms;
  scene s{settings};
  ws_client a{s.node, "troupe.v1.json", 1};
  a.join("room:x", "");
  a.lose_connection();
  s.node.settle();
  CHECK(s.notes->leaves == std::vector<std::string>{a.session() + " lost"});
}
