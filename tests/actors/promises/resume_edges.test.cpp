// Promise 3 at its edges: what is bounded, lost or ended, and what a client hears of it.

#include "tests/actors/virtual_node/coming_back.hpp"

#include <troupe/supervisor.hpp>

#include <caf/send.hpp>

using namespace troupe;
using namespace troupe::actors::testing;

TEST_CASE("who claims to have received more than was sent is refused, and the session lives on") {
  scene s;
  ws_client a{s.node, "troupe.v1.json", 1};
  a.join("room:x", "");
  const auto token = token_of(a).get<std::string>();
  auto b = come_back(s.node, token, 1000);
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
  auto b = come_back(s.node, tokens[0], 1);
  const auto no = b.messages().back();
  CHECK(no["code"] == "expired");
  CHECK(no["message"].get<std::string>().find("too many sessions wait") != std::string::npos);
  auto c = come_back(s.node, tokens[5], 1);
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
  auto b = come_back(s.node, token, 1);
  CHECK(b.messages("resumed").at(0)["private"] == "lost");
  b.lose_connection();
  auto c = come_back(s.node, token, 1 + counted(b.messages()));
  CHECK(c.messages("resumed").at(0)["private"] == "kept");
  CHECK(received > 5);
}

TEST_CASE("who is told that something is lost and loses that connection, too, is told again") {
  auto settings = test_settings();
  settings.limits.journal_bytes = 500; // one KB is more than that
  scene s{settings};
  ws_client a{s.node, "troupe.v1.json", 1};
  a.join("room:x", "");
  a.ask({{"action", "call"}, {"channel", "room:x"}, {"event", "flood"}, {"data", 1}});
  const auto token = token_of(a).get<std::string>();
  a.lose_connection();
  for (int i = 0; i < 3; ++i) {
    auto b = come_back(s.node, token, 1);
    CHECK(b.messages("resumed").at(0)["private"] == "lost");
    b.lose_connection();
  }
}

TEST_CASE("a poll that tells what is lost and does not arrive tells it again") {
  auto settings = test_settings();
  settings.limits.journal_bytes = 500;
  scene s{settings};
  ws_client a{s.node, "troupe.v1.json", 1};
  a.join("room:x", "");
  a.ask({{"action", "call"}, {"channel", "room:x"}, {"event", "flood"}, {"data", 1}});
  const auto target = "/poll?format=envelope&channel=&received=1&token=" + token_of(a).get<std::string>();
  a.lose_connection();
  for (int i = 0; i < 3; ++i)
    CHECK(body_of(*send_request(s.node, request("GET", target)))["private"] == "lost");
}

TEST_CASE("who reads presence and has lost what was said to it alone is told anew who is there") {
  auto settings = test_settings();
  settings.limits.journal_bytes = 500; // a list of who is there is more than that
  scene s{settings};
  std::vector<std::unique_ptr<ws_client>> others;
  for (int i = 0; i < 20; ++i)
    others.emplace_back(std::make_unique<ws_client>(s.node, "troupe.v1.json", 1))->join("room:x", "");
  ws_client a{s.node, "troupe.v1.json", 1};
  a.ask({{"action", "subscribe"}, {"channel", "room:x"}, {"presence", true}});
  const auto token = token_of(a).get<std::string>();
  REQUIRE(a.messages("presence").at(0)["members"].size() == 21);
  a.lose_connection();
  auto b = come_back(s.node, token, 1); // `subscribed` is all that arrived
  REQUIRE(b.messages("resumed").at(0)["private"] == "lost");
  std::size_t named = 0;
  for (const auto& m : b.messages("presence"))
    named = m.contains("members") ? m["members"].size() : named;
  CHECK(named == 21);
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

TEST_CASE("a client that is told much is asked by a ping what has arrived, once half of its journal is full") {
  auto settings = test_settings();
  settings.limits.journal_bytes = 16'000;
  scene s{settings};
  ws_client a{s.node, "troupe.v1.json", 1};
  a.join("room:x", "");
  const auto token = token_of(a).get<std::string>();
  const auto ten_kilobytes = [&] { a.ask({{"action", "call"}, {"channel", "room:x"}, {"event", "flood"}, {"data", 10}}); };
  ten_kilobytes();
  REQUIRE(a.line().pings() == 1);
  ten_kilobytes();
  CHECK(a.line().pings() == 1); // the first is not answered yet
  a.line().peer_pongs();
  ten_kilobytes();
  REQUIRE(a.line().pings() == 2);
  a.line().peer_pongs();
  const auto has = counted(a.messages());
  ten_kilobytes();
  a.lose_connection();
  auto b = come_back(s.node, token, has);
  CHECK(b.messages("resumed").at(0)["private"] == "kept");
  CHECK(b.messages("push").size() == 10);
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
  caf::anon_send(s.node.find<troupe::supervisor>("channels"), troupe::crash_child{"room:x"});
  s.node.settle();
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

TEST_CASE("who comes with less than it has received before is late: its session goes on where it is") {
  scene s;
  ws_client a{s.node, "troupe.v1.json", 1};
  a.join("room:x", "");
  publish_numbers(s.node, "room:x", 1, 3);
  const auto token = token_of(a).get<std::string>();
  a.lose_connection();
  auto b = back(s.node, token);
  resume(b, token, 3); // all but the last
  s.node.settle();
  auto late = back(s.node, token);
  resume(late, token, 1);
  s.node.settle();
  CHECK(late.messages().back()["code"] == "bad_message");
  CHECK(b.connected());
  publish_numbers(s.node, "room:x", 4, 4);
  CHECK(numbers(b.publications()) == range(3, 4));
}

TEST_CASE("a resume that was overtaken by one over a later connection takes nothing away") {
  scene s;
  ws_client a{s.node, "troupe.v1.json", 1};
  a.join("room:x", "");
  const auto token = token_of(a).get<std::string>();
  a.lose_connection();
  auto slow = back(s.node, token);
  auto b = back(s.node, token);
  resume(b, token, 1);
  s.node.settle();
  resume(slow, token, 1);
  s.node.settle();
  CHECK(slow.messages().back()["code"] == "expired");
  publish_numbers(s.node, "room:x", 1, 2);
  CHECK(numbers(b.publications()) == range(1, 2));
}

TEST_CASE("a session that polls ends with its lease, however short that is") {
  for (const auto lease : {1s, 4s, 30s}) {
    auto settings = test_settings();
    settings.session.poll_lease = lease;
    scene s{settings};
    REQUIRE(answer(s.node, "GET", "/poll?channel=room:x").status == 200);
    s.node.pass(lease - 500ms);
    CHECK(s.notes->leaves.empty());
    s.node.pass(1s);
    CHECK(s.notes->leaves.size() == 1);
  }
}
