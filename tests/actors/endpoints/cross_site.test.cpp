// What another site's page can make a browser fetch: images, scripts, links, forms. None of it may move, take or open
// anything; and what the node's own page, a listed one or a program fetches is served.

#include "tests/actors/virtual_node/scene.hpp"

#include "actors/sessions/shard.hpp"

using namespace troupe::actors::testing;

namespace {

using headers = std::vector<std::pair<std::string, std::string>>;

struct visitor {
  const char* name;
  headers sends;
};

const std::vector<visitor> strangers{
    {"an image of a page elsewhere", {{"sec-fetch-site", "cross-site"}, {"sec-fetch-mode", "no-cors"}, {"user-agent", "Mozilla/5.0"}}},
    {"a script of a page on another port", {{"sec-fetch-site", "same-site"}, {"user-agent", "Mozilla/5.0"}}},
    {"a link on a page elsewhere", {{"sec-fetch-site", "cross-site"}, {"sec-fetch-mode", "navigate"}}},
    {"an image, over plain http, where browsers say no more than the referrer", {{"referer", "http://evil.example/page"}, {"user-agent", "Mozilla/5.0"}}},
    {"the same of a page that hides itself", {{"user-agent", "Mozilla/5.0"}}},
    {"a script that fetches", {{"origin", "http://evil.example"}, {"sec-fetch-site", "cross-site"}}},
    {"a sandboxed frame", {{"origin", "null"}, {"sec-fetch-site", "cross-site"}}},
};

const std::vector<visitor> friends{
    {"curl", {{"user-agent", "curl/8.5"}}},
    {"a program that says nothing", {}},
    {"a program that calls itself a browser, and says that it is none", {{"user-agent", "Mozilla/5.0"}, {"x-requested-with", "x"}}},
    {"the node's own page", {{"sec-fetch-site", "same-origin"}, {"user-agent", "Mozilla/5.0"}}},
    {"the node's own page, over plain http", {{"referer", "http://127.0.0.1:8080/notifications/"}, {"user-agent", "Mozilla/5.0"}}},
    {"an address that was typed", {{"sec-fetch-site", "none"}, {"user-agent", "Mozilla/5.0"}}},
    {"a page that is listed", {{"origin", "https://app.example"}, {"sec-fetch-site", "cross-site"}, {"user-agent", "Mozilla/5.0"}}},
};

troupe::config::settings listed() {
  auto s = test_settings();
  s.listen.origins = {"https://app.example"};
  return s;
}

} // namespace

TEST_CASE("another site's page takes no message of an inbox, and opens no session") {
  for (const auto& v : strangers) {
    INFO(v.name);
    scene s{listed()};
    answer(s.node, "POST", "/send", R"({"userId":"ada","message":1})");
    for (const char* target : {"/poll?userId=ada", "/poll?userId=bob", "/poll?channel=room:1", "/events?channel=room:1"}) {
      INFO(target);
      REQUIRE(answer(s.node, "GET", target, {}, v.sends).status == 403);
    }
    const auto opened = s.node.counters(0).sessions_opened + s.node.counters(1).sessions_opened;
    REQUIRE(opened == 0);
    REQUIRE(s.notes->joins.empty());
    REQUIRE(json::parse(answer(s.node, "GET", "/poll?userId=ada").body)["messages"].size() == 1);
  }
}

TEST_CASE("another site's page acknowledges nothing, though it knew a cursor") {
  virtual_node node;
  const auto cursor = json::parse(answer(node, "GET", "/poll?channel=open:a").body)["cursor"].get<std::string>();
  for (const auto& v : strangers) {
    INFO(v.name);
    REQUIRE(answer(node, "GET", "/poll?cursor=" + cursor, {}, v.sends).status == 403);
  }
}

TEST_CASE("another site's form sends nothing, whatever type it says") {
  for (const auto& v : strangers) {
    INFO(v.name);
    virtual_node node;
    auto sends = v.sends;
    sends.emplace_back("content-type", "application/json");
    REQUIRE(answer(node, "POST", "/send", R"({"userId":"ada","message":1})", sends).status == 403);
    REQUIRE(send_request(node, request("GET", "/poll?userId=ada"))->waiting());
  }
}

