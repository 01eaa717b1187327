// Rates: who commands too fast is told to wait, on whatever transport, and sent away if it does not listen. Nobody else
// notices.

#include "tests/actors/virtual_node/coming_back.hpp"
#include "tests/actors/virtual_node/talkers.hpp"

#include "actors/sessions/shard.hpp"

using namespace troupe::actors::testing;
using troupe::protocol::close_code;

namespace {

/// Ten a second, five at once; after three refusals a minute a connection is closed.
troupe::config::settings paced() {
  auto s = test_settings();
  s.limits.commands_per_second = 10;
  s.limits.commands_burst = 5;
  s.limits.refusals_per_minute = 3;
  return s;
}

/// Two publishes or calls at once in `open:*`, and one more each second.
troupe::config::settings paced_in_open(troupe::config::settings s = test_settings()) {
  for (auto& n : s.namespaces)
    if (n.pattern == "open:*")
      n.commands_per_second = 1, n.commands_burst = 2;
  return s;
}

/// An error, as a message or as the body of a response; the code of what is none is empty.
json error_in(const json& answer) { return answer.contains("error") ? answer["error"] : answer; }
std::string code_of(const json& answer) { return error_in(answer).value("code", ""); }

json ping() { return {{"action", "ping"}}; }
json publish(const char* channel) { return {{"action", "publish"}, {"channel", channel}, {"data", 1}}; }

void ping_unheard(ws_client& c, int times) {
  for (int i = 0; i < times; ++i)
    c.send(ping());
}

std::uint64_t refused(virtual_node& node) {
  return node.counters(0).commands_refused + node.counters(1).commands_refused;
}

std::uint64_t sent_away(virtual_node& node) { return node.counters(0).too_fast + node.counters(1).too_fast; }

} // namespace

TEST_CASE("a client that commands too fast is told when there is room again, on every transport, and others are not") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    scene s{paced()};
    const auto fast = t.make(s.node, ""), other = t.make(s.node, "");
    for (int i = 0; i < 5; ++i)
      CHECK(code_of(fast->command(ping())).empty());
    const auto no = error_in(fast->command(ping()));
    CHECK(no.value("code", "") == "limit");
    CHECK(no.value("message", "") == "at most 10 commands of a session per second");
    CHECK(no.value("retry_after", 0) == 100);
    CHECK(code_of(other->command(ping())).empty());
    s.node.pass(100ms);
    CHECK(code_of(fast->command(ping())).empty());
    CHECK(code_of(fast->command(ping())) == "limit");
    CHECK(refused(s.node) == 2);
    CHECK(sent_away(s.node) == 0);
  }
}

TEST_CASE("a namespace has its own rate for what a session publishes and calls in all its channels") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    scene s{paced_in_open()};
    const auto fast = t.make(s.node, ""), other = t.make(s.node, "");
    CHECK(code_of(fast->command(publish("open:a"))).empty());
    CHECK(code_of(fast->command(publish("open:b"))).empty());
    const auto no = error_in(fast->command(publish("open:c")));
    CHECK(no.value("code", "") == "limit");
    CHECK(no.value("message", "") == "at most 1 publishes and calls of a session in open:* per second");
    CHECK(no.value("retry_after", 0) == 1000);
    CHECK(code_of(fast->command({{"action", "history"}, {"channel", "open:a"}})).empty()); // what it reads is not paced there
    CHECK(code_of(fast->command({{"action", "publish"}, {"channel", "lobby"}, {"data", 1}})).empty());
    CHECK(code_of(other->command(publish("open:a"))).empty());
    s.node.pass(1s);
    CHECK(code_of(fast->command(publish("open:c"))).empty());
    CHECK(refused(s.node) == 1);
  }
}

TEST_CASE("a refused publish is heard by nobody") {
  scene s{paced_in_open()};
  ws_client reader{s.node}, writer{s.node};
  reader.join("open:a", "");
  for (int i = 0; i < 4; ++i)
    writer.ask(publish("open:a"));
  CHECK(reader.publications().size() == 2);
}

TEST_CASE("a WebSocket that goes on in spite of refusals is closed with 4008, told when to come back, and has no new rate then") {
  scene s{paced()};
  ws_client c{s.node};
  const auto token = token_of(c);
  ping_unheard(c, 5 + 3);
  s.node.settle();
  CHECK(c.connected());
  c.send(ping());
  s.node.settle();
  REQUIRE(c.line().closed_with() == close_code::too_fast);
  CHECK(c.line().close_reason() == "too many commands: come back later");
  REQUIRE(c.messages("closing").size() == 1);
  CHECK(c.messages("closing")[0]["retry_after"] == 5000);
  CHECK(c.messages("error").size() == 4); // each was answered
  CHECK(sent_away(s.node) == 1);
  CHECK(s.node.metric("limits.refusals_per_minute") == 1);

  auto again = come_back(s.node, token, counted(c.messages()));
  REQUIRE(again.messages("resumed").size() == 1);
  CHECK(again.messages("resumed")[0]["session"] == c.session());
  CHECK(code_of(again.ask(ping())) == "limit");
  s.node.settle();
  CHECK(again.line().closed_with() == close_code::too_fast); // it has not waited
  s.node.pass(20s);
  auto patient = come_back(s.node, token, counted(c.messages()) + counted(again.messages()));
  CHECK(code_of(patient.ask(ping())).empty());
  CHECK(patient.connected());
}

