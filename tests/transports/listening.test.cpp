#include "tests/transports/running_server.hpp"
#include "tests/transports/websocket_client.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>

namespace troupe::transports::test {

namespace {

config::settings with(std::size_t connections) {
  auto settings = running_server::loopback();
  settings.limits.connections = connections;
  return settings;
}

std::uint64_t accepted(running_server& server, std::size_t shards) {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < shards; ++i)
    all += server.handler(i).counted(transport_event::connection_accepted);
  return all;
}

} // namespace

TEST_CASE("past the limit of connections a client is told 503 and closed; a place that is free is given again") {
  running_server server(1, with(2));
  client a = server.connect();
  a.send(get("/echo"));
  CHECK(a.response().status == 200);
  websocket_client b(server.port());
  {
    client c = server.connect();
    c.send(get("/echo"));
    const answer full = c.response();
    CHECK(full.status == 503);
    CHECK(full.headers.at("retry-after") == "5");
    CHECK(full.body.starts_with("{\"error\":{\"code\":\"too_many_connections\""));
    CHECK(c.ended());
    CHECK(!c.was_reset());
  }
  {
    client stream = server.connect();
    stream.send(get("/stream", "Accept: text/event-stream\r\n"));
    CHECK(stream.ended()); // a status would end an EventSource for good
    CHECK(!stream.was_reset());
  }
  CHECK(server.handler().counted(transport_event::connection_refused_limit) == 2);
  a.finish_sending();
  CHECK(a.ended());
  client d = server.connect();
  d.send(get("/echo"));
  CHECK(d.response().status == 200);
}

TEST_CASE("more than the pace allows wait in the backlog, and nobody is refused") {
  auto settings = with(0);
  settings.limits.accepts_per_second = 100;
  running_server server(1, settings);
  std::vector<client> all;
  for (int i = 0; i < 30; ++i)
    all.push_back(server.connect());
  for (client& c : all)
    c.send(get("/echo"));
  for (client& c : all)
    CHECK(c.response().status == 200);
  CHECK(server.handler().counted(transport_event::connection_refused_limit) == 0);
  CHECK(server.handler().counted(transport_event::accepts_delayed) > 0);
}

TEST_CASE("the limit holds for all shards together, and a crowd of refused clients is not kept") {
  running_server server(2, with(4));
  std::vector<client> inside;
  for (int i = 0; i < 4; ++i) {
    inside.push_back(server.connect());
    inside.back().send(get("/echo"));
    CHECK(inside.back().response().status == 200);
  }
  std::vector<client> outside;
  for (int i = 0; i < 100; ++i)
    outside.push_back(server.connect());
  const auto refused = [&] {
    return server.handler(0).counted(transport_event::connection_refused_limit) +
           server.handler(1).counted(transport_event::connection_refused_limit);
  };
  for (std::size_t shard = 0; refused() < 100; shard = 1 - shard) // all are here before the first goes
    server.settle(shard);
  for (client& c : outside) {
    c.finish_sending();
    c.read_to_end(); // some would be told 503, the rest is just closed
  }
  CHECK(refused() == 100);
  CHECK(accepted(server, 2) <= 4 + 32);
}

TEST_CASE("all shards share the port that was chosen") {
  constexpr std::size_t shards = 4;
  running_server server(shards);
  CHECK(server.port() != 0);
  std::vector<client> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(server.connect());
    clients.back().send(get("/echo"));
    CHECK(clients.back().response().status == 200);
  }
  CHECK(accepted(server, shards) == 100);
  for (std::size_t i = 0; i < shards; ++i)
    CHECK(server.handler(i).counted(transport_event::connection_accepted) > 0);
}

TEST_CASE("a second instance on the same port is refused, unless sharing is asked for") {
  running_server first;
  auto settings = running_server::loopback();
  settings.listen.port = first.port();
  try {
    running_server second(1, settings);
    FAIL("it listens");
  } catch (const std::runtime_error& e) {
    CHECK(std::string(e.what()).find("in use by another process") != std::string::npos);
    CHECK(std::string(e.what()).find("127.0.0.1:" + std::to_string(first.port())) != std::string::npos);
  }
  settings.listen.shared = true;
  running_server third(1, settings);
  CHECK(third.port() == first.port());
}

TEST_CASE("a port with connections in TIME_WAIT is free") {
  auto settings = running_server::loopback();
  {
    running_server first;
    settings.listen.port = first.port();
    client c = first.connect();
    c.send(get("/echo", "Connection: close\r\n"));
    CHECK(c.response().status == 200); // the server closes first, and waits
    CHECK(c.ended());
  }
  running_server second(1, settings);
  CHECK(second.port() == settings.listen.port);
}