TEST_CASE("programs, the node's own page and listed ones poll, stream and send") {
  for (const auto& v : friends) {
    INFO(v.name);
    scene s{listed()};
    auto sends = v.sends;
    sends.emplace_back("content-type", "application/json");
    REQUIRE(answer(s.node, "POST", "/send", R"({"userId":"ada","message":1})", sends).status == 200);
    REQUIRE(json::parse(answer(s.node, "GET", "/poll?userId=ada", {}, v.sends).body)["messages"].size() == 1);
    REQUIRE(answer(s.node, "GET", "/poll?channel=room:1", {}, v.sends).status == 200);
    sse_client stream{s.node};
    stream.open("/events?channel=room:1", v.sends);
    REQUIRE(stream.connected());
  }
}

TEST_CASE("a channel that pages of all origins may read streams to them, too") {
  virtual_node node;
  for (const auto& v : strangers) {
    INFO(v.name);
    sse_client stream{node};
    stream.open("/events?channel=open:a", v.sends);
    REQUIRE(stream.connected());
  }
}

TEST_CASE("the key of the API is nothing that another page's request carries") {
  virtual_node node;
  const headers with_key{{"authorization", "Bearer test-key-of-the-house"}, {"user-agent", "Mozilla/5.0 (PowerShell)"}};
  REQUIRE(answer(node, "POST", "/api/publish", R"({"channel":"open:a","data":1})", with_key).status == 200);
}

TEST_CASE("ports that are their scheme's own are equal to none") {
  virtual_node node;
  const auto may = [&](const std::string& origin, const std::string& host) {
    return answer(node, "GET", "/poll?channel=open:a", {}, {{"origin", origin}, {"host", host}}).status == 200;
  };
  REQUIRE(may("https://localhost", "localhost:443")); // nginx: proxy_set_header Host $host:$server_port
  REQUIRE(may("https://localhost:443", "localhost"));
  REQUIRE(may("http://localhost", "localhost:80"));
  REQUIRE(may("http://localhost:80", "localhost"));
  REQUIRE(may("HTTPS://LOCALHOST", "localhost:443"));
  REQUIRE_FALSE(may("https://localhost", "localhost:8080"));
  REQUIRE_FALSE(may("http://localhost", "localhost:443"));
  REQUIRE_FALSE(may("https://localhost:80", "localhost"));

  auto settings = test_settings();
  settings.listen.origins = {"https://app.example:443", "http://other.example"};
  virtual_node listed{{}, settings};
  for (const char* origin : {"https://app.example", "https://app.example:443", "http://other.example:80"})
    REQUIRE(answer(listed, "GET", "/poll?channel=open:a", {}, {{"origin", origin}}).status == 200);
  for (const char* origin : {"http://app.example", "https://app.example:8443", "https://other.example"})
    REQUIRE(answer(listed, "GET", "/poll?channel=open:a", {}, {{"origin", origin}}).status == 403);
}

TEST_CASE("a listed page may ask beforehand, and read what /send and /poll answer, refusals too") {
  virtual_node node{{}, listed()};
  const headers page{{"origin", "https://app.example"}, {"content-type", "application/json"}};
  for (const auto& [target, method] : {std::pair{"/send", "POST"}, std::pair{"/poll?channel=open:a", "GET"}}) {
    INFO(target);
    const auto asked = answer(node, "OPTIONS", target, {}, page);
    REQUIRE(asked.status == 204);
    REQUIRE(header(asked, "Access-Control-Allow-Origin") == "https://app.example");
    REQUIRE(header(asked, "Access-Control-Allow-Methods") == method);
    REQUIRE(header(asked, "Access-Control-Allow-Headers").find("content-type") != std::string::npos);
    REQUIRE(header(asked, "Vary") == "Origin");
    const auto stranger = answer(node, "OPTIONS", target, {}, {{"origin", "https://evil.example"}});
    REQUIRE(header(stranger, "Access-Control-Allow-Origin").empty());
    REQUIRE(header(stranger, "Vary") == "Origin");
  }
  const auto sent = answer(node, "POST", "/send", R"({"userId":"ada","message":1})", page);
  REQUIRE(sent.status == 200);
  REQUIRE(header(sent, "Access-Control-Allow-Origin") == "https://app.example");
  REQUIRE(header(sent, "Vary") == "Origin");
  const auto refused = answer(node, "POST", "/send", "{}", page);
  REQUIRE(refused.status == 400);
  REQUIRE(header(refused, "Access-Control-Allow-Origin") == "https://app.example");
  const auto polled = answer(node, "GET", "/poll?userId=ada", {}, page);
  REQUIRE(header(polled, "Access-Control-Allow-Origin") == "https://app.example");
  REQUIRE(header(polled, "Access-Control-Expose-Headers") == "Retry-After");
}
