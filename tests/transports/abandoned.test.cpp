#include "tests/transports/running_server.hpp"

#include <catch2/catch.hpp>

namespace troupe::transports::test {

TEST_CASE("a request whose client closes while it waits is abandoned, and nothing is written") {
  running_server server;
  client c = server.connect();
  c.send(get("/hold"));
  REQUIRE(server.notes().await("held"));
  const auto before = server.handler().counted(transport_event::bytes_out);
  SECTION("with a FIN") {
    c.finish_sending();
    CHECK(server.notes().await("abandoned"));
    server.on_loop([&] { server.handler().answer_held("too late"); });
    CHECK(c.read_to_end().empty());
  }
  SECTION("with a reset") {
    c.reset();
    CHECK(server.notes().await("abandoned"));
    server.on_loop([&] { server.handler().answer_held("too late"); });
  }
  SECTION("with a FIN behind another request") {
    c.send(get("/echo"));
    c.finish_sending();
    CHECK(server.notes().await("abandoned"));
    server.on_loop([&] { server.handler().answer_held("too late"); });
    CHECK(!server.notes().has("GET /echo"));
  }
  CHECK(server.notes().await("not written"));
  CHECK(server.handler().counted(transport_event::bytes_out) == before);
  CHECK(server.notes().count("abandoned") == 1);
  CHECK(!server.notes().has("written"));
}

TEST_CASE("a client that has gone is noticed at the moment of answering, before the loop knows") {
  running_server server;
  client c = server.connect();
  c.send(get("/hold"));
  REQUIRE(server.notes().await("held"));
  const auto before = server.handler().counted(transport_event::bytes_out);
  server.on_loop([&] {
    c.finish_sending(); // the loop is here and cannot see it
    server.handler().answer_held("too late");
  });
  CHECK(server.notes().await("not written"));
  CHECK(server.handler().counted(transport_event::bytes_out) == before);
  CHECK(c.read_to_end().empty());
}

TEST_CASE("a client behind many pipelined requests is noticed when it is answered") {
  running_server server;
  client c = server.connect();
  c.send(get("/hold"));
  REQUIRE(server.notes().await("held"));
  std::string many;
  while (many.size() < 100'000)
    many += get("/echo");
  c.send(many);
  c.finish_sending();
  server.settle();
  server.on_loop([&] { server.handler().answer_held("too late"); });
  CHECK(server.notes().await("not written"));
  CHECK(!server.notes().has("GET /echo"));
}

TEST_CASE("who asks later whether the client has gone is told so, too") {
  running_server server;
  client c = server.connect();
  c.send(get("/hold"));
  REQUIRE(server.notes().await("held"));
  c.reset();
  REQUIRE(server.notes().await("abandoned"));
  server.on_loop([&] {
    server.handler().held.front()->on_abandoned([&] { server.notes().note("told later"); });
    CHECK(!server.notes().has("told later"));
  });
  CHECK(server.notes().await("told later"));
}

TEST_CASE("who asks whether the client has gone, and answers before hearing it, is not told") {
  running_server server;
  client c = server.connect();
  c.send(get("/hold"));
  REQUIRE(server.notes().await("held"));
  c.reset();
  REQUIRE(server.notes().await("abandoned"));
  server.on_loop([&] {
    server.handler().held.front()->on_abandoned([&] { server.notes().note("told later"); });
    server.handler().answer_held("too late");
  });
  CHECK(server.notes().await("not written"));
  server.settle();
  CHECK(!server.notes().has("told later"));
}

TEST_CASE("requests that wait and are cut off for the sake of others are abandoned, each once") {
  auto settings = running_server::loopback();
  settings.limits.transfer_bytes = 64 * 1024;
  running_server server(1, settings);
  std::vector<client> all;
  for (int i = 0; i < 10; ++i) {
    all.push_back(server.connect());
    all.back().send(get("/hold") + post("/echo", std::string(12'000, 'x'))); // what comes behind it is held
  }
  REQUIRE(server.notes().await("held", all.size()));
  REQUIRE(server.handler().await(transport_event::transfer_cut_off, 1));
  server.settle();
  const auto cut_off = server.handler().counted(transport_event::transfer_cut_off);
  CHECK(cut_off < all.size());
  CHECK(server.notes().await("abandoned", cut_off));
  server.on_loop([&] {
    while (!server.handler().held.empty())
      server.handler().answer_held("late or too late");
  });
  CHECK(server.notes().await("not written", cut_off));
  server.settle();
  CHECK(server.notes().count("not written") == cut_off);
  CHECK(server.notes().count("abandoned") == cut_off);
  std::size_t answered = 0;
  for (auto& c : all)
    answered += c.response().status == 200 ? 1 : 0;
  CHECK(answered == all.size() - cut_off);
}

TEST_CASE("a stream for a client that is found to have gone at that moment leaves no connection behind") {
  running_server server;
  client c = server.connect();
  c.send(get("/hold"));
  REQUIRE(server.notes().await("held"));
  server.on_loop([&] {
    c.finish_sending(); // the loop is here and cannot see it
    auto opened = server.handler().held.front()->stream({});
    server.handler().users.push_back(std::make_unique<scripted_user>(server.notes(), opened, false));
    opened->set_user(server.handler().users.back().get());
  });
  CHECK(server.notes().await("closed"));
  CHECK(c.ended());
  CHECK(server.handler().await(transport_event::connection_closed, 1));
}

TEST_CASE("a stream that is opened for a client that has gone ends at once") {
  running_server server;
  client c = server.connect();
  c.send(get("/hold"));
  REQUIRE(server.notes().await("held"));
  c.reset();
  REQUIRE(server.notes().await("abandoned"));
  server.on_loop([&] {
    auto opened = server.handler().held.front()->stream({});
    REQUIRE(opened);
    server.handler().users.push_back(std::make_unique<scripted_user>(server.notes(), opened, false));
    opened->set_user(server.handler().users.back().get());
    CHECK(!server.notes().has("closed"));
  });
  CHECK(server.notes().await("closed"));
}

} // namespace troupe::transports::test