TEST_CASE("IPv6 addresses are listened on") {
  auto settings = running_server::loopback();
  settings.listen.address = "::1";
  std::unique_ptr<running_server> server;
  try {
    server = std::make_unique<running_server>(2, settings);
  } catch (const std::runtime_error&) {
    WARN("this machine has no IPv6");
    return;
  }
  client c(server->port(), "::1");
  c.send(get("/echo"));
  CHECK(c.response().status == 200);
  settings.listen.address = "::";
  running_server both(1, settings);
  client four(both.port());
  four.send(get("/echo"));
  CHECK(four.response().status == 200);
}

TEST_CASE("an address that is none is refused with a sentence") {
  auto settings = running_server::loopback();
  settings.listen.address = "localhost";
  CHECK_THROWS_WITH(running_server(1, settings), Catch::Contains("localhost is no IP address"));
}

TEST_CASE("the peer's address is handed to the gate, without a right") {
  running_server server;
  client c = server.connect();
  c.send(get("/hold"));
  REQUIRE(server.notes().await("held"));
  const std::string peer = server.on_loop([&] { return server.handler().held.front()->request().peer; });
  CHECK(peer == "127.0.0.1:" + std::to_string(c.local_port()));
}

// -- draining -----------------------------------------------------------------

TEST_CASE("who is in the backlog when listening stops is still served, later ones are not") {
  running_server server(2);
  std::vector<client> waiting;
  server.on(0, [&] {
    server.on(1, [&] { // both loops are here: nobody accepts
      for (int i = 0; i < 50; ++i)
        waiting.push_back(server.connect());
    });
  });
  server.stop_listening();
  CHECK_THROWS(server.connect());
  for (client& c : waiting) {
    c.send(get("/echo"));
    const answer a = c.response();
    CHECK(a.status == 200);
    CHECK(a.headers.at("connection") == "close");
    CHECK(c.ended());
  }
  server.stop_listening(); // a second time does no harm
}

TEST_CASE("closing idle connections leaves those that wait for something") {
  running_server server;
  client idle = server.connect();
  idle.send(get("/echo"));
  CHECK(idle.response().status == 200);
  client fresh = server.connect();
  client half = server.connect();
  half.send("GET /echo HT");
  client waiting = server.connect();
  waiting.send(get("/hold"));
  websocket_client talking(server.port());
  REQUIRE(server.notes().await("held"));
  server.stop_listening();
  server.get().close_idle();
  CHECK(idle.ended());
  CHECK(fresh.ended());
  CHECK(half.ended());
  server.on_loop([&] { server.handler().answer_held("late"); });
  const answer a = waiting.response();
  CHECK(a.body == "late");
  CHECK(a.headers.at("connection") == "close");
  CHECK(waiting.ended());
  talking.send(text_frame("still here"));
  CHECK(talking.hear() == "text still here");
}

TEST_CASE("a server that ends while its loops run closes everything and calls nobody") {
  running_server server(2);
  client held = server.connect();
  held.send(get("/hold?shard=1"));
  REQUIRE(server.notes(1).await("held"));
  websocket_client socket(server.port());
  client stream = server.connect();
  stream.send(get("/stream"));
  REQUIRE(server.notes().await("GET /stream"));
  server.end_server();
  CHECK(held.ended());
  CHECK(socket.hear_all().ends_with("reset"));
  stream.read_to_end();
  for (const std::size_t shard : {0, 1}) {
    server.settle(shard);
    CHECK(!server.notes(shard).has("closed"));
    CHECK(!server.notes(shard).has("abandoned"));
    server.on(shard, [&] { server.handler(shard).held.clear(); });
  }
}

TEST_CASE("the open-file limit is raised as far as it goes") {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  CHECK(raise_open_file_limit() >= limit.rlim_cur);
  rlimit raised{};
  ::getrlimit(RLIMIT_NOFILE, &raised);
  CHECK(raised.rlim_cur == limit.rlim_max);
}

#ifndef __SANITIZE_ADDRESS__ // UBSan opens a byte_stream of its own to look at objects
TEST_CASE("out of files the listener waits instead of spinning, and goes on when there are some") {
  running_server server;
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  client c = server.connect();
  c.send(get("/echo"));
  CHECK(c.response().status == 200);
  auto waiting = server.on_loop([&] {
    auto made = std::make_unique<client>(server.port()); // in the backlog: the loop is here
    const rlimit none_left{3, before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none_left);
    return made;
  });
  waiting->send(get("/echo"));
  server.settle();
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK(waiting->response().status == 200);
}
#endif

} // namespace troupe::transports::test
