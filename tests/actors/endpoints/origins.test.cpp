// Who is let in: Host, Origin, subprotocols, raw mounts, heartbeats, draining.

#include "tests/actors/virtual_node/scene.hpp"

#include <troupe/raw_mount.hpp>

using namespace troupe::actors::testing;
using troupe::protocol::close_code;

namespace {

/// Sends back what it gets; `boom` and `crash` throw, the latter for good.
class echo : public troupe::raw_mount {
  void on_message(troupe::session_id from, std::string_view bytes, bool text) override {
    if (bytes == "boom")
      throw std::runtime_error("boom");
    crashes = bytes == "crash";
    if (crashes)
      throw std::runtime_error("crash");
    if (bytes == "bye")
      return close(from, 4100, "as you wish");
    send(from, std::string{bytes}, text);
  }
  void on_close(troupe::session_id) override { throw std::runtime_error("on_close, too"); }
  troupe::after_error on_error(std::exception_ptr) override {
    return crashes ? troupe::after_error::restart : troupe::after_error::keep;
  }
  bool crashes = false;
};

troupe::actors::node_plan with_echo() {
  troupe::actors::node_plan p;
  p.mounts.emplace_back("/echo", [] { return std::make_unique<echo>(); });
  return p;
}

unsigned status_with(virtual_node& node, const std::string& host) {
  return answer(node, "GET", "/healthz", {}, {{"host", host}}).status;
}

bool connects(virtual_node& node, const std::string& origin, const std::string& host = "127.0.0.1:8080") {
  ws_client c{node, "troupe.v1.json", 0, "/ws", {{"origin", origin}, {"host", host}}};
  return !c.refused();
}

} // namespace

TEST_CASE("a request for another host is not answered, whatever its address: DNS rebinding ends here") {
  virtual_node node;
  for (const char* host : {"127.0.0.1:8080", "localhost:8080", "LOCALHOST", "[::1]:8080", "app.localhost:1"})
    REQUIRE(status_with(node, host) == 200);
  for (const char* host : {"evil.example", "evil.example:8080", "127.0.0.1.evil.example", "10.0.0.1", "localhost.evil.example"})
    REQUIRE(status_with(node, host) == 421);
  auto settings = test_settings();
  settings.listen.hosts = {"Troupe.Example"};
  virtual_node named{{}, settings};
  REQUIRE(status_with(named, "troupe.example:443") == 200);
  REQUIRE(status_with(named, "localhost") == 421);
}

TEST_CASE("pages of other origins may not connect, programs without Origin may") {
  virtual_node node;
  REQUIRE(connects(node, "http://127.0.0.1:8080"));
  REQUIRE(connects(node, "http://localhost:8080"));
  REQUIRE_FALSE(connects(node, "http://127.0.0.1:3000"));
  REQUIRE_FALSE(connects(node, "https://evil.example"));
  REQUIRE_FALSE(connects(node, "null"));
  REQUIRE_FALSE(connects(node, ""));
  auto settings = test_settings();
  settings.listen.origins = {"https://app.example"};
  virtual_node open{{}, settings};
  REQUIRE(connects(open, "https://app.example"));
  REQUIRE_FALSE(connects(open, "https://app.example.evil.example"));
}

TEST_CASE("the first subprotocol of the client's choice that we speak is taken; none of ours is refused") {
  virtual_node node;
  ws_client both{node, "chat, troupe.v1.msgpack, troupe.v1.json"};
  REQUIRE_FALSE(both.refused());
  ws_client neither{node, "chat"};
  REQUIRE(neither.refused());
  REQUIRE(neither.refused()->status == 400);
}

TEST_CASE("a client without subprotocol is in the default channel: any JSON it sends is published there, without echo") {
  virtual_node node;
  for (const char* path : {"/ws", "/"}) {
    INFO(path);
    ws_client a{node, "", 0, path}, b{node, "", 1, path};
    REQUIRE(a.messages()[0]["type"] == "welcome");
    REQUIRE(a.messages()[0]["timestamp"].is_number_integer());
    REQUIRE(a.messages()[1]["type"] == "subscribed");
    for (const char* text : {R"({"hello":"world"})", "[1,2]", "\"text\"", "5", "null"})
      a.send_text(text);
    node.settle();
    REQUIRE(a.publications().empty());
    const auto heard_by_b = b.publications();
    REQUIRE(heard_by_b.size() == 5);
    REQUIRE(heard_by_b[0].data == json::parse(R"({"hello":"world"})"));
    REQUIRE(heard_by_b[4].data == nullptr);
    const auto first = b.messages("broadcast")[0];
    REQUIRE(first["timestamp"].is_number_integer());
    for (const char* text : {"", "not json", "{\"a\":tru}"}) {
      a.send_text(text);
      node.settle();
      REQUIRE(a.messages().back()["code"] == "bad_message");
    }
    REQUIRE(a.connected());
  }
}

