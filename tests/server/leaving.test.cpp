// SIGTERM under traffic: everybody is told, and what was acknowledged has arrived.

#include "tests/server/listeners.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <set>
#include <thread>

using namespace troupe::server::test;
namespace wire = troupe::transports::test;

namespace {

/// Publishes with ids until the node ends; remembers what was acknowledged.
struct busy_publisher {
  explicit busy_publisher(std::uint16_t port, int from) : socket(port), next(from) {}

  void run() {
    while (true) {
      socket.say({{"action", "publish"}, {"channel", "open:a"}, {"data", next}, {"id", next}});
      for (;;) {
        const auto m = socket.try_hear();
        if (!m) {
          ending = socket.end();
          return;
        }
        if (m->value("id", json{}) != next)
          continue;
        if ((*m)["type"] == "reply")
          acknowledged.insert(next);
        else
          refused.insert((*m)["code"].get<std::string>());
        break;
      }
      ++next;
    }
  }

  web_socket socket;
  int next;
  std::set<int> acknowledged;
  std::set<std::string> refused; // their codes
  std::string ending;
};

void check_drain(std::size_t shards) {
  running_node node{{"--threads.shards", std::to_string(shards)}};
  auto readers = everywhere(node, "open:a", shards, 2);
  wire::websocket_client raw{node.port(), "/echo"};
  raw.send(wire::text_frame("x"));
  REQUIRE(raw.hear() == "text x");
  std::vector<std::unique_ptr<busy_publisher>> speakers;
  for (int i = 0; i < 3; ++i)
    speakers.push_back(std::make_unique<busy_publisher>(node.port(), (i + 1) * 1'000'000));
  std::vector<std::vector<heard>> all(readers.size());
  std::vector<std::thread> threads;
  std::string raw_ending;
  threads.emplace_back([&] {
    raw_ending = raw.hear();
    raw.send(wire::close(1001));
  });
  for (auto& s : speakers)
    threads.emplace_back([&s] { s->run(); });
  for (std::size_t i = 0; i < readers.size(); ++i)
    threads.emplace_back([&, i] { all[i] = readers[i]->hear_all(); });
  REQUIRE(eventually([&] { return node.metric("publications") > 200 * shards; }));
  const auto began = std::chrono::steady_clock::now();
  const int status = node.stop();
  const auto took = std::chrono::steady_clock::now() - began;
  for (auto& t : threads)
    t.join();
  INFO(node.program().err());
  CHECK(status == 0);
  CHECK(took < 30s);
  CHECK(raw_ending == "close 1001");
  std::set<int> acknowledged;
  for (const auto& s : speakers) {
    CHECK(s->ending == "close 1001");
    for (const auto& code : s->refused)
      CHECK(code == "unavailable");
    acknowledged.insert(s->acknowledged.begin(), s->acknowledged.end());
  }
  CHECK(acknowledged.size() > 50);
  for (std::size_t i = 0; i < readers.size(); ++i) {
    INFO(readers[i]->kind);
    std::set<int> got;
    for (const auto& h : all[i])
      got.insert(h.data.get<int>());
    CHECK(got.size() == all[i].size());
    CHECK(in_order(all[i]));
    std::size_t lost = 0;
    for (const int n : acknowledged)
      lost += got.count(n) == 0;
    CHECK(lost == 0);
    const auto ending = readers[i]->ending();
    if (readers[i]->kind.starts_with("WebSocket"))
      CHECK(ending == "close 1001");
    else if (readers[i]->kind == "poll")
      CHECK((ending == "503" || ending == "0"));
    else
      CHECK(ending == "end");
  }
}

} // namespace

TEST_CASE("SIGTERM under traffic tells everybody and loses nothing that was acknowledged") { check_drain(2); }

TEST_CASE("SIGTERM under traffic loses nothing on a single shard") { check_drain(1); }

TEST_CASE("a leaving node tells clients when to come back, and is not ready while it drains") {
  running_node node{{"--drain.pace", "10", "--drain.deadline", "20s"}}; // one client in 100 ms
  std::vector<std::unique_ptr<web_socket>> clients;
  for (int i = 0; i < 20; ++i)
    clients.push_back(std::make_unique<web_socket>(node.port()));
  std::vector<client> monitors; // opened before: a leaving node takes no connections, and closes after an answer
  for (int i = 0; i < 3; ++i)
    monitors.emplace_back(node.port());
  const auto ask = [](client& by, std::string_view target) {
    by.send(wire::get(target));
    return by.response().status;
  };
  for (auto& m : monitors)
    CHECK(ask(m, "/readyz") == 200);
  node.program().signal(SIGTERM);
  REQUIRE(node.program().says("draining"));
  CHECK(ask(monitors[0], "/readyz") == 503);
  CHECK(ask(monitors[1], "/healthz") == 200);
  CHECK(ask(monitors[2], "/poll?channel=open:a") == 503);
  for (const auto& c : clients) {
    const auto m = c->hear("closing");
    CHECK(m["reason"] == "drain");
    CHECK(m["retry_after"].get<int>() >= 0);
    CHECK(m["retry_after"].get<int>() <= 2000);
    CHECK(c->end() == "close 1001");
  }
  CHECK(node.program().status() == 0);
  CHECK_THROWS(client{node.port()});
}

