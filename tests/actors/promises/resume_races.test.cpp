// Promise 3 where things overtake each other: late attempts, verdicts on connections that are over, identities that come
// while a client is away, and what is remembered of sessions that ended.

#include "actors/sessions/shard.hpp"
#include "tests/actors/endpoints/club.hpp"
#include "tests/actors/virtual_node/coming_back.hpp"

#include <deque>

using namespace troupe;
using namespace troupe::actors::testing;

namespace {

std::string first_cursor(virtual_node& node, const std::string& target) {
  const auto polled = send_request(node, request("GET", target));
  return body_of(*polled)["cursor"];
}

std::shared_ptr<test_exchange> poll_on(virtual_node& node, const std::string& cursor) {
  return send_request(node, request("GET", "/poll?cursor=" + cursor));
}

/// Who logs in as `slow` is known when the test says so.
auto slow_ones_wait(std::deque<connect_promise>& waiting) {
  return [&waiting](const handshake& who) -> connect_result {
    if (who.cookie("login") != "slow")
      return accept();
    return later(waiting.emplace_back(who.promise_answer()));
  };
}

const fields with_key{{"authorization", "Bearer test-key-of-the-house"}};

} // namespace

TEST_CASE("a client that is told who it is while it is away leaves nothing behind among those who are away") {
  auto settings = club::with_closed_rooms();
  settings.limits.sessions_detached = 8; // four a shard
  std::deque<connect_promise> waiting;
  club c{[&](const handshake& who) -> connect_result {
           if (who.token().empty())
             return accept();
           return later(waiting.emplace_back(who.promise_answer()));
         },
         settings};
  ws_client a{c.node, "troupe.v1.json", 1};
  a.ask({{"action", "authenticate"}, {"token", "ann"}});
  a.lose_connection();
  waiting.at(0).accept({"ann", {}, {}});
  c.node.settle();
  api(c.node, "/api/disconnect", {{"session", a.session()}});
  std::vector<std::unique_ptr<ws_client>> others;
  for (int i = 0; i < 6; ++i)
    others.emplace_back(std::make_unique<ws_client>(c.node, "troupe.v1.json", 1))->lose_connection();
  CHECK(c.node.counters(1).sessions_detached == 4);
}

TEST_CASE("a stream or poll that was kept waiting takes no session from a connection that came later") {
  for (const char* target : {"/events?format=envelope&channel=", "/poll?format=envelope&channel="}) {
    INFO(target);
    std::deque<connect_promise> waiting;
    club c{slow_ones_wait(waiting)};
    ws_client a{c.node, "troupe.v1.json", 1};
    a.join("open:x", "");
    const auto token = token_of(a).get<std::string>();
    a.lose_connection();
    const auto late = get(c.node, target + ("&received=1&token=" + token), login("slow"));
    REQUIRE(late->waiting());
    auto b = come_back(c.node, token, 1);
    REQUIRE(b.messages("resumed").size() == 1);
    waiting.at(0).accept({"ann", {}, {}});
    c.node.settle();
    CHECK(b.connected());
    publish_numbers(c.node, "open:x", 1, 2);
    CHECK(numbers(b.publications()) == range(1, 2));
  }
}

TEST_CASE("of two streams that come for one session the one that was asked for later has it, whichever is answered first") {
  std::deque<connect_promise> waiting;
  club c{slow_ones_wait(waiting)};
  ws_client a{c.node, "troupe.v1.json", 1};
  a.join("open:x", "");
  const auto target = "/events?format=envelope&channel=&received=1&token=" + token_of(a).get<std::string>();
  a.lose_connection();
  const auto first = get(c.node, target, login("slow")), second = get(c.node, target, login("slow"));
  waiting.at(1).accept({"ann", {}, {}});
  c.node.settle();
  waiting.at(0).accept({"ann", {}, {}});
  publish_numbers(c.node, "open:x", 1, 1);
  CHECK(second->body_stream()->open());
  CHECK(second->body_stream()->arrived().find("\"data\":1") != std::string::npos);
}

TEST_CASE("of a client's attempts the last has the session, in whatever order they reach the node") {
  scene s;
  ws_client a{s.node, "troupe.v1.json", 1};
  a.join("open:x", "");
  const auto token = token_of(a).get<std::string>();
  a.lose_connection();
  const auto resume_as = [&](ws_client& c, int attempt) {
    c.send({{"action", "resume"}, {"token", token}, {"received", 1}, {"attempt", attempt}});
    s.node.settle();
  };
  auto third = back(s.node, token);
  const auto address = "format=envelope&channel=&received=1&attempt=2&token=" + token;
  SECTION("a stream that was under way for longer came first") {
    sse_client second{s.node, 1};
    second.open("/events?" + address);
    s.node.settle();
    REQUIRE(second.token() == token);
    resume_as(third, 3);
  }
  SECTION("or comes last") {
    resume_as(third, 3);
    sse_client second{s.node, 1};
    second.open("/events?" + address);
    s.node.settle();
    CHECK(second.token() != token);
    const auto poll = send_request(s.node, request("GET", "/poll?" + address));
    CHECK(body_of(*poll)["token"] != token);
  }
  CHECK(third.messages("resumed").size() == 1);
  CHECK(third.connected());
  publish_numbers(s.node, "open:x", 1, 2);
  CHECK(numbers(third.publications()) == range(1, 2));
  auto fourth = back(s.node, token);
  resume_as(fourth, 2);
  CHECK(fourth.messages().back()["code"] == "bad_message");
  CHECK(third.connected());
}