TEST_CASE("with a subprotocol a message without action is an error, and binary frames are msgpack") {
  virtual_node node;
  ws_client a{node};
  a.send_text(R"({"hello":"world"})");
  node.settle();
  REQUIRE(a.messages().back()["code"] == "bad_message");
  const auto packed = json::to_msgpack(json{{"action", "ping"}, {"id", 5}});
  a.send_binary({reinterpret_cast<const char*>(packed.data()), packed.size()});
  node.settle();
  REQUIRE(a.answer(5)["type"] == "reply");
}

TEST_CASE("unknown actions and wrong types are named") {
  virtual_node node;
  ws_client a{node};
  const auto no = a.ask({{"action", "dance"}});
  REQUIRE(no["code"] == "unknown_action");
  REQUIRE(no["message"].get<std::string>().find("dance") != std::string::npos);
  const auto wrong = a.ask({{"action", "subscribe"}, {"channel", 7}});
  REQUIRE(wrong["code"] == "bad_message");
  REQUIRE(wrong["message"].get<std::string>().find("channel") != std::string::npos);
  REQUIRE(a.ask({{"action", "subscribe"}, {"channel", "nowhere:1"}})["code"] == "bad_channel");
  REQUIRE(a.ask({{"action", "call"}, {"channel", "open:a"}, {"event", "x"}})["code"] == "not_joined");
  a.join("open:a", "");
  REQUIRE(a.ask({{"action", "call"}, {"channel", "open:a"}, {"event", "x"}})["code"] == "unknown_event");
}

// -- raw mounts ---------------------------------------------------------------

TEST_CASE("a raw mount gets and sends plain messages, text and binary, without envelope") {
  virtual_node node{with_echo()};
  ws_client a{node, "", 0, "/echo"}, b{node, "", 1, "/echo"};
  a.send_text("hello");
  node.settle();
  a.send_binary(std::string_view{"\0\1\2", 3});
  node.settle();
  REQUIRE(a.line().arrived() == std::string("\x81\x05hello\x82\x03\0\1\2", 12));
  REQUIRE(b.line().arrived().empty());
  a.send_text("bye");
  node.settle();
  REQUIRE(static_cast<int>(a.line().closed_with()) == 4100);
  REQUIRE(b.connected());
}

TEST_CASE("a mount's next message is read once the last was handled") {
  virtual_node node{with_echo()};
  ws_client a{node, "", 0, "/echo"};
  a.send_text("1");
  REQUIRE_FALSE(a.line().is_read());
  node.settle();
  REQUIRE(a.line().is_read());
}

TEST_CASE("a mount's hook that throws costs its client the connection, however often, and nobody else") {
  virtual_node node{with_echo()};
  ws_client b{node, "", 1, "/echo"};
  for (int i = 0; i < 20; ++i) {
    ws_client a{node, "", 0, "/echo"};
    a.send_text("boom");
    node.settle();
    REQUIRE(a.line().closed_with() == close_code::internal);
  }
  b.send_text("x");
  node.settle();
  REQUIRE(b.line().arrived() == "\x81\x01x");
}

TEST_CASE("a mount that crashes closes its clients with 1011, and a new object takes over") {
  virtual_node node{with_echo()};
  ws_client a{node, "", 0, "/echo"}, b{node, "", 1, "/echo"}, c{node};
  a.send_text("crash");
  node.pass(1s);
  REQUIRE(a.line().closed_with() == close_code::internal);
  REQUIRE(b.line().closed_with() == close_code::internal);
  REQUIRE(c.connected());
  ws_client again{node, "", 1, "/echo"};
  again.send_text("x");
  node.settle();
  REQUIRE(again.line().arrived() == "\x81\x01x");
}

