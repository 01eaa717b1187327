#include "protocol/wire_forms/frame.hpp"
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
  CHECK(c.read(7) == "\x81\x05"
                     "early");
  CHECK(c.read(6) == "\x8a\x04"
                     "bird");
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

TEST_CASE("an upgrade that is accepted later is a WebSocket from then on, and what came meanwhile is heard") {
  running_server server;
  client c = server.connect();
  c.send(upgrade_request("/ws-later"));
  REQUIRE(server.notes().await("held"));
  c.send(text_frame("early"));
  server.settle();
  server.on_loop([&] { server.handler().accept_held(); });
  CHECK(c.response().status == 101);
  CHECK(c.read(7) == "\x81\x05"
                     "early");
  c.send(ping("bird"));
  CHECK(c.read(6) == "\x8a\x04"
                     "bird");
}

TEST_CASE("an upgrade whose client goes before it is accepted is abandoned, and no WebSocket begins") {
  running_server server;
  {
    client c = server.connect();
    c.send(upgrade_request("/ws-later"));
    REQUIRE(server.notes().await("held"));
  }
  REQUIRE(server.notes().await("abandoned"));
  server.on_loop([&] { server.handler().accept_held(); });
  CHECK(server.notes().has("no web socket"));
  CHECK(server.handler().await(transport_event::connection_closed, 1));
}

// -- reading ------------------------------------------------------------------

TEST_CASE("while reading is paused no message comes, and then each comes once, in order") {
  running_server server;
  websocket_client c(server.port(), "/ws");
  server.on_loop([&] { server.handler().users.front()->pauses = true; });
  c.send(text_frame("1") + text_frame("22") + binary_frame("333") + text_frame("4444"));
  for (const char* heard : {"text 1", "text 22", "binary 333", "text 4444"}) {
    CHECK(c.hear() == heard);
    server.settle();
    CHECK(!c.line().readable_within(std::chrono::milliseconds{0}));
    server.on_loop([&] { server.handler().users.front()->line().read(true); });
  }
}

