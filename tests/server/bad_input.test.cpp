// What is wrong is answered clearly and counted, and costs nobody else anything.

#include "tests/server/web_socket.hpp"

#include <catch2/catch.hpp>

using namespace troupe::server::test;
namespace wire = troupe::transports::test;

namespace {

/// Another client, who must not notice: it publishes and hears itself.
class bystander {
 public:
  explicit bystander(const running_node& node) : socket_(node.port()) { socket_.join("open:calm"); }

  void check() {
    socket_.say({{"action", "publish"}, {"channel", "open:calm"}, {"data", ++said_}});
    const auto m = socket_.hear();
    CHECK(m["type"] == "broadcast");
    CHECK(m["data"] == said_);
  }

 private:
  web_socket socket_;
  int said_ = 0;
};

struct raw_request {
  const char* what;
  std::string bytes;
  unsigned status;
};

std::string request(const std::string& first_line, const std::string& headers, const std::string& body = {}) {
  return first_line + " HTTP/1.1\r\n" + headers + "\r\n" + body;
}

const std::string host = "Host: localhost\r\n";

std::vector<raw_request> bad_requests() {
  return {
      {"no HTTP at all", "\x16\x03\x01\x02garbage\r\n\r\n", 400},
      {"no target", "GET HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"an unknown version", "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 505},
      {"no Host", request("GET /", ""), 400},
      {"two Hosts", request("GET /", host + host), 400},
      {"a header without colon", request("GET /", host + "nonsense\r\n"), 400},
      {"a space before the colon", request("GET /", host + "X : y\r\n"), 400},
      {"a folded header", request("GET /", host + "X: y\r\n z\r\n"), 400},
      {"a zero byte in a header", request("GET /", host + "X: a" + std::string(1, '\0') + "b\r\n"), 400},
      {"lengths that differ", request("POST /send", host + "Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), 400},
      {"a list of lengths", request("POST /send", host + "Content-Length: 3, 3\r\n", "abc"), 400},
      {"a negative length", request("POST /send", host + "Content-Length: -3\r\n", "abc"), 400},
      {"length and chunks", request("POST /send", host + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "abc"), 400},
      {"an unknown coding", request("POST /send", host + "Transfer-Encoding: gzip\r\n", "abc"), 501},
      {"a chunk that is none", request("POST /send", host + "Transfer-Encoding: chunked\r\n", "zz\r\nabc"), 400},
      {"an escape that is none", request("GET /poll?userId=%zz", host), 400},
      {"a header that is too long", request("GET /", host + "X: " + std::string(17'000, 'x') + "\r\n"), 431},
      {"a target that is too long", request("GET /" + std::string(17'000, 'x'), host), 431},
      {"a body that is too long", request("POST /send", host + "Content-Length: 70000\r\n"), 413},
      {"a chunked body that is too long",
       request("POST /send", host + "Transfer-Encoding: chunked\r\n", "fffff\r\n" + std::string(70000, 'x')), 413},
  };
}

struct bad_command {
  std::string text;
  const char* code;
  const char* named; ///< in the error's text
};

std::vector<bad_command> bad_commands() {
  const std::string deep = std::string(40, '[') + std::string(40, ']');
  return {
      {R"({"action":"fly"})", "unknown_action", "fly"},
      {R"({"action":5})", "bad_message", "action"},
      {R"({"acti)", "bad_message", ""},
      {R"([1,2])", "bad_message", "action"},
      {R"({"action":"subscribe"})", "bad_message", "channel"},
      {R"({"action":"subscribe","channel":5})", "bad_message", "channel"},
      {R"({"action":"subscribe","channel":""})", "bad_channel", ""},
      {R"({"action":"subscribe","channel":"nobody:knows"})", "bad_channel", "nobody:knows"},
      {R"({"action":"subscribe","channel":"open:\u0007"})", "bad_channel", ""},
      {R"({"action":"subscribe","channel":"open:)" + std::string(300, 'x') + "\"}", "bad_channel", "255"},
      {R"({"action":"subscribe","channel":"open:b","since":7})", "bad_message", "since"},
      {R"({"action":"publish","channel":"open:b","event":")" + std::string(65, 'x') + "\"}", "bad_message", "event"},
      {R"({"action":"publish","channel":"open:b","event":"gap","data":1})", "bad_message", "gap"},
      {R"({"action":"publish","channel":"open:b","event":"a\nb","data":1})", "bad_message", "event"},
      {R"({"action":"publish","channel":"open:b","echo":"yes"})", "bad_message", "echo"},
      {R"({"action":"publish","channel":"open:b","key":")" + std::string(129, 'x') + "\"}", "bad_message", "key"},
      {R"({"action":"publish","channel":"open:b","data":)" + deep + "}", "bad_message", ""},
      {R"({"action":"publish","channel":"open:b","data":"\ud800"})", "bad_message", ""},
      {R"({"action":"publish","channel":"open:b","data":01})", "bad_message", ""},
      {R"({"action":"ping","id":{}})", "bad_message", "id"},
      {R"({"action":"ping","id":")" + std::string(65, 'x') + "\"}", "bad_message", "id"},
      {R"({"action":"unsubscribe","channel":"open:b"})", "not_joined", "open:b"},
      {R"({"action":"call","channel":"room:b","event":"say"})", "not_joined", "room:b"},
      {R"({"action":"answer","ask":1})", "not_found", ""},
      {R"({"action":"resume","token":"s1.x","received":0})", "bad_message", ""},
  };
}

} // namespace

TEST_CASE("malformed HTTP gets a clear status, is counted, and disturbs nobody") {
  running_node node;
  bystander other{node};
  const auto before = node.metric("errors");
  std::uint64_t malformed = 0;
  for (const auto& r : bad_requests()) {
    INFO(r.what);
    client c{node.port()};
    c.send(r.bytes);
    const auto said = c.response();
    CHECK(said.status == r.status);
    if (said.status != 0)
      CHECK(said.body.find("\"error\"") != std::string::npos);
    c.finish_sending();
    c.read_to_end(); // it is over
    other.check();
    ++malformed;
  }
  const auto m = node.metrics();
  CHECK(m["http_bad_requests"] == malformed);
  CHECK(m["errors"].get<std::uint64_t>() - before == malformed);
}

TEST_CASE("a handshake that is wrong says why") {
  running_node node;
  bystander other{node};
  const std::string upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
  const std::string version = "Sec-WebSocket-Version: 13\r\n", key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const auto status = [&](const std::string& first_line, const std::string& headers) {
    client c{node.port()};
    c.send(request(first_line, host + headers));
    return c.response().status;
  };
  CHECK(status("GET /ws", upgrade + version) == 400);
  CHECK(status("GET /ws", upgrade + version + "Sec-WebSocket-Key: short\r\n") == 400);
  CHECK(status("GET /ws", upgrade + key + "Sec-WebSocket-Version: 12\r\n") == 426);
  CHECK(status("POST /ws", upgrade + version + key) == 400);
  CHECK(status("GET /nowhere", upgrade + version + key) == 404);
  CHECK(status("GET /ws", upgrade + version + key + "Sec-WebSocket-Protocol: soap\r\n") == 400);
  CHECK(status("GET /ws", "") == 426);
  other.check();
  CHECK(node.metric("ws_bad_handshakes") >= 4);
}

TEST_CASE("frames that break the protocol close their connection with the right code, and no other") {
  struct bad_frame {
    const char* what;
    std::string bytes;
    const char* close;
  };
  using wire::client_frame;
  const std::vector<bad_frame> all{
      {"no mask", client_frame{.payload = "x", .masked = false}.bytes(), "close 1002"},
      {"a reserved bit", client_frame{.first = 0xc1, .payload = "x"}.bytes(), "close 1002"},
      {"an unknown opcode", client_frame{.first = 0x83, .payload = "x"}.bytes(), "close 1002"},
      {"a fragmented ping", client_frame{.first = 0x09, .payload = "x"}.bytes(), "close 1002"},
      {"a ping that is too long", client_frame{.first = 0x89, .payload = std::string(126, 'x')}.bytes(), "close 1002"},
      {"a continuation of nothing", client_frame{.first = 0x80, .payload = "x"}.bytes(), "close 1002"},
      {"text that is no UTF-8", wire::text_frame("\xff\xfe"), "close 1007"},
      {"a close code that is none", wire::close(999), "close 1002"},
      {"a message over the limit", wire::text_frame(std::string(65 * 1024, ' ')), "close 1009"},
      {"a length of exabytes", client_frame{.payload = "x", .length_bytes = 8, .announced = 1ull << 60}.bytes(), "close 1009"},
  };
  running_node node;
  bystander other{node};
  for (const auto& f : all) {
    INFO(f.what);
    wire::websocket_client c{node.port(), "/ws", 0, "Sec-WebSocket-Protocol: troupe.v1.json\r\n"};
    CHECK(c.hear().starts_with("text")); // welcome
    c.send(f.bytes);
    CHECK(c.hear() == f.close);
    other.check();
  }
  const auto m = node.metrics();
  CHECK(m["ws_protocol_errors"] == 8);
  CHECK(m["ws_too_large"] == 2);
  CHECK(m["session_crashes"] == 0);
}

TEST_CASE("commands that are wrong get an error that names what is, and the connection stays") {
  running_node node;
  bystander other{node};
  web_socket c{node.port()};
  const auto before = node.metric("errors");
  for (const auto& bad : bad_commands()) {
    INFO(bad.text);
    c.say_raw(bad.text);
    const auto said = c.hear();
    CHECK(said["type"] == "error");
    CHECK(said["code"] == bad.code);
    CHECK(said["message"].get<std::string>().find(bad.named) != std::string::npos);
    other.check();
  }
  CHECK(node.metric("errors") - before == bad_commands().size());
  CHECK(c.ask({{"action", "ping"}})["type"] == "reply");
}

TEST_CASE("msgpack that is wrong gets an error, and the connection stays") {
  running_node node;
  bystander other{node};
  web_socket c{node.port(), as_msgpack};
  const auto publish_with = [](std::string_view data) { // {"action":"publish","channel":"open:b","data":…}
    return "\x83\xa6" "action\xa7publish\xa7" "channel\xa6open:b\xa4" "data" + std::string{data};
  };
  const std::vector<std::pair<const char*, std::string>> all{
      {"nothing", ""},
      {"a byte that is never used", "\xc1"},
      {"a map that is cut off", "\x85\xa6" "action"},
      {"more than one value", "\x80\x80"},
      {"keys that are no strings", std::string("\x81\x01\x02", 3)},
      {"a string that is no UTF-8", publish_with("\xa2\xff\xfe")},
      {"an extension", publish_with(std::string_view{"\xd4\x01\x00", 3})},
      {"a number that is none", publish_with(std::string_view{"\xcb\x7f\xf8\0\0\0\0\0\0", 9})},
      {"an array of four billion", publish_with("\xdd\xff\xff\xff\xff")},
      {"depth", publish_with(std::string(40, '\x91') + "\x01")},
  };
  for (const auto& [what, bytes] : all) {
    INFO(what);
    c.line().send(wire::binary_frame(bytes));
    const auto said = c.hear();
    CHECK(said["type"] == "error");
    CHECK(said["code"] == "bad_message");
    other.check();
  }
  CHECK(c.ask({{"action", "ping"}})["type"] == "reply");
}

TEST_CASE("bodies of POST that are wrong are refused, and the connection stays") {
  running_node node;
  client c{node.port()};
  const auto status = [&](std::string_view body) {
    c.send(wire::post("/send", body));
    return c.response().status;
  };
  CHECK(status("") == 400);
  CHECK(status("{\"userId\":\"a\",\"message\":tru}") == 400);
  CHECK(status("{\"userId\":7,\"message\":1}") == 200); // the page's ids may be numbers
  CHECK(status("{\"userId\":\"\",\"message\":1}") == 400);
  CHECK(status("{\"userId\":\"" + std::string(300, 'x') + "\",\"message\":1}") == 400);
  CHECK(status("{\"userId\":\"a\\u0001b\",\"message\":1}") == 400);
  CHECK(status("{\"userId\":\"a\",\"message\":" + std::string(40, '[') + std::string(40, ']') + "}") == 400);
  CHECK(status("{\"userId\":\"a\",\"message\":1}") == 200);
}

TEST_CASE("a header that comes a byte at a time is given up after request_timeout") {
  running_node node{{"--limits.request_timeout", "500ms"}};
  client slow{node.port()}, silent{node.port()};
  const std::string bytes = wire::get("/metrics");
  const auto began = std::chrono::steady_clock::now();
  std::size_t sent = 0;
  while (sent < bytes.size() && !slow.readable_within(50ms))
    slow.send(bytes.substr(sent++, 1));
  CHECK(sent < bytes.size());
  CHECK(std::chrono::steady_clock::now() - began < 3s);
  CHECK(slow.response().status == 408);
  CHECK(silent.ended()); // nothing was asked, nothing is answered
  CHECK(node.metric("http_timeouts") >= 1);
}

TEST_CASE("a client that asks for too much at once gets errors of limits, and others are not delayed") {
  running_node node{{"--limits.channels_per_session", "4", "--limits.sse_channels", "4"}};
  bystander other{node};
  web_socket c{node.port()};
  for (int i = 0; i < 4; ++i)
    c.join("open:" + std::to_string(i));
  const auto fifth = c.ask({{"action", "subscribe"}, {"channel", "open:5"}});
  CHECK(fifth["code"] == "limit");
  CHECK(c.ask({{"action", "subscribe"}, {"channel", "open:0"}})["code"] == "already_subscribed");
  std::string many;
  for (int i = 0; i < 2000; ++i)
    many += wire::text_frame(R"({"action":"history","channel":"open:0","id":)" + std::to_string(i) + "}");
  c.line().send(many);
  other.check();
  for (int i = 0; i < 2000; ++i)
    REQUIRE(c.hear()["id"] == i); // all answered, in order
}
