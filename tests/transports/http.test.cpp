#include "tests/transports/running_server.hpp"

#include <catch2/catch.hpp>

namespace troupe::transports::test {

TEST_CASE("a request is answered, and the connection serves the next one") {
  running_server server;
  client c = server.connect();
  for (int i = 0; i < 3; ++i) {
    c.send(post("/echo", "hello"));
    const answer a = c.response();
    CHECK(a.status == 200);
    CHECK(a.body == "POST /echo hello");
    CHECK(a.headers.at("connection") == "keep-alive");
    CHECK(a.headers.contains("date"));
  }
  CHECK(server.notes().await("written", 3));
  CHECK(server.gate().counted(transport_event::http_request) == 3);
  CHECK(server.gate().counted(transport_event::connection_accepted) == 1);
}

} // namespace troupe::transports::test
