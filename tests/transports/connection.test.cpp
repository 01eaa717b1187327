// What connection.hpp promises, of every kind of connection. A new transport is one more line in `kinds`.
#include "tests/transports/running_server.hpp"
#include "tests/transports/websocket_client.hpp"

#include <catch2/catch.hpp>

namespace troupe::transports::test {

namespace {

struct kind {
  const char* name;
  std::string request;
  std::string beginning; ///< what the client reads before anything is written
};

const kind kinds[] = {
    {"WebSocket", upgrade_request("/deaf"), ""},
    {"event stream", get("/stream"), "data: hello\n\n"},
};

/// One open connection and its client.
struct bench {
  explicit bench(const kind& k, int receive_buffer = 0) : c(server.port(), "127.0.0.1", receive_buffer) {
    c.send(k.request);
    c.read_until("\r\n\r\n");
    c.read(k.beginning.size());
    REQUIRE(server.notes().await("opened"));
    server.settle(); // what follows an opening is over, too
  }

  /// Runs `work` on the loop; the user hears nothing before it is over.
  template <class Work>
  void quietly(Work work) {
    server.on_loop([&] {
      diary& notes = server.notes();
      const std::size_t before = notes.size();
      work(server.handler().users.front()->line());
      CHECK(notes.size() == before);
    });
  }

  running_server server;
  client c;
};

// Three bytes that are a whole for each kind: a frame, and a line that means nothing.
constexpr std::string_view part = "\x81\x01x";

} // namespace

TEST_CASE("every connection keeps the order of shared and private bytes, and sends nothing before a flush") {
  for (const kind& k : kinds) {
    CAPTURE(k.name);
    bench b(k);
    b.quietly([&](connection& line) {
      const chunk_ptr shared(new chunk);
      shared->bytes = "111222";
      line.write({shared, std::string_view(shared->bytes).substr(0, 3)});
      line.write_private("abc");
      line.write({shared, std::string_view(shared->bytes).substr(3)});
      CHECK(line.queued() == 9);
    });
    b.server.settle();
    CHECK(!b.c.readable_within(std::chrono::milliseconds{0}));
    b.quietly([&](connection& line) {
      CHECK(line.flush());
      CHECK(line.queued() == 0);
    });
    CHECK(b.c.read(9) == "111abc222");
  }
}

TEST_CASE("every connection says that it is full, and once that it is writable") {
  for (const kind& k : kinds) {
    CAPTURE(k.name);
    bench b(k, 4096);
    const std::string bytes(1000, 'x');
    std::size_t written = 0;
    b.quietly([&](connection& line) {
      for (; line.flush(); written += bytes.size())
        line.write_private(bytes);
      CHECK(line.queued() > 0);
      CHECK(!line.flush());
    });
    CHECK(b.c.read(written).size() == written);
    CHECK(b.server.notes().await("writable"));
    b.server.settle();
    CHECK(b.server.notes().count("writable") == 1);
  }
}

TEST_CASE("every connection tells of its ping, but not from within a call") {
  for (const kind& k : kinds) {
    CAPTURE(k.name);
    bench b(k);
    b.quietly([](connection& line) {
      line.ping();
      line.flush();
    });
    CHECK(b.server.notes().await("ping sent"));
    CHECK(b.server.notes().count("ping sent") == 1);
  }
}

TEST_CASE("every connection writes what is queued before it closes, and nothing after") {
  for (const kind& k : kinds) {
    CAPTURE(k.name);
    bench b(k);
    b.quietly([](connection& line) {
      for (int i = 0; i < 100; ++i)
        line.write_private(part);
      line.close(protocol::close_code::going_away, "drain");
      line.write_private(part);
      line.ping();
      line.close(protocol::close_code::normal, {});
    });
    for (int i = 0; i < 100; ++i)
      REQUIRE(b.c.read(3) == part);
    b.c.send(close(1001));
    b.c.finish_sending();
    CHECK(b.c.read_to_end().find(part) == std::string::npos);
    CHECK(!b.c.was_reset());
    CHECK(b.server.notes().await("closed"));
    CHECK(b.server.notes().has("closed 1001"));
    CHECK(b.server.notes().has("reason drain"));
    b.server.settle();
    CHECK(b.server.notes().count("closed") == 1);
  }
}

TEST_CASE("every connection ends at once when it is aborted, tells so once, and then takes any call") {
  for (const kind& k : kinds) {
    CAPTURE(k.name);
    bench b(k);
    const auto all = [](connection& line) {
      line.write_private(part);
      line.write({});
      line.ping();
      CHECK(!line.flush());
      CHECK(line.queued() == 0);
      CHECK(line.kernel_backlog() == 0);
      line.read(false);
      line.read(true);
      line.close(protocol::close_code::normal, {});
      line.abort();
    };
    b.quietly([&](connection& line) {
      line.abort();
      all(line);
    });
    CHECK(b.c.ended());
    CHECK(b.c.was_reset());
    CHECK(b.server.notes().await("closed"));
    b.quietly(all);
    b.server.settle();
    CHECK(b.server.notes().count("closed") == 1);
  }
}

TEST_CASE("every connection calls nobody after its user has let go, and ends by itself") {
  for (const kind& k : kinds) {
    CAPTURE(k.name);
    bench b(k);
    b.quietly([](connection& line) {
      line.write_private(part);
      line.set_user(nullptr);
    });
    b.server.on_loop([&] { b.server.handler().users.front()->let_go(); });
    CHECK(b.c.read(3) == part);
    b.c.send(close(1000));
    b.c.finish_sending();
    b.c.read_to_end();
    CHECK(b.server.handler().await(transport_event::connection_closed, 1));
    b.server.settle();
    CHECK(!b.server.notes().has("closed"));
  }
}

TEST_CASE("every connection tells a user who comes after its end") {
  for (const kind& k : kinds) {
    CAPTURE(k.name);
    bench b(k);
    b.c.reset();
    REQUIRE(b.server.notes().await("closed"));
    b.quietly([&](connection& line) { line.set_user(b.server.handler().users.front().get()); });
    CHECK(b.server.notes().await("closed", 2));
  }
}

} // namespace troupe::transports::test
