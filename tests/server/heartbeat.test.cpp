// Who is dead, and who is only slow.

#include "tests/server/web_socket.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace troupe::server::test;
namespace wire = troupe::transports::test;

namespace {

const std::vector<std::string> quick{"--heartbeat.interval", "300ms", "--heartbeat.timeout", "200ms"};

} // namespace

TEST_CASE("a peer that answers no ping is closed with 4001 and counted no more") {
  auto settings = quick;
  settings.insert(settings.end(), {"--session.resume_window", "300ms"});
  running_node node{settings};
  wire::websocket_client dead{node.port()};
  CHECK(dead.hear().starts_with("text")); // welcome
  CHECK(dead.hear().starts_with("text")); // subscribed
  CHECK(node.metric("connections") == 1);
  CHECK(dead.hear() == "ping");
  CHECK(dead.hear() == "close 4001");
  CHECK(eventually([&] { return node.metric("connections") == 0; }));
  CHECK(node.metric("heartbeats_lost") == 1);
  CHECK(eventually([&] { return node.members("lobby") == 0; }));
}

TEST_CASE("a peer that answers pings stays, and so does one that talks") {
  running_node node{{"--heartbeat.interval", "1s", "--heartbeat.timeout", "1s"}}; // time to answer on a busy machine
  web_socket answers{node.port()};
  wire::websocket_client talks{node.port()};
  std::atomic<bool> over{false};
  std::thread talking([&] {
    while (!over) {
      talks.send(wire::pong()); // any bytes are a sign of life
      breathe();
    }
  });
  for (int pings = 0; pings < 3; ++pings) {
    const auto frame = answers.line().frame();
    CHECK((frame && frame->opcode == 9));
    if (frame)
      answers.line().send(wire::pong(frame->payload));
  }
  over = true;
  talking.join();
  CHECK(node.metric("connections") == 2);
  CHECK(node.metric("heartbeats_lost") == 0);
}

TEST_CASE("a dead peer of a raw mount is closed with 4001, too") {
  running_node node{quick};
  wire::websocket_client dead{node.port(), "/echo"};
  CHECK(dead.hear() == "ping");
  CHECK(dead.hear() == "close 4001");
  dead.send(wire::close(4001));
  CHECK(eventually([&] { return node.metric("connections") == 0; }));
}

TEST_CASE("a slow reader is not taken for dead while it drains") {
  running_node node{quick};
  web_socket slow{node.port(), as_json, "/ws", 2048, 536};
  slow.join("open:a");
  const std::string big(4096, 'x');
  constexpr int count = 200; // 800 KiB: they fit the log, and not the kernel's buffers
  {
    web_socket speaker{node.port()};
    for (int i = 0; i < count; ++i)
      speaker.say({{"action", "publish"}, {"channel", "open:a"}, {"data", big}});
    speaker.ask({{"action", "publish"}, {"channel", "open:b"}});
  }
  // 2 KiB at a time, for many times the timeout; its pong comes when it has read the ping.
  const auto began = std::chrono::steady_clock::now();
  int heard = 0;
  while (heard < count) {
    const auto m = slow.try_hear();
    REQUIRE(m);
    heard += (*m)["type"] == "broadcast";
    breathe();
  }
  CHECK(std::chrono::steady_clock::now() - began > 1500ms);
  CHECK(node.metric("heartbeats_lost") == 0);
}

TEST_CASE("a reader that is always behind a busy channel is told of gaps, and not taken for dead") {
  running_node node{quick};
  web_socket slow{node.port(), as_json, "/ws", 2048, 536};
  slow.join("open:a");
  web_socket speaker{node.port()};
  const std::string big(8 * 1024, 'x');
  const auto until = std::chrono::steady_clock::now() + 3s;
  bool told = false;
  while (std::chrono::steady_clock::now() < until) {
    for (int i = 0; i < 20; ++i)
      speaker.say({{"action", "publish"}, {"channel", "open:a"}, {"data", big}});
    speaker.ask({{"action", "ping"}});
    const auto m = slow.try_hear(); // one message for twenty
    REQUIRE(m);
    told = told || (*m)["type"] == "gap";
    breathe();
  }
  CHECK(node.metric("heartbeats_lost") == 0);
  while (!told)
    told = slow.hear()["type"] == "gap";
}

TEST_CASE("a silent event stream gets comments") {
  running_node node{{"--heartbeat.sse_comment", "200ms"}};
  client line{node.port()};
  line.send(wire::get("/events"));
  REQUIRE(line.response().status == 200);
  for (int i = 0; i < 3; ++i)
    CHECK_FALSE(line.read_until("\n:").empty());
}