TEST_CASE("the pulse of a connection that is lost does not end the one after it") {
  scene s;
  auto& node = s.node;
  ws_client a{node, "troupe.v1.json", 1};
  a.join("room:x", "");
  const auto token = token_of(a).get<std::string>();
  node.pass(26s);
  REQUIRE(a.line().pings() == 1); // and is not answered
  auto b = back(node, token);
  a.line().peer_closes(protocol::close_code::none, "lost");
  node.post([&] { // in the same turn
    resume(b, token, 1);
    dynamic_cast<caf::scheduler::test_coordinator&>(node.system().scheduler()).advance_time(11s);
    node.shard_at(1).tick();
  });
  node.settle();
  REQUIRE(b.messages("resumed").size() == 1);
  CHECK(b.connected());
  CHECK(node.counters(1).heartbeats_lost == 0);
}

TEST_CASE("a poll that was under way for long does not change what its client is taken to have") {
  scene s;
  auto& node = s.node;
  const auto poll_after = [&](const json& answer) {
    return send_request(node, request("GET", "/poll?format=envelope&cursor=" + answer["cursor"].get<std::string>()));
  };
  const auto first = body_of(*send_request(node, request("GET", "/poll?format=envelope&channel=room:x")));
  const auto token = first["token"].get<std::string>();
  answer(node, "POST", "/send",
         json{{"token", token}, {"action", "call"}, {"channel", "room:x"}, {"event", "both"}, {"data", nullptr}}.dump(),
         {{"content-type", "application/json"}});
  const auto second = body_of(*poll_after(first));
  REQUIRE(second["messages"].size() == 2); // a push and a broadcast
  const auto third = poll_after(second);   // it has them
  publish_numbers(node, "room:x", 7, 7);
  REQUIRE(third->response()); // and is lost
  const auto late = body_of(*poll_after(first));
  REQUIRE(late["messages"].size() == 2); // as many, but others: the push is known to have arrived
  auto b = come_back(node, token, first["messages"].size() + 2);
  CHECK(numbers(b.publications()) == range(7, 7));
  CHECK(b.messages("resumed").at(0)["private"] == "kept");
}

TEST_CASE("a poll of before its client went elsewhere acknowledges nothing of what is said since") {
  virtual_node node;
  const auto misspeak = [&](ws_client& c, int id) {
    c.send({{"action", "history"}, {"id", id}, {"channel", "no such channel"}});
    node.settle();
  };
  ws_client a{node, "troupe.v1.json", 1};
  const auto token = token_of(a).get<std::string>();
  misspeak(a, 1);
  a.lose_connection();
  const auto first = body_of(*send_request(node, request("GET", "/poll?format=envelope&received=0&token=" + token)));
  REQUIRE(first["messages"].size() == 1);
  auto b = come_back(node, token, 1);
  misspeak(b, 2);
  b.lose_connection();
  const auto lost = send_request(node, request("GET", "/poll?format=envelope&received=1&token=" + token));
  REQUIRE(body_of(*lost)["messages"].size() == 1);
  send_request(node, request("GET", "/poll?format=envelope&cursor=" + first["cursor"].get<std::string>())); // late
  auto c = come_back(node, token, 1);
  CHECK(c.messages("error").size() == 1);
  CHECK(c.messages("resumed").at(0)["private"] == "kept");
}

TEST_CASE("who comes back with less than its polls have acknowledged is told that something said to it alone is lost") {
  scene s;
  auto& node = s.node;
  const auto poll_after = [&](const json& answer) {
    return send_request(node, request("GET", "/poll?format=envelope&cursor=" + answer["cursor"].get<std::string>()));
  };
  const auto first = body_of(*send_request(node, request("GET", "/poll?format=envelope&channel=room:x")));
  const auto token = first["token"].get<std::string>();
  answer(node, "POST", "/send",
         json{{"token", token}, {"action", "call"}, {"channel", "room:x"}, {"event", "both"}, {"data", nullptr}}.dump(),
         {{"content-type", "application/json"}});
  const auto second = body_of(*poll_after(first));
  REQUIRE(second["messages"].size() == 2); // a push and a broadcast
  const bool acknowledges = GENERATE(false, true);
  if (acknowledges)
    poll_after(second); // it, or another tab of the session, has them
  auto b = come_back(node, token, first["messages"].size());
  CHECK(b.messages("push").size() == (acknowledges ? 0 : 1));
  CHECK(b.messages("resumed").at(0)["private"] == (acknowledges ? "lost" : "kept"));
}

