#include "tests/transports/failing_stream.hpp"
#include "tests/transports/rfc6455_cases.hpp"
#include "tests/transports/running_server.hpp"
#include "tests/transports/websocket_client.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace troupe::transports::test {

namespace {

using how = failure_plan::how;

// What a client does; each stops when the connection fails under it.

void talk_http(running_server& server) {
  client c = server.connect();
  c.send(post("/echo", "a", "Expect: 100-continue\r\n") + get("/later") + get("/large?bytes=20000"));
  c.finish_sending();
  c.read_to_end();
}

void hold(running_server& server) {
  client c = server.connect();
  c.send(get("/hold") + get("/echo"));
  if (c.readable_within(std::chrono::milliseconds{0}) && c.ended())
    return;
  c.finish_sending();
  c.read_to_end();
}

void open_stream(running_server& server) {
  client c = server.connect();
  c.send(get("/stream"));
  c.read_until("hello\n\n");
  server.on_loop([&] {
    for (const auto& user : server.handler().users) {
      user->line().write_private("data: x\n\n");
      user->line().ping();
      user->line().flush();
    }
  });
  server.on_loop([&] {
    for (const auto& user : server.handler().users)
      user->line().close(protocol::close_code::normal, {});
  });
  c.read_to_end();
}

void talk_websocket(running_server& server) {
  client c = server.connect();
  c.send(upgrade_request() + text_frame("a") + ping("p"));
  c.send(text_frame(std::string(6000, 'x')));
  c.send(client_frame{.first = 0x01, .payload = "fra"}.bytes() + ping("q"));
  c.send(client_frame{.first = 0x80, .payload = "gment"}.bytes() + close(1000));
  c.finish_sending();
  c.read_to_end();
}

void close_websocket(running_server& server) {
  client c = server.connect();
  c.send(upgrade_request("/deaf"));
  c.read_until("\r\n\r\n");
  server.on_loop([&] {
    for (const auto& user : server.handler().users) {
      user->line().ping();
      user->line().write_private(std::string("\x81\x01x"));
      user->line().close(protocol::close_code::going_away, "drain");
    }
  });
  c.send(text_frame("late") + close(1001));
  c.finish_sending();
  c.read_to_end();
}

/// Everything that was opened has been closed, and told so once.
void check_all_ended(running_server& server) {
  scripted_handler& handler = server.handler();
  CHECK(handler.await(transport_event::connection_closed, handler.counted(transport_event::connection_accepted)));
  server.settle();
  const std::size_t users = server.on_loop([&] {
    std::size_t told = 0;
    for (const auto& user : handler.users)
      told += user->closed() ? 1u : 0u;
    CHECK(told == handler.users.size());
    return told;
  });
  CHECK(handler.notes.count("closed") == users);
  CHECK(handler.notes.count("abandoned") <= handler.notes.count("held"));
}

} // namespace

TEST_CASE("whichever reading or writing fails, the connection ends, and its user hears of it once") {
  const auto what = GENERATE(how::reset, how::eof);
  const std::size_t width = GENERATE(std::size_t{211}, std::numeric_limits<std::size_t>::max());
  using client_script = void (*)(running_server&);
  const std::pair<const char*, client_script> scripts[] = {
      {"http", talk_http},        {"hold", hold}, {"stream", open_stream}, {"websocket", talk_websocket},
      {"close", close_websocket},
  };
  for (const auto& [name, script] : scripts) {
    bool struck = true;
    std::size_t n = 1;
    for (; struck; ++n) {
      CAPTURE(name, n, width);
      REQUIRE(n < 2000);
      const auto plan = std::make_shared<failure_plan>(n, what);
      running_server server(1, running_server::loopback(), failing_streams(plan, narrow_streams(width)));
      script(server);
      check_all_ended(server);
      struck = plan->has_struck();
    }
    CAPTURE(name);
    CHECK(n > 3);
  }
}

TEST_CASE("pipes that take three bytes at a time change nothing") {
  running_server server(1, running_server::loopback(), narrow_streams(3));
  server.handler().message_bytes_max = conformance_message_max;
  client c = server.connect();
  c.send(post("/echo", "hello") + get("/later") + get("/large?bytes=10000"));
  CHECK(c.response().body == "POST /echo hello");
  CHECK(c.response().body == "GET /later ");
  CHECK(c.response().body == std::string(10'000, 'x'));
  for (const auto& rule : conformance_cases()) {
    if (rule.bytes.size() > 20'000)
      continue;
    CAPTURE(rule.name);
    websocket_client w(server.port());
    w.send(rule.stays ? rule.bytes + close(1000) : rule.bytes);
    w.line().finish_sending();
    CHECK(w.hear_all() == (rule.stays ? rule.hears + ", close 1000, end" : rule.hears));
  }
}

} // namespace troupe::transports::test
