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
  CHECK(server.handler().counted(transport_event::http_request) == 3);
  CHECK(server.handler().counted(transport_event::connection_accepted) == 1);
}

TEST_CASE("a request may arrive byte by byte") {
  running_server server;
  for (const std::size_t step : {1, 2, 3, 7, 16, 31}) {
    CAPTURE(step);
    client c = server.connect();
    c.send(post("/echo", "hello") + post("/later?x=y", "chunk"), step);
    CHECK(c.response().body == "POST /echo hello");
    CHECK(c.response().body == "POST /later chunk");
  }
}

TEST_CASE("a chunked body is handed over whole") {
  running_server server;
  client c = server.connect();
  c.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
         "5\r\nhello\r\n7;x=y\r\n, world\r\n0\r\n\r\n");
  CHECK(c.response().body == "POST /echo hello, world");
}

TEST_CASE("pipelined requests are answered in order, also if the first one takes longer") {
  running_server server;
  client c = server.connect();
  std::string all = get("/hold");
  for (int i = 0; i < 50; ++i)
    all += get("/echo/" + std::to_string(i)) + post("/later/" + std::to_string(i), "b");
  c.send(all);
  REQUIRE(server.notes().await("held"));
  CHECK(!server.notes().has("GET /echo/0"));
  server.on_loop([&] { server.handler().answer_held("first"); });
  CHECK(c.response().body == "first");
  for (int i = 0; i < 50; ++i) {
    CHECK(c.response().body == "GET /echo/" + std::to_string(i) + " ");
    CHECK(c.response().body == "POST /later/" + std::to_string(i) + " b");
  }
}