TEST_CASE("a mount's client that does not read is not read either, and goes on when it reads") {
  virtual_node node{with_echo()};
  ws_client a{node, "", 0, "/echo"};
  a.line().stop_reading();
  for (int i = 0; i < 100 && a.line().is_read(); ++i) {
    a.send_binary(std::string(20'000, 'x'));
    node.settle();
  }
  REQUIRE(!a.line().is_read());
  REQUIRE(a.connected());
  a.line().read_again();
  node.settle();
  REQUIRE(a.line().is_read());
}

// -- heartbeats ---------------------------------------------------------------

TEST_CASE("a silent WebSocket is pinged, and dead when it does not answer; one that answers stays") {
  virtual_node node{with_echo()};
  for (const char* path : {"/ws", "/echo"}) {
    INFO(path);
    ws_client dead{node, "", 0, path}, alive{node, "", 0, path};
    for (int i = 0; i < 8; ++i) {
      node.pass(5s);
      if (alive.line().pings() > 0)
        alive.line().peer_pongs();
    }
    REQUIRE(dead.line().pings() == 1);
    REQUIRE(dead.line().closed_with() == close_code::heartbeat_lost);
    REQUIRE(alive.connected());
    REQUIRE(node.counters(0).heartbeats_lost >= 1);
  }
}

TEST_CASE("a client that speaks is pinged only for what it is not known to have, and one that drains slowly is not called dead") {
  virtual_node node;
  ws_client talkative{node}, in_debt{node};
  in_debt.ask({{"action", "ping"}});
  for (int i = 0; i < 30; ++i) {
    talkative.line().peer_says(R"({"action":"ack","received":0})", true);
    in_debt.line().peer_says(R"({"action":"ack","received":0})", true);
    node.pass(5s);
    if (in_debt.line().pings() == 1)
      in_debt.line().peer_pongs();
  }
  REQUIRE(talkative.line().pings() == 0);
  REQUIRE(in_debt.line().pings() == 1);
}

// -- draining -----------------------------------------------------------------

TEST_CASE("a draining node tells everybody when to return, delivers what was said, and takes nobody in") {
  for (const auto& t : all_transports()) {
    INFO(t.name);
    virtual_node node;
    auto r = t.make(node, 1);
    r->join("open:a");
    ws_client ws{node};
    ws.join("open:a", "");
    publish_numbers(node, "open:a", 1, 5);
    node.drain();
    node.pass(5s);
    REQUIRE(node.drained());
    REQUIRE(ws.line().closed_with() == close_code::going_away);
    const auto closing = ws.messages("closing");
    REQUIRE(closing.size() == 1);
    REQUIRE(closing[0]["retry_after"].is_number_integer());
    REQUIRE(numbers(ws.publications()) == range(1, 5));
    if (t.name != "long poll") {
      REQUIRE(numbers(r->publications()) == range(1, 5));
      REQUIRE_FALSE(r->connected());
    }
    ws_client late{node};
    REQUIRE(late.refused());
    REQUIRE(late.refused()->status == 503);
    // A status would end an EventSource for good, instead of sending it elsewhere.
    REQUIRE(send_request(node, request("GET", "/events?channel=open:a"))->hung_up());
    REQUIRE(answer(node, "GET", "/poll?channel=open:a").status == 503);
  }
}

TEST_CASE("whatever is answered 429 or 503 says when to come again") {
  const auto in_time = [](const troupe::transports::http_response& r) { // within drain.retry_after
    const auto seconds = header(r, "Retry-After");
    return seconds == "1" || seconds == "2";
  };
  virtual_node node{with_echo()};
  node.drain();
  node.pass(5s);
  for (const auto& [method, target] : {std::pair{"GET", "/poll?channel=open:a"}, {"GET", "/poll?userId=ada"}, {"POST", "/send"}, {"GET", "/readyz"}}) {
    INFO(target);
    const auto r = answer(node, method, target, "{}");
    REQUIRE(r.status == 503);
    REQUIRE(in_time(r));
  }
  const auto api_call = answer(node, "POST", "/api/publish", "{}", {{"authorization", "Bearer test-key-of-the-house"}});
  REQUIRE(api_call.status == 503);
  REQUIRE(in_time(api_call));
  REQUIRE(json::parse(api_call.body)["error"]["retry_after"] <= 2000);
  for (const char* path : {"/ws", "/echo"}) {
    ws_client late{node, "", 0, path};
    REQUIRE(late.refused());
    REQUIRE(in_time(*late.refused()));
  }
}

TEST_CASE("a load balancer's plain check is answered, and fails while the node drains") {
  virtual_node node;
  auto check = request("OPTIONS", "/"); // HAProxy: `OPTIONS / HTTP/1.0`, without Host
  std::erase_if(check.headers, [](const auto& h) { return h.first == "host"; });
  const auto up = send_request(node, check);
  REQUIRE(up->response());
  REQUIRE(up->response()->status == 204);
  for (const char* path : {"/healthz", "/readyz", "/metrics"})
    REQUIRE(answer(node, "OPTIONS", path).status == 204);
  node.inside().draining = true;
  REQUIRE(send_request(node, check)->response()->status == 503);
  REQUIRE(answer(node, "OPTIONS", "/readyz").status == 503);
  REQUIRE(answer(node, "OPTIONS", "/healthz").status == 204);
}

TEST_CASE("a plain request to a WebSocket's path is told to upgrade, as RFC 9110 wants it said") {
  virtual_node node{with_echo()};
  for (const char* path : {"/ws", "/echo"}) {
    const auto r = answer(node, "GET", path);
    REQUIRE(r.status == 426);
    std::map<std::string, std::string> all(r.headers.begin(), r.headers.end());
    REQUIRE(all["Upgrade"] == "websocket");
    REQUIRE(all["Connection"] == "Upgrade");
  }
}