TEST_CASE("while reading is paused the peer's bytes stay in the kernel") {
  running_server server;
  websocket_client c(server.port(), "/ws");
  server.on_loop([&] { server.handler().users.front()->line().read(false); });
  const std::string message = binary_frame(std::string(60'000, 'x'));
  std::string flood;
  for (int i = 0; i < 400; ++i)
    flood += message;
  const std::size_t sent = c.line().send_until_stuck(flood);
  CHECK(sent < flood.size());
  CHECK(server.handler().counted(transport_event::bytes_in) < 4096);
  server.on_loop([&] { server.handler().users.front()->line().read(true); });
  for (std::size_t i = 0; i < sent / message.size(); ++i)
    REQUIRE(c.hear() == "binary [60000]");
}

TEST_CASE("bytes of any kind tell that the peer lives") {
  running_server server;
  websocket_client c(server.port(), "/deaf");
  c.send(pong("nobody asked") + ping("x"));
  CHECK(c.hear() == "pong x");
  CHECK(server.on_loop([&] { return server.handler().users.front()->activity; }) >= 1);
}

// -- writing ------------------------------------------------------------------

TEST_CASE("a ping is told once the kernel has it") {
  running_server server;
  websocket_client c(server.port(), "/deaf");
  server.on_loop([&] {
    server.handler().users.front()->line().ping();
    CHECK(!server.notes().has("ping sent"));
  });
  CHECK(c.hear() == "ping");
  CHECK(server.notes().await("ping sent"));
  c.send(pong());
  server.on_loop([&] {
    connection& line = server.handler().users.front()->line();
    line.ping();
    CHECK(line.flush()); // takes it, but tells later
    CHECK(server.notes().count("ping sent") == 1);
  });
  CHECK(server.notes().await("ping sent", 2));
}

TEST_CASE("a ping behind bytes that the peer does not read is not told before they are taken") {
  running_server server;
  websocket_client c(server.port(), "/deaf", 4096);
  const std::size_t size = 20'000'000;
  server.on_loop([&] {
    std::string frame;
    protocol::append_frame(frame, protocol::opcode::binary, size, [&](std::string& out) { out.append(size, 'x'); });
    connection& line = server.handler().users.front()->line();
    line.write_private(frame);
    line.ping();
    CHECK(!line.flush());
  });
  server.settle();
  CHECK(!server.notes().has("ping sent"));
  CHECK(c.hear() == "binary [20000000]");
  CHECK(c.hear() == "ping");
  CHECK(server.notes().await("ping sent"));
}

TEST_CASE("shared slices and private frames arrive in the order of writing") {
  running_server server;
  websocket_client c(server.port(), "/deaf");
  server.on_loop([&] {
    connection& line = server.handler().users.front()->line();
    const chunk_ptr shared(new chunk);
    shared->bytes = "\x81\x01"
                    "a"
                    "\x81\x01"
                    "b";
    line.write({shared, std::string_view(shared->bytes).substr(0, 3)});
    line.write_private("\x81\x01"
                       "p");
    line.write({shared, std::string_view(shared->bytes).substr(3)});
    CHECK(line.queued() == 9);
    CHECK(line.flush());
    CHECK(line.queued() == 0);
  });
  CHECK(c.hear() == "text a");
  CHECK(c.hear() == "text p");
  CHECK(c.hear() == "text b");
}

// -- ending -------------------------------------------------------------------

TEST_CASE("what is queued before a close arrives, and nothing after it") {
  running_server server;
  websocket_client c(server.port(), "/deaf");
  server.on_loop([&] {
    connection& line = server.handler().users.front()->line();
    for (int i = 0; i < 2000; ++i)
      line.write_private("\x81\x01"
                         "x");
    line.close(protocol::close_code::going_away, "drain");
    line.write_private("\x81\x01"
                       "y");
    line.ping();
    line.close(protocol::close_code::normal, "again");
    CHECK(!server.notes().has("closed"));
  });
  for (int i = 0; i < 2000; ++i)
    REQUIRE(c.hear() == "text x");
  const auto last = c.frame();
  REQUIRE(last);
  CHECK(last->text() == "close 1001");
  CHECK(last->payload.substr(2) == "drain");
  c.send(text_frame("ignored") + ping("ignored") + close(1001));
  CHECK(c.hear() == "end");
  CHECK(server.notes().await("closed"));
  CHECK(server.notes().has("closed 1001"));
  CHECK(server.notes().count("closed") == 1);
  CHECK(!server.notes().has("message 7"));
}

TEST_CASE("a close is answered also while reading is paused") {
  running_server server;
  websocket_client c(server.port(), "/deaf");
  server.on_loop([&] {
    server.handler().users.front()->line().read(false);
    server.handler().users.front()->line().close(protocol::close_code::kicked, {});
  });
  CHECK(c.hear() == "close 4003");
  c.send(close(4003));
  CHECK(c.hear() == "end");
  CHECK(server.notes().await("closed 4003"));
}

TEST_CASE("both sides may close at the same time") {
  running_server server;
  websocket_client c(server.port(), "/deaf");
  server.on_loop([&] {
    c.send(close(1000, "client"));
    server.handler().users.front()->line().close(protocol::close_code::going_away, "server");
  });
  CHECK(c.hear_all() == "close 1001, end");
  CHECK(server.notes().await("closed"));
  CHECK(server.notes().has("closed 1001"));
}

TEST_CASE("a connection that was aborted is reset, and its user told") {
  running_server server;
  websocket_client c(server.port(), "/deaf");
  server.on_loop([&] {
    connection& line = server.handler().users.front()->line();
    line.abort();
    CHECK(!server.notes().has("closed"));
    line.write_private("x");
    line.ping();
    CHECK(!line.flush());
    line.close(protocol::close_code::normal, {});
    line.read(false);
    line.read(true);
    line.abort();
  });
  CHECK(c.hear() == "reset");
  CHECK(server.notes().await("closed"));
  server.settle();
  CHECK(server.notes().count("closed") == 1);
}

TEST_CASE("a client that just goes is told as no close at all") {
  running_server server;
  {
    websocket_client c(server.port(), "/deaf");
    c.send(text_frame("half").substr(0, 4));
  }
  CHECK(server.notes().await("closed"));
  CHECK(server.notes().has("closed 0"));
}

TEST_CASE("a handler that throws closes its connection with 1011, and no other") {
  running_server server;
  websocket_client c(server.port(), "/ws");
  server.on_loop([&] { server.handler().users.front()->throws = true; });
  c.send(text_frame("a") + text_frame("b"));
  CHECK(c.hear() == "close 1011");
  c.send(close(1011));
  CHECK(c.hear() == "end");
  CHECK(server.notes().await("closed 1011"));
  CHECK(server.notes().count("message 1") == 1);
  websocket_client other(server.port(), "/ws");
  other.send(text_frame("fine"));
  CHECK(other.hear() == "text fine");
  client late = server.connect();
  late.send(upgrade_request("/throw-late"));
  CHECK(late.ended());
  CHECK(late.was_reset());
}

TEST_CASE("a connection whose user lets go writes what it has and closes") {
  running_server server;
  websocket_client c(server.port(), "/deaf");
  server.on_loop([&] {
    connection& line = server.handler().users.front()->line();
    line.write_private("\x81\x01"
                       "x");
    line.set_user(nullptr);
  });
  CHECK(c.hear() == "text x");
  CHECK(c.hear() == "close 1000");
  c.send(close(1000));
  CHECK(c.hear() == "end");
  server.settle();
  CHECK(!server.notes().has("closed"));
}

TEST_CASE("a user who is set after the end hears of it") {
  running_server server;
  websocket_client c(server.port(), "/deaf");
  server.on_loop([&] {
    auto& users = server.handler().users;
    users.front()->line().set_user(nullptr);
    users.front()->line().abort();
    users.front()->line().set_user(users.front().get());
    CHECK(!server.notes().has("closed"));
  });
  CHECK(server.notes().await("closed"));
}

TEST_CASE("peers that do not take an end are reset when the closing time is over") {
  running_server server;
  websocket_client unanswered(server.port(), "/deaf");
  websocket_client not_taken(server.port(), "/abandoned");
  client unread(server.port(), "127.0.0.1", 4096);
  unread.send(get("/large?bytes=20000000"));
  client lingering = server.connect();
  lingering.send(get("/echo", "Connection: close\r\n"));
  CHECK(lingering.response().status == 200);
  server.on_loop([&] { server.handler().users.front()->line().close(protocol::close_code::going_away, {}); });
  CHECK(unanswered.hear_all() == "close 1001, reset");
  CHECK(not_taken.hear() == "reset");
  CHECK(server.notes().await("closed 1001"));
  CHECK(server.notes().await("not written"));
  CHECK(server.handler().await(transport_event::connection_closed, 4));
}

} // namespace troupe::transports::test
