// How long a response may take, and when a peer that says nothing is given up.
#include "tests/transports/running_server.hpp"
#include "tests/transports/websocket_client.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace troupe::transports::test {

namespace {

using std::chrono::milliseconds;

/// The server's end of `c`: both are in this process.
int server_end_of(const client& c) {
  for (int fd = 3; fd < 4096; ++fd) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (fd != c.fd() && ::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0 &&
        peer.sin_family == AF_INET && ntohs(peer.sin_port) == c.local_port())
      return fd;
  }
  return -1;
}

int option(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  ::getsockopt(fd, level, name, &value, &size);
  return value;
}

} // namespace

TEST_CASE("what the limits say about silent peers and unsent bytes reaches the kernel") {
  auto settings = running_server::loopback();
  settings.limits.peer_timeout = milliseconds{30'000};
  settings.limits.unsent_bytes = 32 * 1024;
  running_server server(1, settings);
  client c = server.connect();
  c.send(get("/echo"));
  REQUIRE(c.response().status == 200);
  const int fd = server_end_of(c);
  REQUIRE(fd >= 0);
  CHECK(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT) == 30'000);
  CHECK(option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT) == 32 * 1024);
  CHECK(option(fd, IPPROTO_TCP, TCP_KEEPIDLE) == 10);
  CHECK(option(fd, IPPROTO_TCP, TCP_KEEPINTVL) == 10);
  CHECK(option(fd, SOL_SOCKET, SO_KEEPALIVE) != 0);
  CHECK(option(fd, IPPROTO_TCP, TCP_NODELAY) != 0);
}

TEST_CASE("a stream whose peer's kernel takes nothing ends, though nobody looks at it") {
  auto settings = running_server::loopback();
  settings.limits.peer_timeout = milliseconds{1000};
  running_server server(1, settings);
  client c(server.port(), "127.0.0.1", 4096);
  c.send(get("/stream"));
  REQUIRE(server.notes().await("opened"));
  server.on_loop([&] {
    connection& line = server.handler().users.front()->line();
    while (line.flush())
      line.write_private(std::string(1000, 'x'));
  });
  CHECK(server.notes().await("closed")); // it never reads
}

TEST_CASE("a response is not cut off as long as its client keeps the least rate") {
  auto settings = running_server::loopback();
  settings.limits.response_window = milliseconds{100};
  settings.limits.response_rate = 0; // which the slowest client keeps
  settings.limits.request_timeout = milliseconds{150};
  running_server server(1, settings);
  client c(server.port(), "127.0.0.1", 4096);
  c.send(get("/large?bytes=2000000"));
  c.read_until("\r\n\r\n");
  for (int i = 0; i < 4; ++i)
    CHECK(server.connect().ended()); // each takes the whole time of a request: more than a window
  CHECK(c.read(2'000'000).size() == 2'000'000);
  CHECK(server.notes().await("written"));
  CHECK(server.handler().counted(transport_event::response_too_slow) == 0);
}

TEST_CASE("a response that waits for our own disk is not its client's fault") {
  struct slow_disk final : body_source {
    [[nodiscard]] std::uint64_t size() const override { return 4; }
    std::string read(std::size_t) override { return released.get_future().get(), "late"; }
    std::promise<void> released;
  };
  auto settings = running_server::loopback();
  settings.limits.response_window = milliseconds{100};
  settings.limits.request_timeout = milliseconds{150};
  const auto disk = std::make_shared<slow_disk>();
  running_server server(1, settings);
  client c = server.connect();
  c.send(get("/hold"));
  REQUIRE(server.notes().await("held"));
  server.on_loop([&] {
    http_response response{200, {}, "head"};
    response.rest = disk;
    server.handler().held.front()->respond(std::move(response),
                                           [&](bool written) { server.notes().note(written ? "written" : "not written"); });
  });
  for (int i = 0; i < 4; ++i)
    CHECK(server.connect().ended()); // each takes the whole time of a request: more than a window
  disk->released.set_value();
  CHECK(c.response().body == "headlate");
  CHECK(server.notes().await("written"));
  CHECK(server.handler().counted(transport_event::response_too_slow) == 0);
}

TEST_CASE("a response that its client does not take is cut off") {
  auto settings = running_server::loopback();
  settings.limits.response_window = milliseconds{100};
  running_server server(1, settings);
  client c(server.port(), "127.0.0.1", 4096);
  c.send(get("/large?bytes=20000000"));
  CHECK(server.notes().await("not written"));
  CHECK(server.handler().counted(transport_event::response_too_slow) == 1);
}

} // namespace troupe::transports::test
