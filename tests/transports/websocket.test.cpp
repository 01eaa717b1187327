#include "tests/transports/running_server.hpp"
#include "tests/transports/websocket_client.hpp"

#include <catch2/catch.hpp>

namespace troupe::transports::test {

TEST_CASE("the handshake answers the key of RFC 6455 and picks the subprotocol") {
  running_server server;
  client c = server.connect();
  c.send(upgrade_request("/ws", "Sec-WebSocket-Protocol: troupe.v1.json, other\r\n"));
  const answer a = c.response();
  CHECK(a.status == 101);
  CHECK(a.headers.at("sec-websocket-accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK(a.headers.at("sec-websocket-protocol") == "troupe.v1.json");
  CHECK(a.headers.at("upgrade") == "websocket");
  CHECK(!a.headers.contains("sec-websocket-extensions"));
}

TEST_CASE("frames that come with the handshake are heard") {
  running_server server;
  client c = server.connect();
  c.send(upgrade_request() + text_frame("early") + ping("bird"));
  CHECK(c.response().status == 101);
  CHECK(c.read(7) == "\x81\x05" "early");
  CHECK(c.read(6) == "\x8a\x04" "bird");
}

TEST_CASE("messages are echoed until the client closes") {
  running_server server;
  websocket_client c(server.port());
  c.send(text_frame("hello") + binary_frame(std::string(1000, 'b')));
  CHECK(c.hear() == "text hello");
  CHECK(c.hear() == "binary [1000]");
  c.send(close(1000, "bye"));
  CHECK(c.hear_all() == "close 1000, end");
  CHECK(server.notes().await("closed"));
  CHECK(server.notes().has("closed 1000"));
  CHECK(server.notes().has("reason bye"));
}

} // namespace troupe::transports::test
