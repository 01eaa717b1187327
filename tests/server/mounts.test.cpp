// Raw mounts: plain messages to and fro, and what becomes of the clients of one that fails.

#include "tests/server/web_socket.hpp"

#include <catch2/catch.hpp>

using namespace troupe::server::test;
namespace wire = troupe::transports::test;

TEST_CASE("echo sends text and binary back as they came, whole or in fragments, up to 64 KiB") {
  running_node node;
  wire::websocket_client c{node.port(), "/echo"};
  c.send(wire::text_frame("hello"));
  CHECK(c.hear() == "text hello");
  c.send(wire::binary_frame(std::string{"\0\xff\x01", 3}));
  const auto bytes = c.frame();
  REQUIRE(bytes);
  CHECK(bytes->opcode == 2);
  CHECK(bytes->payload == std::string{"\0\xff\x01", 3});
  c.send(wire::text_frame(""));
  CHECK(c.hear() == "text");
  c.send(wire::client_frame{.first = 0x01, .payload = "frag"}.bytes() + wire::ping("between") +
             wire::client_frame{.first = 0x00, .payload = "men"}.bytes() +
             wire::client_frame{.first = 0x80, .payload = "ted"}.bytes(),
         3);
  CHECK(c.hear() == "pong between");
  CHECK(c.hear() == "text fragmented");
  const std::string big(64 * 1024, 'x');
  for (int i = 0; i < 20; ++i)
    c.send(wire::binary_frame(big));
  for (int i = 0; i < 20; ++i) {
    const auto f = c.frame();
    REQUIRE(f);
    CHECK(f->payload == big);
  }
  c.send(wire::binary_frame(big + "x"));
  CHECK(c.hear() == "close 1009");
}

TEST_CASE("closes of a mount's client are answered with their code, and a mount closes with its own") {
  running_node node{{}, odd_program()};
  for (const unsigned code : {1000u, 1001u, 3000u, 4999u}) {
    wire::websocket_client c{node.port(), "/fragile"};
    c.send(wire::close(code, "bye"));
    CHECK(c.hear() == "close " + std::to_string(code));
  }
  wire::websocket_client c{node.port(), "/fragile"};
  c.send(wire::text_frame("close 4100"));
  const auto f = c.frame();
  REQUIRE(f);
  CHECK(f->text() == "close 4100");
  CHECK(f->payload.substr(2) == "as you wish");
  CHECK(eventually([&] { return node.metric("raw_websockets") == 1; })); // until the client has answered
  c.send(wire::close(4100));
  CHECK(eventually([&] { return node.metric("raw_websockets") == 0; }));
}

TEST_CASE("a mount's hook that throws costs its client the connection and nobody else") {
  running_node node{{}, odd_program()};
  wire::websocket_client beside{node.port(), "/fragile"};
  for (int round = 0; round < 20; ++round) { // more than any restart intensity
    wire::websocket_client guilty{node.port(), "/fragile"};
    guilty.send(wire::text_frame("throw"));
    CHECK(guilty.hear() == "close 1011");
  }
  beside.send(wire::text_frame("close 1005")); // no code to send: refused
  CHECK(beside.hear() == "close 1011");
  CHECK(node.program().says("mount /fragile: on_message failed: it broke"));
  CHECK(node.program().says("not 1005"));
}

TEST_CASE("a mount whose object is replaced closes its clients with 1011, serves again, and nobody else notices") {
  running_node node{{}, odd_program()};
  web_socket member{node.port()};
  member.join("open:a");
  for (int round = 0; round < 2; ++round) {
    wire::websocket_client guilty{node.port(), "/fragile"}, beside{node.port(), "/fragile"};
    beside.send(wire::text_frame("x"));
    CHECK(beside.hear() == "text x");
    guilty.send(wire::text_frame("crash"));
    CHECK(guilty.hear() == "close 1011");
    CHECK(beside.hear() == "close 1011");
    CHECK(eventually([&] { // 503 while it is started anew
      client c{node.port()};
      c.send(wire::upgrade_request("/fragile"));
      return c.response().status == 101;
    }));
  }
  {
    wire::websocket_client again{node.port(), "/fragile"};
    again.send(wire::text_frame("back"));
    CHECK(again.hear() == "text back");
  }
  CHECK(member.ask({{"action", "ping"}})["type"] == "reply");
  CHECK(node.program().says("it is broken"));
  CHECK(node.stop() == 0);
}

TEST_CASE("one message of a mount may be longer than what a slow client may have waiting") {
  running_node node{{}, odd_program()};
  wire::websocket_client c{node.port(), "/fragile"};
  for (int i = 0; i < 3; ++i) {
    c.send(wire::text_frame("say 1000000"));
    const auto f = c.frame();
    REQUIRE(f);
    CHECK(f->payload.size() == 1000000);
  }
}

TEST_CASE("a handler that throws costs its caller an error and the log a line, and members stay") {
  running_node node{{}, odd_program()};
  web_socket a{node.port()}, b{node.port()};
  a.join("board:1");
  b.join("board:1");
  const auto said = a.ask({{"action", "call"}, {"channel", "board:1"}, {"event", "throw"}});
  CHECK(said["type"] == "error");
  CHECK(said["code"] == "internal");
  CHECK(said.dump().find("touched") == std::string::npos); // what went wrong inside is for the log
  CHECK(node.program().says("touched"));
  CHECK(a.ask({{"action", "call"}, {"channel", "board:1"}, {"event", "say"}, {"data", 7}})["type"] == "reply");
  CHECK(b.hear("broadcast")["data"] == 7);
}

TEST_CASE("a mount's client that does not read is not read either, and costs little") {
  running_node node;
  wire::websocket_client c{node.port(), "/echo", 2048, {}, 536};
  const auto frame = wire::binary_frame(std::string(32 * 1024, 'x'));
  std::string frames;
  for (int i = 0; i < 200; ++i)
    frames += frame;
  const auto before = node.resident_bytes();
  CHECK(c.line().send_until_stuck(frames) < frames.size());
  CHECK(node.metric("overflows") == 0);
  wire::websocket_client beside{node.port(), "/echo"};
  beside.send(wire::text_frame("hello"));
  CHECK(beside.hear() == "text hello");
  if (!sanitized) // AddressSanitizer keeps what was freed
    CHECK(node.resident_bytes() < before + (8u << 20));
}