TEST_CASE("who comes back by polls that have nothing to tell is in no channel any more that it has left") {
  auto settings = test_settings();
  settings.limits.sse_channels = 3;
  virtual_node node{{}, settings};
  ws_client a{node, "troupe.v1.json", 1};
  a.join("open:a", "");
  const auto token = token_of(a).get<std::string>();
  a.lose_connection();
  auto last = body_of(*send_request(node, request("GET", "/poll?format=envelope&received=1&token=" + token)));
  REQUIRE(last["messages"].empty());
  const auto say = [&](const char* action, const std::string& channel) {
    return answer(node, "POST", "/send", json{{"token", token}, {"action", action}, {"channel", channel}, {"id", 1}}.dump()).status;
  };
  for (int i = 0; i < 5; ++i) {
    INFO(i);
    const auto channel = "open:b" + std::to_string(i);
    REQUIRE(say("subscribe", channel) == 200);
    REQUIRE(say("unsubscribe", channel) == 200);
    for (int polls = 0; polls < 2; ++polls) {
      const auto polled = send_request(node, request("GET", "/poll?format=envelope&cursor=" + last["cursor"].get<std::string>()));
      node.pass(31s);
      REQUIRE(polled->response());
      last = body_of(*polled);
      REQUIRE(last["messages"].empty());
    }
  }
}

TEST_CASE("who comes back by poll has the rights of that request, not of the one before") {
  for (const bool had_key : {false, true}) {
    INFO(had_key);
    scene s;
    auto& node = s.node;
    ws_client a{node, "troupe.v1.json", 1, "/ws", had_key ? with_key : fields{}};
    const auto token = token_of(a).get<std::string>();
    a.lose_connection();
    const auto polled = send_request(node, request("GET", "/poll?format=envelope&channel=&received=0&token=" + token, {},
                                                   had_key ? fields{} : with_key));
    REQUIRE(body_of(*polled)["token"] == token);
    const auto in = answer(node, "POST", "/send",
                           json{{"token", token}, {"action", "subscribe"}, {"channel", "$node:events"}}.dump(),
                           {{"content-type", "application/json"}});
    CHECK(in.status == (had_key ? 403 : 200));
  }
}

TEST_CASE("clients that come and go do not make the node forget whom it sent away") {
  auto settings = test_settings();
  settings.limits.sessions_detached = 8; // as many ends are remembered: four a shard
  scene s{settings};
  const auto cursor = first_cursor(s.node, "/poll?channel=open:x");
  api(s.node, "/api/disconnect", {{"session", cursor.substr(0, cursor.find('.'))}});
  for (int i = 0; i < 20; ++i)
    ws_client{s.node}.close();
  CHECK(poll_on(s.node, cursor)->response()->status == 401);
}

TEST_CASE("the cursor of a session is not judged by the end of another that has its number since the node was started anew") {
  const auto cursor = [] {
    scene before;
    return first_cursor(before.node, "/poll?channel=open:x");
  }();
  scene s; // its clock says the same time
  const auto other = first_cursor(s.node, "/poll?channel=open:x");
  const auto number_of = [](const std::string& text) { return text.substr(0, text.find('.')); };
  REQUIRE(number_of(other) == number_of(cursor));
  api(s.node, "/api/disconnect", {{"session", number_of(other)}});
  CHECK(poll_on(s.node, other)->response()->status == 401);
  CHECK(poll_on(s.node, cursor)->response()->status == 200);
}

TEST_CASE("what became of a session is told to nobody but its client") {
  scene s;
  ws_client a{s.node, "troupe.v1.json", 1};
  const auto token = token_of(a).get<std::string>();
  api(s.node, "/api/disconnect", {{"session", a.session()}, {"reason", "for what it did"}});
  const auto asked = [&](const std::string& with) { return come_back(s.node, with, 0).messages().back()["message"].get<std::string>(); };
  CHECK(asked(a.session() + ".AAAAAAAAAAAAAAAAAAAAAA").find("for what it did") == std::string::npos);
  CHECK(asked(token).find("for what it did") != std::string::npos);
}

TEST_CASE("a return over a stream to a session that is gone enters no channel that was not named") {
  virtual_node node;
  const auto entered = [&](const std::string& target) {
    const auto all = [&] { return node.shard_at(0).counters().subscriptions + node.shard_at(1).counters().subscriptions; };
    const std::uint64_t before = all();
    (void)send_request(node, request("GET", target + "&received=1&token=s1-1.AAAAAAAAAAAAAAAAAAAAAA"));
    node.settle();
    return all() - before;
  };
  CHECK(entered("/events?format=envelope") == 0);
  CHECK(entered("/poll?format=envelope") == 0);
  CHECK(entered("/events?x") == 1); // without a library nobody returns: the token may be the application's own
}
