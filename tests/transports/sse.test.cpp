#include "tests/transports/running_server.hpp"

#include <catch2/catch.hpp>

namespace troupe::transports::test {

namespace {

connection& stream_of(running_server& server) { return server.handler().users.front()->line(); }

} // namespace

TEST_CASE("a stream begins with its header, without a length, and ends by closing") {
  running_server server;
  client c = server.connect();
  c.send(get("/stream"));
  const answer a = c.response();
  CHECK(a.status == 200);
  CHECK(a.headers.at("content-type") == "text/event-stream");
  CHECK(a.headers.at("connection") == "close");
  CHECK(!a.headers.contains("content-length"));
  CHECK(!a.headers.contains("transfer-encoding"));
  CHECK(c.read(13) == "data: hello\n\n");
  server.on_loop([&] {
    const chunk_ptr shared(new chunk);
    shared->bytes = "data: shared\n\n";
    stream_of(server).write({shared, shared->bytes});
    stream_of(server).ping();
    stream_of(server).close(protocol::close_code::going_away, "drain");
    stream_of(server).write_private("data: late\n\n");
    CHECK(!server.notes().has("closed"));
  });
  CHECK(c.read_to_end() == "data: shared\n\n: \n\n");
  CHECK(!c.was_reset());
  CHECK(server.notes().await("ping sent"));
  CHECK(server.notes().await("closed"));
  CHECK(server.notes().has("closed 1001"));
}

TEST_CASE("a stream whose client goes is closed, once") {
  running_server server;
  for (const bool with_reset : {false, true}) {
    client c = server.connect();
    c.send(get("/stream"));
    CHECK(c.response().status == 200);
    CHECK(c.read(13).size() == 13);
    if (with_reset)
      c.reset();
    else
      c.finish_sending();
    CHECK(server.notes().await("closed", with_reset ? 2 : 1));
  }
  CHECK(server.notes().count("closed") == 2);
}

TEST_CASE("a stream that is not read blocks, and is writable when it was read") {
  running_server server;
  client c(server.port(), "127.0.0.1", 4096);
  c.send(get("/stream"));
  CHECK(c.response().status == 200);
  std::size_t written = 13;
  const std::string event = "data: " + std::string(1000, 'x') + "\n\n";
  server.on_loop([&] {
    for (connection& line = stream_of(server); line.flush(); written += event.size())
      line.write_private(event);
    CHECK(stream_of(server).queued() > 0);
    CHECK(stream_of(server).kernel_backlog() > 0);
  });
  CHECK(c.read(written).size() == written);
  CHECK(server.notes().await("writable"));
}

TEST_CASE("bytes that a stream's client sends are read and mean nothing") {
  running_server server;
  client c = server.connect();
  c.send(get("/stream"));
  CHECK(c.response().status == 200);
  c.send(get("/echo") + std::string(100'000, 'x'));
  server.settle();
  CHECK(!server.notes().has("GET /echo"));
  server.on_loop([&] { stream_of(server).close(protocol::close_code::normal, {}); });
  CHECK(c.read_to_end() == "data: hello\n\n");
}

TEST_CASE("HEAD of a stream is its header and the end") {
  running_server server;
  client c = server.connect();
  c.send("HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(c.response(true).status == 200);
  CHECK(c.ended());
  CHECK(server.notes().await("closed"));
}

TEST_CASE("a stream that was aborted, and one whose user lets go") {
  running_server server;
  client aborted = server.connect();
  aborted.send(get("/stream"));
  CHECK(aborted.response().status == 200);
  CHECK(aborted.read(13).size() == 13);
  server.on_loop([&] { stream_of(server).abort(); });
  CHECK(aborted.ended());
  CHECK(aborted.was_reset());
  CHECK(server.notes().await("closed"));
  client left = server.connect();
  left.send(get("/stream"));
  CHECK(left.response().status == 200);
  CHECK(server.notes().await("opened", 2));
  server.on_loop([&] { server.handler().users.back()->line().set_user(nullptr); });
  CHECK(left.read_to_end() == "data: hello\n\n");
  CHECK(server.notes().count("closed") == 1);
}

} // namespace troupe::transports::test
