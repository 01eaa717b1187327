#include "tests/transports/running_server.hpp"
#include "tests/transports/websocket_client.hpp"

#include <catch2/catch.hpp>

namespace troupe::transports::test {

namespace {

std::string header_flood() {
  std::string lines;
  for (int i = 0; i < 101; ++i)
    lines += "X-" + std::to_string(i) + ": y\r\n";
  return get("/echo", lines);
}

config::settings impatient() {
  auto settings = running_server::loopback();
  settings.limits.request_timeout = std::chrono::milliseconds{50};
  settings.limits.keep_alive_timeout = std::chrono::milliseconds{60};
  return settings;
}

} // namespace

TEST_CASE("requests that smuggle, flood or make no sense are answered with an error and the end") {
  const std::string start = "POST /echo HTTP/1.1\r\nHost: h\r\n";
  const std::string coding = "Transfer-Encoding: chunked\r\n";
  const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::tuple<const char*, std::string, unsigned> cases[] = {
      {"two lengths", start + "Content-Length: 5\r\nContent-Length: 0\r\n\r\n" + smuggled, 400},
      {"the same length twice", start + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc" + smuggled, 400},
      {"a list of lengths", start + "Content-Length: 3, 3\r\n\r\nabc" + smuggled, 400},
      {"a coding and a length", start + coding + "Content-Length: 5\r\n\r\n0\r\n\r\n" + smuggled, 400},
      {"a length and a coding", start + "Content-Length: 5\r\n" + coding + "\r\n0\r\n\r\n" + smuggled, 400},
      {"an unknown coding", start + "Transfer-Encoding: gzip\r\n\r\n" + smuggled, 501},
      {"a coding behind a space", start + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + smuggled, 400},
      {"a coding with a tail", start + "Transfer-Encoding: chunked;x\r\n\r\n0\r\n\r\n" + smuggled, 501},
      {"no Host", "GET /echo HTTP/1.1\r\n\r\n" + smuggled, 400},
      {"two Hosts", "GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + smuggled, 400},
      {"HTTP/0.9", "GET /echo\r\n" + smuggled, 400},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"TLS", std::string("\x16\x03\x01\x02\x00\x01\x00", 7), 400},
      {"bare line feeds", "GET /echo HTTP/1.1\nHost: h\n\n" + smuggled, 400},
      {"a folded line", "GET /echo HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n" + smuggled, 400},
      {"a NUL", std::string("GET /echo HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n", 40) + smuggled, 400},
      {"too many headers", header_flood(), 431},
      {"a huge header", get("/echo", "X: " + std::string(17'000, 'x') + "\r\n"), 431},
      {"a huge target", get("/" + std::string(17'000, 'x')), 431},
      {"a header without end", "GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x'), 431},
      {"a large body", post("/echo", std::string(70'000, 'x')), 413},
      {"a large chunk", start + "Transfer-Encoding: chunked\r\n\r\n20000\r\n" + std::string(0x20000, 'x'), 413},
      {"a bad chunk", start + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n" + smuggled, 400},
      {"a bad target", get("echo"), 400},
      {"a bad escape", get("/%zz"), 400},
      {"an unknown expectation", get("/echo", "Expect: miracles\r\n"), 417},
      {"an upgrade over HTTP/1.0",
       "GET /ws HTTP/1.0\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
       "Sec-WebSocket-Version: 13\r\n"
       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
       400},
      {"an upgrade with a body", upgrade_request("/ws", "Content-Length: 5\r\n") + "hello", 400},
      {"an upgrade without a key",
       get("/ws", "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Version: 13\r\n"),
       400},
      {"an upgrade to another version",
       get("/ws", "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  "Sec-WebSocket-Version: 8\r\n"),
       426},
  };
  running_server server;
  std::uint64_t refused = 0;
  for (const auto& [name, bytes, status] : cases)
    for (const std::size_t step : {std::size_t{5}, SIZE_MAX}) {
      CAPTURE(name, step);
      client c = server.connect();
      c.send(bytes, step);
      answer a = c.response();
      CHECK(a.status == status);
      CHECK(a.headers["connection"] == (status == 426 ? "close, Upgrade" : "close"));
      CHECK(a.body.starts_with("{\"error\":{\"code\":\""));
      if (status == 426) {
        CHECK(a.headers["upgrade"] == "websocket");
        CHECK(a.headers["sec-websocket-version"] == "13");
      }
      CHECK(c.ended());
      CHECK(!c.was_reset());
      CHECK(server.handler().counted(transport_event::http_bad_request) == ++refused);
    }
  CHECK(server.handler().counted(transport_event::ws_bad_handshake) == 8);
  CHECK(!server.notes().has("GET /smuggled"));
  CHECK(server.notes().last_with("").empty()); // the handler was asked nothing
}

TEST_CASE("a request that does not arrive in time is answered 408") {
  running_server server(1, impatient());
  for (const char* part :
       {"G", "GET /echo HTTP/1.1\r\nHost: h\r\n", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhell"}) {
    CAPTURE(part);
    client c = server.connect();
    c.send(part);
    CHECK(c.response().status == 408);
    CHECK(c.ended());
  }
  CHECK(server.handler().counted(transport_event::http_timeout) == 3);
}

TEST_CASE("a client that trickles gets no more time than one that waits") {
  running_server server(1, impatient());
  client c = server.connect();
  c.send("GET / HTTP/1.1\r\nX: ");
  int bytes = 0;
  for (; bytes < 1000 && !c.readable_within(std::chrono::milliseconds{5}); ++bytes)
    c.send("x");
  CHECK(bytes < 1000);
  CHECK(c.response().status == 408);
}

TEST_CASE("a client that never says anything is closed without a word, and so is one that has nothing more to say") {
  running_server server(1, impatient());
  client silent = server.connect();
  CHECK(silent.ended());
  CHECK(server.handler().counted(transport_event::http_timeout) == 1);
  client idle = server.connect();
  idle.send(get("/echo"));
  CHECK(idle.response().status == 200);
  CHECK(idle.ended());
  CHECK(!idle.was_reset());
  CHECK(server.handler().counted(transport_event::http_timeout) == 1);
}

TEST_CASE("a request that waits for its answer has all the time it needs") {
  running_server server(1, impatient());
  client waiting = server.connect();
  waiting.send(get("/hold"));
  REQUIRE(server.notes().await("held"));
  for (int i = 0; i < 3; ++i)
    CHECK(server.connect().ended()); // each takes the whole time of a request
  server.on_loop([&] { server.handler().answer_held("late"); });
  CHECK(waiting.response().body == "late");
}

TEST_CASE("the gate refuses an upgrade with a response") {
  running_server server;
  client c = server.connect();
  c.send(upgrade_request("/no"));
  CHECK(c.response().status == 403);
  c.send(upgrade_request("/throw"));
  CHECK(c.response().status == 500);
  c.send(upgrade_request("/ws"));
  CHECK(c.response().status == 101);
}

} // namespace troupe::transports::test
