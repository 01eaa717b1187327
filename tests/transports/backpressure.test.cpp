#include "protocol/wire_forms/frame.hpp"
#include "tests/transports/running_server.hpp"
#include "tests/transports/websocket_client.hpp"
#include "transports/outbox_stream.hpp"

#include <catch2/catch.hpp>

namespace troupe::transports::test {

namespace {

constexpr int small_buffer = 4096; // of the client's kernel
constexpr std::size_t message = 1024;

std::string large_frame() {
  std::string frame;
  protocol::append_frame(frame, protocol::opcode::binary, message, [](std::string& out) { out.append(message, 'x'); });
  return frame;
}

} // namespace

TEST_CASE("a client that never reads grows nothing but what is written to it, and is heard of when it reads") {
  running_server server;
  websocket_client c(server.port(), "/deaf", small_buffer);
  const std::string frame = large_frame();
  std::size_t written = 0;
  server.on_loop([&] {
    connection& line = server.handler().users.front()->line();
    while (line.flush()) { // a session stops here
      line.write_private(frame);
      ++written;
      REQUIRE(written < 100'000);
    }
    const std::size_t queued = line.queued();
    CHECK(queued > 0);
    CHECK(queued <= frame.size());
    CHECK(line.kernel_backlog() > 0);
    line.write_private(frame);
    ++written;
    CHECK(line.queued() == queued + frame.size());
    CHECK(!line.flush());
  });
  server.settle();
  CHECK(!server.notes().has("writable"));
  for (std::size_t i = 0; i < written; ++i)
    REQUIRE(c.hear() == "binary [1024]");
  CHECK(server.notes().await("writable"));
  server.on_loop([&] {
    connection& line = server.handler().users.front()->line();
    CHECK(line.queued() == 0);
    line.write_private(frame);
    CHECK(line.flush());
  });
  CHECK(c.hear() == "binary [1024]");
}

TEST_CASE("the kernel's backlog gets less while the peer reads") {
  running_server server;
  websocket_client c(server.port(), "/deaf", small_buffer);
  const std::string frame = large_frame();
  const auto backlog = [&] {
    return server.on_loop([&] { return server.handler().users.front()->line().kernel_backlog(); });
  };
  std::size_t written = 0;
  server.on_loop([&] {
    for (connection& line = server.handler().users.front()->line(); line.flush(); ++written)
      line.write_private(frame);
  });
  const std::size_t before = backlog();
  for (std::size_t i = 0; i < written; ++i)
    REQUIRE(c.hear() == "binary [1024]");
  CHECK(backlog() < before);
}

TEST_CASE("a flood of pings that reads no pongs is no longer read, and goes on once it reads") {
  running_server server;
  websocket_client c(server.port(), "/ws", small_buffer);
  const std::string one = ping(std::string(125, 'p'));
  std::string flood;
  while (flood.size() < 50'000'000)
    flood += one;
  const std::size_t sent = c.line().send_until_stuck(flood);
  REQUIRE(sent < flood.size());
  CHECK(server.on_loop([&] { return server.handler().users.front()->line().queued(); }) <= outbox_stream::held_bytes + 127);
  const std::size_t whole = sent / one.size();
  for (std::size_t i = 0; i < whole; ++i)
    REQUIRE(c.hear() == "pong [125]");
  c.send(flood.substr(sent, (whole + 1) * one.size() - sent));
  if (sent % one.size() != 0)
    CHECK(c.hear() == "pong [125]");
  else
    c.hear();
  c.send(text_frame("still here"));
  CHECK(c.hear() == "text still here");
}

TEST_CASE("one client that floods does not keep others waiting") {
  running_server server;
  websocket_client noisy(server.port(), "/deaf");
  websocket_client quiet(server.port(), "/ws");
  std::string flood;
  while (flood.size() < 8'000'000)
    flood += text_frame("noise");
  noisy.line().send_until_stuck(flood.substr(0, 4'000'000));
  quiet.send(text_frame("hello"));
  CHECK(quiet.hear() == "text hello");
}

} // namespace troupe::transports::test
