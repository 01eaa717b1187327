// Routes of a program's own, over a socket.

#include "tests/embedding/embedded.hpp"

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace troupe::embedding_test {

TEST_CASE("a program's routes are served beside the node's, at once and by a thread of the program's") {
  std::vector<std::thread> threads;
  {
    node at{quiet()};
    at.route("GET", "/hello/{name}", [](const http_call& c) -> http_result {
      return http_reply::text("hello, " + std::string{c.parameter("name")});
    });
    at.route("POST", "/length", [&](const http_call& c) -> http_result {
      const auto promise = c.promise_answer();
      threads.emplace_back([promise, size = c.body().size()] { promise.answer(http_reply::json(payload::of(size))); });
      return later(promise);
    });
    at.start();
    CHECK(ask(at, "/hello/ada%20b").body == "hello, ada b");
    CHECK(ask(at, "/healthz").body == "ok\n");
    transports::test::client c{at.port()};
    c.send(transports::test::post("/length", "seven b"));
    CHECK(c.response().body == "7");
    c.send("HEAD /hello/ada HTTP/1.1\r\nHost: localhost\r\n\r\n"); // the same connection
    const auto head = c.response(true);
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK_THROWS_AS(at.route("GET", "/new", [](const http_call&) -> http_result { return http_reply{}; }), std::logic_error);
  }
  for (auto& t : threads)
    t.join();
}

TEST_CASE("routes and mounts keep off each other's paths, and off the node's") {
  struct quiet_mount : raw_mount {
    void on_open(session_id) override {}
    void on_message(session_id, std::string_view, bool) override {}
  };
  const auto handler = [](const http_call&) -> http_result { return http_reply{}; };
  node at{quiet()};
  at.mount<quiet_mount>("/echo");
  CHECK_THROWS_AS(at.route("GET", "/echo", handler), std::invalid_argument);
  CHECK_THROWS_AS(at.route("GET", "/api/mine", handler), std::invalid_argument);
  at.route("GET", "/mine", handler);
  CHECK_THROWS_AS(at.mount<quiet_mount>("/mine"), std::invalid_argument);
}

} // namespace troupe::embedding_test