TEST_CASE("what is pipelined behind a waiting request stays in the kernel, but for a bounded part") {
  running_server server;
  client c = server.connect();
  c.send(get("/hold"));
  REQUIRE(server.notes().await("held"));
  std::string many;
  std::size_t n = 0;
  for (; many.size() < 200'000; ++n)
    many += post("/echo", std::string(1000, 'x'));
  c.send(many);
  server.settle();
  CHECK(server.handler().counted(transport_event::bytes_in) < 64 * 1024);
  server.on_loop([&] { server.handler().answer_held("first"); });
  CHECK(c.response().body == "first");
  for (std::size_t i = 0; i < n; ++i)
    REQUIRE(c.response().status == 200);
}

TEST_CASE("a long request line passes beside a browser's fields, and so do many cookies") {
  running_server server;
  client c = server.connect();
  const std::string fields = "User-Agent: " + std::string(120, 'u') + "\r\nAccept: */*\r\nAccept-Language: de,en;q=0.5\r\n" +
                             "Referer: http://h/" + std::string(300, 'r') + "\r\nCookie: " + std::string(4000, 'c') + "\r\n";
  c.send(get("/" + std::string(7990, 't'), fields));
  CHECK(c.response().status == 200);
  c.send(get("/echo", "Cookie: " + std::string(8119, 'c') + "\r\n"));
  CHECK(c.response().status == 200);
}

TEST_CASE("a whole request is answered though its client has finished sending") {
  running_server server;
  for (const std::string path : {"/echo", "/later"}) {
    CAPTURE(path);
    client c = server.connect();
    server.on_loop([&] { // both arrive at once
      c.send(post(path, "hello"));
      c.finish_sending();
    });
    const answer a = c.response();
    CHECK(a.status == 200);
    CHECK(a.body == "POST " + path + " hello");
    CHECK(c.ended());
    CHECK(!c.was_reset());
  }
}

TEST_CASE("pipelined requests are all answered though their client has finished sending") {
  running_server server;
  client c = server.connect();
  server.on_loop([&] {
    c.send(get("/later") + get("/echo") + post("/later", "b") + "GET /half");
    c.finish_sending();
  });
  CHECK(c.response().body == "GET /later ");
  CHECK(c.response().body == "GET /echo ");
  CHECK(c.response().body == "POST /later b");
  CHECK(c.ended());
  CHECK(!c.was_reset());
}

TEST_CASE("an exchange can be hung up without an answer") {
  running_server server;
  client c = server.connect();
  c.send(get("/hold"));
  REQUIRE(server.notes().await("held"));
  server.on_loop([&] {
    const auto exchange = server.handler().held.front();
    exchange->hang_up();
    exchange->respond({200, {}, "too late", {}});
  });
  CHECK(c.ended());
  CHECK(!c.was_reset());
  c.finish_sending();
  CHECK(server.handler().await(transport_event::connection_closed, 1));
}

TEST_CASE("HEAD is answered with the header of GET") {
  running_server server;
  client c = server.connect();
  c.send("HEAD /echo HTTP/1.1\r\nHost: h\r\n\r\n" + get("/echo"));
  const answer head = c.response(true);
  CHECK(head.headers.at("content-length") == "11");
  CHECK(c.response().body == "GET /echo ");
}

TEST_CASE("a connection is closed after the answer if the client or its version says so") {
  running_server server;
  for (const std::string& request :
       {get("/echo", "Connection: close\r\n"), std::string("GET /echo HTTP/1.0\r\n\r\n")}) {
    client c = server.connect();
    c.send(request + get("/never"));
    const answer a = c.response();
    CHECK(a.status == 200);
    CHECK(a.headers.at("connection") == "close");
    CHECK(c.ended());
    CHECK(!c.was_reset());
  }
  CHECK(!server.notes().has("GET /never"));
  client old = server.connect();
  old.send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(old.response().headers.at("connection") == "keep-alive");
  old.send(get("/echo"));
  CHECK(old.response().status == 200);
}

TEST_CASE("a client that waits for a 100 gets it before it sends its body") {
  running_server server;
  client c = server.connect();
  c.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  CHECK(c.response().status == 100);
  c.send("hello");
  CHECK(c.response().body == "POST /echo hello");
  c.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 70000\r\nExpect: 100-continue\r\n\r\n");
  CHECK(c.response().status == 413); // instead of a 100
  CHECK(c.ended());
}

TEST_CASE("an exchange that nobody answers, or whose handler throws, is answered 500") {
  running_server server;
  client c = server.connect();
  c.send(get("/drop") + get("/throw") + get("/echo"));
  CHECK(c.response().status == 500);
  const answer a = c.response();
  CHECK(a.status == 500);
  CHECK(a.headers.at("content-type") == "application/json");
  CHECK(a.body.starts_with("{\"error\":{\"code\":\"internal\""));
  CHECK(c.response().status == 200);
}

TEST_CASE("an exchange is answered once") {
  running_server server;
  client c = server.connect();
  c.send(get("/hold"));
  REQUIRE(server.notes().await("held"));
  server.on_loop([&] {
    const auto exchange = server.handler().held.front();
    server.handler().answer_held("first");
    exchange->respond({200, {}, "second"}, [&](bool) { server.notes().note("told twice"); });
    exchange->stream({})->write_private("third");
  });
  CHECK(c.response().body == "first");
  c.send(get("/echo"));
  CHECK(c.response().body == "GET /echo ");
  CHECK(!server.notes().has("told twice"));
}

TEST_CASE("a response that the kernel took is told before anything else can come in") {
  running_server server;
  client c = server.connect();
  c.send(get("/hold"));
  REQUIRE(server.notes().await("held"));
  bool told = false;
  server.on_loop([&] {
    server.handler().answer_held("now");
    told = server.notes().has("written");
  });
  CHECK(told);
  CHECK(c.response().body == "now");
}

TEST_CASE("done is told once the kernel has taken a large response") {
  running_server server;
  client c(server.port(), "127.0.0.1", 4096);
  c.send(get("/large?bytes=20000000"));
  CHECK(c.read_until("\r\n\r\n").starts_with("HTTP/1.1 200"));
  server.settle();
  CHECK(!server.notes().has("written"));
  CHECK(c.read(20'000'000).size() == 20'000'000);
  CHECK(server.notes().await("written"));
}

TEST_CASE("done hears false if the client goes before it has all") {
  running_server server;
  client c(server.port(), "127.0.0.1", 4096);
  c.send(get("/large?bytes=20000000"));
  CHECK(c.read_until("\r\n\r\n").starts_with("HTTP/1.1 200"));
  c.reset();
  CHECK(server.notes().await("not written"));
  CHECK(!server.notes().has("written"));
}

} // namespace troupe::transports::test
