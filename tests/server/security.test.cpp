// Who may do what: hosts, origins, keys, the observer's link and cookie; and secrets stay secret.

#include "tests/server/web_socket.hpp"

#include <catch2/catch.hpp>

using namespace troupe::server::test;
namespace wire = troupe::transports::test;

namespace {

/// A request with a Host of its own.
unsigned status_with(const running_node& node, const std::string& first_line, const std::string& headers,
                     const std::string& body = {}) {
  client c{node.port()};
  c.send(first_line + " HTTP/1.1\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  return c.response().status;
}

std::string ours(const running_node& node) { return "Host: " + node.at() + "\r\n"; }

unsigned upgrade_status(const running_node& node, const std::string& headers) {
  client c{node.port()};
  c.send("GET /ws HTTP/1.1\r\n" + headers +
         "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  return c.response().status;
}

/// `/observer?once=…` from what the node printed for whoever started it.
std::string observer_link(running_node& node) {
  const auto out = node.program().out();
  const auto at = out.find("/observer?once=");
  REQUIRE(at != std::string::npos);
  return out.substr(at, out.find_first_of(" \n", at) - at);
}

std::string cookie_of(const answer& a) {
  const auto& set = a.headers.at("set-cookie");
  return "Cookie: " + set.substr(0, set.find(';')) + "\r\n";
}

} // namespace

TEST_CASE("a Host that is not ours is misdirected, whatever the path") {
  running_node node;
  for (const char* path : {"/", "/metrics", "/poll?userId=a", "/events", "/api/channels", "/observer"}) {
    INFO(path);
    CHECK(status_with(node, std::string{"GET "} + path, "Host: evil.example\r\n") == 421);
  }
  CHECK(upgrade_status(node, "Host: evil.example\r\n") == 421);
  for (const char* name : {"localhost", "127.0.0.1", "LOCALHOST:1234", "[::1]:80", "a.localhost"}) {
    INFO(name);
    CHECK(status_with(node, "GET /healthz", "Host: " + std::string{name} + "\r\n") == 200);
  }
}

TEST_CASE("pages of other origins may not connect or send; pages of this one may") {
  running_node node;
  const auto own = "Origin: http://" + node.at() + "\r\n";
  CHECK(upgrade_status(node, ours(node) + "Origin: https://evil.example\r\n") == 403);
  CHECK(upgrade_status(node, ours(node) + "Origin: null\r\n") == 403);
  CHECK(upgrade_status(node, ours(node) + own) == 101);
  CHECK(upgrade_status(node, ours(node)) == 101); // no browser's
  const std::string json_type = "Content-Type: application/json\r\n", body = R"({"userId":"a","message":1})";
  CHECK(status_with(node, "POST /send", ours(node) + "Origin: https://evil.example\r\n" + json_type, body) == 403);
  CHECK(status_with(node, "POST /send", ours(node) + own + "Content-Type: text/plain\r\n", body) == 415);
  CHECK(status_with(node, "POST /send", ours(node) + own, body) == 415);
  CHECK(status_with(node, "POST /send", ours(node) + own + json_type, body) == 200);
  CHECK(status_with(node, "POST /send", ours(node), body) == 200);
}

TEST_CASE("the API asks for the key, at every path and method") {
  running_node node;
  const json body{{"channel", "open:a"}, {"data", 1}};
  for (const char* path : {"publish", "batch", "broadcast", "send", "disconnect", "unsubscribe", "kill"}) {
    INFO(path);
    CHECK(node.post_json("/api/" + std::string{path}, body).status == 401);
    CHECK(node.post_json("/api/" + std::string{path}, body, "Authorization: Bearer wrong\r\n").status == 401);
  }
  for (const char* path : {"channels", "connections", "history?channel=open:a", "presence?channel=open:a", "tree"}) {
    INFO(path);
    CHECK(node.get("/api/" + std::string{path}).status == 401);
    CHECK(node.get("/api/" + std::string{path}, node.key_header()).status == 200);
  }
  CHECK(node.post_json("/api/publish", body, node.key_header()).status == 200);
}

TEST_CASE("the node's own events are for those with the key or the cookie") {
  running_node node;
  web_socket stranger{node.port()};
  const auto said = stranger.ask({{"action", "subscribe"}, {"channel", "$node:events"}});
  CHECK(said["type"] == "error");
  CHECK(node.get("/events?channel=$node:events").status == 403);
  CHECK(node.get("/poll?channel=$node:events").status >= 400);
  CHECK(stranger.ask({{"action", "publish"}, {"channel", "$node:events"}, {"data", 1}})["type"] == "error");
  CHECK(stranger.ask({{"action", "history"}, {"channel", "$node:events"}})["type"] == "error");
  client entitled{node.port()};
  entitled.send(wire::get("/events?channel=$node:events", node.key_header()));
  CHECK(entitled.response().status == 200);
}

TEST_CASE("the observer's link works once and sets a cookie that scripts and other sites do not get") {
  running_node node;
  const auto link = observer_link(node);
  CHECK(node.get("/api/tree").status == 401);
  CHECK(node.get("/observer?once=wrong").headers.count("set-cookie") == 0);
  const auto first = node.get(link);
  CHECK(first.status == 303);
  const auto& set = first.headers.at("set-cookie");
  CHECK(set.find("; HttpOnly") != std::string::npos);
  CHECK(set.find("; SameSite=Strict") != std::string::npos);
  CHECK(set.find("; Path=/") != std::string::npos);
  CHECK(first.headers.at("location") == "/observer");
  const auto cookie = cookie_of(first);
  CHECK(node.get("/api/tree", cookie).status == 200);
  CHECK(node.post_json("/api/publish", {{"channel", "open:a"}, {"data", 1}}, cookie).status == 401); // it only observes
  const auto again = node.get(link);
  CHECK(again.headers.count("set-cookie") == 0);
  CHECK(node.get("/api/tree", "Cookie: troupe_observer=wrong\r\n").status == 401);
}

TEST_CASE("the observer's cookie kills nothing for a page of another origin") {
  running_node node;
  const auto cookie = cookie_of(node.get(observer_link(node)));
  web_socket s{node.port()};
  s.join("open:a");
  const std::string body = R"({"channel":"open:a"})", type = "Content-Type: application/json\r\n";
  CHECK(status_with(node, "POST /api/kill", ours(node) + cookie + "Origin: https://evil.example\r\n" + type, body) == 403);
  CHECK(status_with(node, "POST /api/kill", ours(node) + cookie + "Origin: http://" + node.at() + "\r\n" + type, body) == 200);
}

TEST_CASE("no token, key, cursor or link ever stands in the log") {
  running_node node{{"--log-level", "trace"}};
  std::vector<std::string> secrets{node.key()};
  web_socket s{node.port()}, t{node.port(), as_msgpack};
  secrets.push_back(s.welcome()["token"]);
  secrets.push_back(t.welcome()["token"]);
  s.join("open:a");
  client stream{node.port()};
  stream.send(wire::get("/events?channel=open:a"));
  stream.read_until("\"token\":\"");
  auto token = stream.read_until("\"");
  token.pop_back();
  secrets.push_back(token);
  node.publish("open:a", 1);
  node.post_json("/send", {{"userId", "bob"}, {"message", 1}});
  const auto body = json::parse(node.get("/poll?userId=bob").body);
  secrets.push_back(body["token"]);
  secrets.push_back(body["cursor"]);
  node.get("/poll?cursor=" + body["cursor"].get<std::string>() + "x");
  node.post_json("/send", {{"token", token}, {"action", "nonsense"}});
  node.post_json("/send", {{"token", token + "x"}, {"action", "ping"}});
  s.ask({{"action", "resume"}, {"token", t.welcome()["token"]}});
  s.ask({{"action", "authenticate"}, {"token", "a-token-of-a-user"}});
  secrets.emplace_back("a-token-of-a-user");
  node.get("/api/channels", "Authorization: Bearer not-the-key\r\n");
  secrets.emplace_back("not-the-key");
  const auto link = observer_link(node);
  const auto cookie = cookie_of(node.get(link));
  secrets.push_back(link.substr(link.find('=') + 1));
  secrets.push_back(cookie.substr(cookie.find('=') + 1, 16));
  CHECK(node.stop() == 0);
  const auto log = node.program().err();
  CHECK(log.find("opened over websocket") != std::string::npos); // it did log
  for (const auto& secret : secrets) {
    const auto hidden = secret.substr(secret.find('.') == std::string::npos ? 0 : secret.find('.') + 1);
    INFO(secret);
    REQUIRE(hidden.size() > 8);
    CHECK(log.find(hidden) == std::string::npos);
  }
}
