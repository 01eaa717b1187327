#include "tests/transports/running_server.hpp"
#include "tests/transports/websocket_client.hpp"

#include <catch2/catch.hpp>

namespace troupe::transports::test {

namespace {

constexpr std::size_t shards = 3;

} // namespace

TEST_CASE("a request is served by the shard it belongs to, and those behind it wherever they belong") {
  running_server server(shards);
  client c = server.connect();
  std::string all;
  for (int i = 0; i < 30; ++i)
    all += post("/echo/" + std::to_string(i) + "?shard=" + std::to_string(i % 3), "b");
  c.send(all);
  for (int i = 0; i < 30; ++i)
    CHECK(c.response().body == "POST /echo/" + std::to_string(i) + " b");
  for (int i = 0; i < 30; ++i)
    CHECK(server.notes(static_cast<std::size_t>(i % 3)).has("POST /echo/" + std::to_string(i)));
  std::uint64_t accepted = 0, requests = 0;
  for (std::size_t i = 0; i < shards; ++i) {
    accepted += server.handler(i).counted(transport_event::connection_accepted);
    requests += server.handler(i).counted(transport_event::http_request);
  }
  CHECK(accepted == 1);
  CHECK(requests == 30);
}

TEST_CASE("an upgrade moves with the bytes behind it") {
  running_server server(shards);
  for (std::size_t shard = 0; shard < shards; ++shard) {
    client c = server.connect();
    c.send(upgrade_request("/ws?shard=" + std::to_string(shard)) + text_frame("early"));
    CHECK(c.response().status == 101);
    CHECK(c.read(7) == "\x81\x05"
                       "early");
    CHECK(server.notes(shard).await("opened"));
  }
}

TEST_CASE("a request that waits on another shard is abandoned there") {
  running_server server(shards);
  for (std::size_t shard = 0; shard < shards; ++shard) {
    client c = server.connect();
    c.send(get("/hold?shard=" + std::to_string(shard)));
    REQUIRE(server.notes(shard).await("held"));
    c.finish_sending();
    CHECK(server.notes(shard).await("abandoned"));
    CHECK(c.ended());
  }
}

TEST_CASE("a shard that is none stays where it is") {
  running_server server(2);
  client c = server.connect();
  c.send(get("/echo?shard=7"));
  CHECK(c.response().status == 200);
}

TEST_CASE("sockets on the way when the server ends are closed") {
  auto server = std::make_unique<running_server>(2);
  std::vector<client> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(server->connect());
    clients.back().send(get("/hold?shard=" + std::to_string(i % 2)));
  }
  server = nullptr;
  for (client& c : clients)
    CHECK(c.read_to_end().empty());
}

} // namespace troupe::transports::test