TEST_CASE("what comes over a connection that is being closed for its rate counts as not heard, so that its client says it again") {
  scene s{paced()};
  ws_client c{s.node};
  const auto token = token_of(c);
  ping_unheard(c, 5 + 3 + 1 + 6);
  s.node.settle();
  CHECK(c.messages("error").size() == 4);
  const auto again = [&] {
    auto back_again = come_back(s.node, token, counted(c.messages()));
    return back_again.messages("resumed").at(0);
  }();
  CHECK(again["heard"] == 9);
}

TEST_CASE("nonsense is paced like commands") {
  scene s{paced()};
  ws_client c{s.node};
  for (int i = 0; i < 6; ++i)
    c.send_text("{");
  s.node.settle();
  const auto errors = c.messages("error");
  REQUIRE(errors.size() == 6);
  CHECK(errors[4]["code"] == "bad_message");
  CHECK(errors[5]["code"] == "limit");
}

TEST_CASE("a stream whose client goes on in spite of refusals ends, and goes on later with the same session") {
  scene s{paced()};
  sse_client c{s.node};
  c.open("/events?channel=open:a&format=envelope");
  const auto send = [&] { return answer(s.node, "POST", "/send", json{{"token", c.token()}, {"action", "ping"}}.dump()); };
  for (int i = 0; i < 5; ++i)
    CHECK(send().status == 200);
  for (int i = 0; i < 3; ++i) {
    const auto no = send();
    CHECK(no.status == 429);
    CHECK(header(no, "Retry-After") == "1");
  }
  CHECK(c.connected());
  CHECK(send().status == 429);
  CHECK_FALSE(c.connected());
  CHECK(c.stream().find(R"("reason":"too many commands")") != std::string::npos);
  CHECK(c.stream().find(R"("retry_after":5000)") != std::string::npos);
  CHECK(send().status == 429); // also while it has no stream
  s.node.pass(5s);
  CHECK(send().status == 200);
}

TEST_CASE("polls are paced with the commands of their session, which goes on: each is told 429 and when to come again") {
  scene s{paced()};
  const auto first = answer(s.node, "GET", "/poll?channel=open:a");
  const auto body = json::parse(first.body);
  const auto poll = [&] { // with something to tell: it is answered at once
    api(s.node, "/api/publish", {{"channel", "open:a"}, {"data", 1}});
    return send_request(s.node, request("GET", "/poll?cursor=" + body["cursor"].get<std::string>()));
  };
  for (int i = 0; i < 5; ++i)
    CHECK(poll()->response()->status == 200);
  for (int i = 0; i < 10; ++i) {
    const auto no = poll();
    REQUIRE(no->response());
    CHECK(no->response()->status == 429);
    CHECK(header(*no->response(), "Retry-After") == "1");
  }
  CHECK(sent_away(s.node) == 0);
  s.node.pass(1s);
  CHECK(poll()->response()->status == 200);
}

TEST_CASE("the API is not paced") {
  auto settings = paced_in_open(paced());
  scene s{settings};
  for (int i = 0; i < 50; ++i)
    api(s.node, "/api/publish", {{"channel", "open:a"}, {"data", i}});
  CHECK(refused(s.node) == 0);
}

TEST_CASE("a flood is announced once a minute for each session, with who it is, and counted each time") {
  auto settings = paced();
  settings.limits.refusals_per_minute = 0;
  scene s{settings};
  ws_client c{s.node};
  c.line().answer_pings();
  ping_unheard(c, 500);
  s.node.settle();
  CHECK(c.connected());
  CHECK(refused(s.node) == 495);
  s.node.pass(100ms);
  CHECK(s.node.metric("limits.commands_per_second") == 1);
  CHECK(s.node.logged("limits.commands_per_second was passed: " + c.session()) == 1);
  s.node.pass(1min + 100ms);
  ping_unheard(c, 500);
  s.node.settle();
  CHECK(s.node.metric("limits.commands_per_second") == 2);
  const auto text = answer(s.node, "GET", "/metrics").body;
  CHECK(text.find("\ntroupe_commands_refused_total 990\n") != std::string::npos);
  CHECK(text.find("\ntroupe_too_fast_total 0\n") != std::string::npos);
}

TEST_CASE("no rate is no rate, and one that a reload brings to a namespace holds at once") {
  auto settings = test_settings();
  settings.limits.commands_per_second = 0;
  scene s{settings};
  ws_client c{s.node};
  for (int i = 0; i < 3000; ++i)
    c.send(ping());
  s.node.settle();
  CHECK(refused(s.node) == 0);
  s.node.reload(paced_in_open(settings));
  for (int i = 0; i < 2; ++i)
    CHECK(code_of(c.ask(publish("open:a"))).empty());
  CHECK(code_of(c.ask(publish("open:a"))) == "limit");
  s.node.reload(settings);
  CHECK(code_of(c.ask(publish("open:a"))).empty());
}

TEST_CASE("what waits behind a leave is paced once, when it is carried out") {
  scene s{paced_in_open()};
  ws_client c{s.node};
  c.join("open:a", "");
  c.send({{"action", "unsubscribe"}, {"channel", "open:a"}});
  c.send({{"action", "subscribe"}, {"channel", "open:a"}});
  for (int id = 1; id <= 3; ++id)
    c.send({{"action", "publish"}, {"channel", "open:a"}, {"data", 1}, {"id", id}});
  s.node.settle();
  CHECK(code_of(c.answer(1)).empty());
  CHECK(code_of(c.answer(2)).empty());
  CHECK(code_of(c.answer(3)) == "limit");
}
