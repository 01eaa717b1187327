#include "transports/http_upgrade.hpp"

#include <catch2/catch.hpp>

namespace troupe::transports::test {

namespace {

/// The status of a request with these headers; 101: it may become a WebSocket.
unsigned verdict(const std::string& request_line, const std::string& lines) {
  const auto v = parse_http_head(request_line + "\r\nHost: a\r\n" + lines + "\r\n");
  REQUIRE(std::holds_alternative<http_head>(v));
  const auto& head = std::get<http_head>(v);
  REQUIRE(asks_for_websocket(head));
  const auto refusal = check_websocket_upgrade(head);
  return refusal ? refusal->status : 101;
}

constexpr char line[] = "GET /ws HTTP/1.1";
constexpr char upgrade[] = "Upgrade: websocket\r\n";
constexpr char connection[] = "Connection: Upgrade\r\n";
constexpr char version[] = "Sec-WebSocket-Version: 13\r\n";
constexpr char key[] = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

} // namespace

TEST_CASE("an upgrade request is accepted only as RFC 6455 section 4.2.1 wants it") {
  const std::string good = std::string(upgrade) + connection + version + key;
  CHECK(verdict(line, good) == 101);
  CHECK(verdict("GET /ws HTTP/1.0", good) == 400);
  CHECK(verdict("POST /ws HTTP/1.1", good) == 400);
  CHECK(verdict(line, good + "Content-Length: 1\r\n") == 400);
  CHECK(verdict(line, good + "Content-Length: 0\r\n") == 101);
  CHECK(verdict(line, good + "Transfer-Encoding: chunked\r\n") == 400);
  CHECK(verdict(line, std::string(upgrade) + version + key) == 400);
  CHECK(verdict(line, std::string(upgrade) + "Connection: keep-alive, upgrade\r\n" + version + key) == 101);
  CHECK(verdict(line, std::string("Upgrade: h2c, WebSocket\r\n") + connection + version + key) == 101);
  CHECK(verdict(line, std::string(upgrade) + connection + key) == 426);
  CHECK(verdict(line, std::string(upgrade) + connection + "Sec-WebSocket-Version: 8\r\n" + key) == 426);
  CHECK(verdict(line, good + version) == 426); // twice
  CHECK(verdict(line, std::string(upgrade) + connection + version) == 400);
  CHECK(verdict(line, good + key) == 400); // twice
  for (const char* bad : {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=x",
                          "dGhlIHNhbXBsZSBub25jZSE=", "????????????????????????"}) {
    CAPTURE(bad);
    CHECK(verdict(line, std::string(upgrade) + connection + version + "Sec-WebSocket-Key: " + bad + "\r\n") == 400);
  }
}

TEST_CASE("only an Upgrade header that names websocket asks for one") {
  const auto v = parse_http_head("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n");
  CHECK(!asks_for_websocket(std::get<http_head>(v)));
}

} // namespace troupe::transports::test
