#include "tests/transports/rfc6455_cases.hpp"
#include "tests/transports/running_server.hpp"
#include "tests/transports/websocket_client.hpp"

#include <catch2/catch.hpp>

namespace troupe::transports::test {

namespace {

constexpr std::size_t write_sizes[] = {1, 2, 3, 7, 16, SIZE_MAX};
constexpr std::size_t large = 20'000; // byte by byte these say nothing new

} // namespace

TEST_CASE("a WebSocket does what RFC 6455 says, however the client's bytes arrive") {
  running_server server;
  server.handler().message_bytes_max = conformance_message_max;
  const auto cases = conformance_cases();
  REQUIRE(cases.size() > 100);
  for (const auto& c : cases)
    for (const std::size_t step : write_sizes) {
      if (c.bytes.size() > large && step < 7 && step > 1)
        continue;
      CAPTURE(c.name, step);
      websocket_client client(server.port());
      client.send(c.stays ? c.bytes + close(1000) : c.bytes, step);
      client.line().finish_sending();
      CHECK(client.hear_all() == (c.stays ? c.hears + ", close 1000, end" : c.hears));
    }
}

TEST_CASE("rules that are broken are counted") {
  running_server server;
  server.handler().message_bytes_max = 10;
  websocket_client bad(server.port());
  bad.send(client_frame{.payload = "x", .masked = false}.bytes());
  CHECK(bad.hear_all() == "close 1002, end");
  CHECK(server.handler().counted(transport_event::ws_protocol_error) == 1);
  websocket_client large_one(server.port());
  large_one.send(text_frame("eleven byte"));
  CHECK(large_one.hear_all() == "close 1009, end");
  CHECK(server.handler().counted(transport_event::ws_too_large) == 1);
  CHECK(server.notes().await("closed", 2));
  CHECK(server.notes().has("closed 1002"));
  CHECK(server.notes().has("closed 1009"));
}

} // namespace troupe::transports::test
