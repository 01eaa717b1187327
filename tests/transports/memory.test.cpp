#include "tests/transports/running_server.hpp"
#include "tests/transports/websocket_client.hpp"

#include <catch2/catch.hpp>

#include <malloc.h>

namespace troupe::transports::test {

namespace {

constexpr std::size_t sockets = 400;
constexpr std::size_t bytes_max = 4096; // of a WebSocket that has nothing to say, all layers of this room

} // namespace

TEST_CASE("an idle WebSocket costs less than 4 KiB") {
  running_server server;
  std::vector<client> clients;
  clients.reserve(sockets + 1);
  const auto open_one = [&] {
    client c = server.connect();
    c.send(upgrade_request("/deaf"));
    CHECK(c.response().status == 101);
    // Once it has spoken, as every client that answers pings has.
    c.send(ping("x"));
    CHECK(c.read(3) == "\x8a\x01x");
    clients.push_back(std::move(c));
  };
  open_one();
  server.settle();
  const std::size_t before = mallinfo2().uordblks;
  for (std::size_t i = 0; i < sockets; ++i)
    open_one();
  server.settle();
  const std::size_t each = (mallinfo2().uordblks - before) / sockets;
  CAPTURE(each);
  CHECK(each <= bytes_max);
}

} // namespace troupe::transports::test