TEST_CASE("connections that wait in the backlog and idle ones are closed when a node leaves") {
  running_node node;
  client idle{node.port()}, half{node.port()};
  half.send("GET / HT");
  idle.send(wire::get("/healthz"));
  CHECK(idle.response().status == 200);
  CHECK(node.stop() == 0);
  CHECK(idle.ended());
  half.read_to_end(); // whatever it says, it ends
}

TEST_CASE("a second SIGTERM within a second is ignored, a later one ends the node at once") {
  running_node node{{"--drain.pace", "10", "--drain.deadline", "25s"}};
  std::vector<std::unique_ptr<web_socket>> clients;
  for (int i = 0; i < 40; ++i) // four seconds and more to leave
    clients.push_back(std::make_unique<web_socket>(node.port()));
  const auto began = std::chrono::steady_clock::now();
  node.program().signal(SIGTERM);
  REQUIRE(node.program().says("draining"));
  node.program().signal(SIGTERM);
  REQUIRE_FALSE(node.program().status_within(1100ms)); // still draining
  node.program().signal(SIGTERM);
  CHECK(node.program().status_within(1s) == 128 + SIGTERM);
  CHECK(std::chrono::steady_clock::now() - began < 4s);
}

TEST_CASE("SIGINT stops as SIGTERM does") {
  running_node node;
  web_socket s{node.port()};
  node.program().signal(SIGINT);
  CHECK(s.end() == "close 1001");
  CHECK(node.program().status() == 0);
}

// -- the application's own threads and actors ---------------------------------

TEST_CASE("SIGTERM drains a program that had threads before it ran its node") {
  running_node node{{"--drain.deadline", "10s"}, odd_program()};
  web_socket s{node.port()};
  for (int i = 0; i < 3; ++i) // the kernel chooses whom it comes to
    node.program().signal(SIGTERM);
  CHECK(s.end() == "close 1001");
  CHECK(node.program().status() == 0);
}

TEST_CASE("actors that a channel has spawned end with the node; one that is deaf to it is named and killed") {
  running_node node{{"--drain.deadline", "20s"}, odd_program()};
  web_socket s{node.port()};
  s.join("family");
  REQUIRE(s.ask({{"action", "call"}, {"channel", "family"}, {"event", "spawn"}})["type"] == "reply");
  REQUIRE(s.ask({{"action", "call"}, {"channel", "family"}, {"event", "deaf"}})["type"] == "reply");
  CHECK(node.stop() == 0);
  const auto said = node.program().err();
  INFO(said);
  CHECK(said.find("still there: actor deaf, spawned by family: killed") != std::string::npos);
  CHECK(said.find("stopping took longer") == std::string::npos);
}

// -- a handler that never returns ---------------------------------------------

TEST_CASE("a stuck handler is named when the deadline is over, and the node ends with 70") {
  running_node node{{"--drain.deadline", "2s", "--threads.workers", "2"}, odd_program()};
  web_socket s{node.port()};
  s.join("room:7");
  s.say({{"action", "call"}, {"channel", "room:7"}, {"event", "stick"}, {"id", "x"}});
  REQUIRE(node.program().says("sticks"));
  web_socket other{node.port()};
  const auto began = std::chrono::steady_clock::now();
  CHECK(node.stop() == 70);
  CHECK(std::chrono::steady_clock::now() - began < 8s);
  INFO(node.program().err());
  CHECK(node.program().err().find("stopping took longer than drain.deadline") != std::string::npos);
  CHECK(node.program().err().find("room:7") != std::string::npos);
  CHECK(other.end() == "close 1001");
}

TEST_CASE("handlers that are stuck on every worker are named, too") {
  running_node node{{"--drain.deadline", "2s", "--threads.workers", "1"}, odd_program()};
  web_socket s{node.port()};
  s.join("room:7");
  s.say({{"action", "call"}, {"channel", "room:7"}, {"event", "stick"}, {"id", "x"}});
  REQUIRE(node.program().says("sticks"));
  CHECK(node.stop() == 70);
  INFO(node.program().err());
  CHECK(node.program().err().find("room:7") != std::string::npos);
}
