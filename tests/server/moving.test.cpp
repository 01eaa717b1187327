// Requests of one session come on many connections: the kernel gives them to any shard.

#include "tests/server/listeners.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace troupe::server::test;
namespace wire = troupe::transports::test;

namespace {

/// An event stream, for its session.
struct stream {
  explicit stream(const running_node& node) : line(node.port()) {
    line.send(wire::get("/events?channel=open:a&format=envelope"));
    REQUIRE(line.response().status == 200);
    line.read_until("\"token\":\"");
    token = line.read_until("\"");
    token.pop_back();
  }
  [[nodiscard]] std::uint64_t session() const { return std::stoull(token.substr(1)); }
  /// As its id says: `s9` lives on the first, `s9-1` on the second.
  [[nodiscard]] bool on_second_shard() const { return token.find('-') < token.find('.'); }

  client line;
  std::string token;
};

} // namespace

TEST_CASE("a command by POST reaches the session of its token from any shard") {
  constexpr int count = 16;
  running_node node{{"--threads.shards", "2"}};
  std::vector<std::unique_ptr<stream>> streams;
  std::set<bool> shards;
  while (streams.size() < count || shards.size() < 2) {
    REQUIRE(streams.size() < 64);
    streams.push_back(std::make_unique<stream>(node));
    shards.insert(streams.back()->on_second_shard());
  }
  for (const auto& s : streams)
    for (int i = 0; i < 4; ++i) { // each on a connection of its own
      const auto said = node.post_json("/send", {{"token", s->token}, {"action", "publish"}, {"channel", "open:a"},
                                                 {"data", s->session()}, {"id", i}});
      INFO(said.body);
      REQUIRE(said.status == 200);
      CHECK(json::parse(said.body)["id"] == i);
    }
  const auto all = streams.size() * 4;
  for (const auto& s : streams)
    CHECK(s->line.read_until("\"offset\":" + std::to_string(all) + ",").ends_with(","));
}

TEST_CASE("one connection carries commands of sessions of both shards in turn") {
  running_node node{{"--threads.shards", "2"}};
  std::vector<std::unique_ptr<stream>> streams;
  std::set<bool> shards;
  while (shards.size() < 2) {
    REQUIRE(streams.size() < 64);
    streams.push_back(std::make_unique<stream>(node));
    shards.insert(streams.back()->on_second_shard());
  }
  client line{node.port()};
  for (int round = 0; round < 5; ++round)
    for (const auto& s : streams) {
      line.send(wire::post("/send", json{{"token", s->token}, {"action", "ping"}, {"id", round}}.dump()));
      const auto said = line.response();
      REQUIRE(said.status == 200);
      REQUIRE(json::parse(said.body)["id"] == round);
    }
}

TEST_CASE("a poll goes on where its cursor says, on any connection, with nothing lost and nothing twice") {
  constexpr int rounds = 24;
  running_node node{{"--threads.shards", "2", "--session.poll_hold", "5s"}};
  client first{node.port()};
  first.send(wire::get("/poll?channel=open:a"));
  auto body = json::parse(first.response().body); // at once, and empty: it has the cursor
  CHECK(body["messages"].empty());
  std::vector<int> heard;
  for (int i = 0; i <= rounds; ++i) {
    node.publish("open:a", i);
    const auto said = node.get("/poll?cursor=" + body["cursor"].get<std::string>()); // a new connection each time
    REQUIRE(said.status == 200);
    body = json::parse(said.body);
    for (const auto& m : body["messages"])
      heard.push_back(m["message"]);
    CHECK(body["gaps"].empty());
  }
  std::vector<int> expected(rounds + 1);
  for (int i = 0; i <= rounds; ++i)
    expected[static_cast<std::size_t>(i)] = i;
  CHECK(heard == expected);
}

TEST_CASE("polls of one user meet, whatever shards their connections came to") {
  running_node node{{"--threads.shards", "2"}};
  for (int i = 0; i < 16; ++i) {
    const auto user = "u" + std::to_string(i);
    client a{node.port()}, b{node.port()};
    a.send(wire::get("/poll?userId=" + user));
    b.send(wire::get("/poll?userId=" + user));
    REQUIRE(eventually([&] { return node.metric("polls_waiting") == 2; }));
    REQUIRE(node.post_json("/send", {{"userId", user}, {"message", i}}).status == 200);
    for (auto* c : {&a, &b})
      CHECK(json::parse(c->response().body)["messages"][0]["message"] == i);
    REQUIRE(eventually([&] { return node.metric("polls_waiting") == 0; }));
  }
}

// -- answers that cannot be written -------------------------------------------

TEST_CASE("a poll whose client has gone is dropped before anything is written to it") {
  running_node node;
  for (int i = 0; i < 20; ++i) {
    const auto user = "u" + std::to_string(i);
    client gone{node.port()};
    gone.send(wire::get("/poll?userId=" + user));
    REQUIRE(eventually([&] { return node.metric("polls_waiting") == 1; }));
    if (i % 2 == 0)
      gone.reset();
    else
      gone.finish_sending();
    REQUIRE(eventually([&] { return node.metric("polls_waiting") == 0; }));
    REQUIRE(node.post_json("/send", {{"userId", user}, {"message", i}}).status == 200);
    const auto body = json::parse(node.get("/poll?userId=" + user).body);
    REQUIRE(body["messages"].size() == 1);
    CHECK(body["messages"][0]["message"] == i);
  }
}

TEST_CASE("an answer that was not taken whole is told again") {
  constexpr int count = 16;
  running_node node;
  const std::string big(30'000, 'x');
  for (int i = 1; i <= count; ++i)
    node.post_json("/send", {{"userId", "u"}, {"message", {{"n", i}, {"text", big}}}});
  {
    client narrow{node.port(), "127.0.0.1", 2048, 536};
    narrow.send(wire::get("/poll?userId=u"));
    REQUIRE(narrow.readable_within(patience)); // the answer has begun
    narrow.reset();
  }
  std::vector<int> heard;
  while (heard.size() < count) { // in pages
    const auto body = json::parse(node.get("/poll?userId=u").body);
    for (const auto& m : body["messages"])
      heard.push_back(m["message"]["n"]);
  }
  CHECK(heard.front() == 1);
  CHECK(heard.size() == count);
  CHECK(std::is_sorted(heard.begin(), heard.end()));
}

TEST_CASE("clients that reset at any moment of their poll lose nothing that their cursor has not acknowledged") {
  constexpr int rounds = 40;
  running_node node{{"--threads.shards", "2"}};
  client first{node.port()};
  first.send(wire::get("/poll?channel=open:a"));
  const auto cursor = json::parse(first.response().body)["cursor"].get<std::string>();
  for (int i = 1; i <= rounds; ++i) {
    client c{node.port()};
    c.send(wire::get("/poll?cursor=" + cursor));
    if (i % 3 == 0)
      c.reset();
    node.publish("open:a", i);
    if (i % 3 == 1)
      c.reset(); // while it is being answered
    if (i % 3 == 2 && c.readable_within(patience))
      c.reset(); // answered, not read
  }
  const auto body = json::parse(node.get("/poll?cursor=" + cursor).body);
  REQUIRE(body["messages"].size() == rounds);
  for (int i = 1; i <= rounds; ++i)
    CHECK(body["messages"][static_cast<std::size_t>(i - 1)]["message"] == i);
  CHECK(node.stop() == 0);
}
