// Who did what, and from where: the log's audit lines; and how somebody becomes an observer.

#include "tests/actors/virtual_node/scene.hpp"

using namespace troupe::actors::testing;

namespace {

using headers = std::vector<std::pair<std::string, std::string>>;

const headers with_key{{"authorization", "Bearer test-key-of-the-house"}};

headers cookie_of(const troupe::transports::http_response& r) {
  const auto text = header(r, "Set-Cookie");
  return {{"cookie", text.substr(0, text.find(';'))}};
}

headers logged_in(virtual_node& node) {
  const auto r = answer(node, "POST", "/api/observer_login", "{}", with_key);
  REQUIRE(r.status == 200);
  return cookie_of(r);
}

} // namespace

TEST_CASE("whoever has the key becomes an observer, for a week, also of a node that was started again") {
  headers cookie;
  {
    virtual_node node;
    CHECK(answer(node, "POST", "/api/observer_login", "{}").status == 401);
    CHECK(answer(node, "POST", "/api/observer_login", "{}", {{"authorization", "Bearer wrong"}}).status == 401);
    cookie = logged_in(node);
    CHECK(answer(node, "GET", "/api/tree", {}, cookie).status == 200);
    CHECK(answer(node, "GET", "/api/history?channel=open:a", {}, cookie).status == 200);
    CHECK(answer(node, "POST", "/api/publish", R"({"channel":"open:a"})", cookie).status == 401);
    CHECK(answer(node, "POST", "/api/observer_login", "{}", cookie).status == 401); // a cookie makes no cookies
  }
  virtual_node again;
  CHECK(answer(again, "GET", "/api/tree", {}, cookie).status == 200);
  auto forged = cookie;
  forged[0].second[forged[0].second.find('=') + 1] ^= 1;
  CHECK(answer(again, "GET", "/api/tree", {}, forged).status == 401);
  again.inside().auth.set_key("another key", 8080);
  CHECK(answer(again, "GET", "/api/tree", {}, cookie).status == 401);
}

TEST_CASE("an observer's cookie ends after a week, whatever the browser thinks") {
  std::int64_t now = 1'700'000'000'000;
  troupe::actors::api_auth auth{[&now] { return now; }};
  auth.set_key("k", 8080);
  const auto text = auth.log_in().cookie;
  auto asking = request("GET", "/api/tree");
  asking.headers = {{"cookie", text.substr(0, text.find(';'))}};
  CHECK(auth.who(asking).value_or("").starts_with("observer "));
  now += std::chrono::milliseconds{std::chrono::days{7}}.count() - 1;
  CHECK(auth.may_observe(asking));
  now += 1;
  CHECK_FALSE(auth.may_observe(asking));

  auto& cookie = asking.headers[0].second; // what is signed is the end, too
  cookie.insert(cookie.find('.') + 1, "9");
  CHECK_FALSE(auth.may_observe(asking));
}

TEST_CASE("kills, disconnects, publications by key and logins are in the log: who, and from where") {
  scene s;
  ws_client a{s.node};
  a.join("room:1", "");
  const auto cookie = logged_in(s.node);
  CHECK(s.node.logged("audit: login by observer ") == 1);
  CHECK(answer(s.node, "POST", "/api/kill", R"({"channel":"room:1"})", cookie).status == 200);
  CHECK(s.node.logged("audit: kill room:1 by observer ") == 1);
  api(s.node, "/api/disconnect", {{"session", a.session()}});
  CHECK(s.node.logged("audit: disconnect " + a.session() + " by API key from ") == 1);
  const auto link = s.node.inside().auth.new_link(s.node.now(), 15min);
  CHECK(answer(s.node, "GET", "/observer?once=" + link).status == 303);
  CHECK(s.node.logged("audit: login by observer ") == 2);
  api(s.node, "/api/kill", {{"channel", "room:nobody"}}, 404); // was tried, too
  CHECK(s.node.logged("audit: kill room:nobody by API key") == 1);
}

TEST_CASE("a program that publishes all the time, and somebody who guesses keys, are one line and how many more") {
  virtual_node node;
  publish_numbers(node, "open:a", 1, 50);
  CHECK(node.logged("audit: publish open:a by API key") == 1);
  for (int i = 0; i < 50; ++i)
    CHECK(answer(node, "POST", "/api/observer_login", "{}").status == 401);
  CHECK(node.logged("audit: refused login") == 1);
  node.pass(11s);
  CHECK(node.logged("and 49 more like it") == 2);
}

TEST_CASE("observers see what others do") {
  scene s;
  sse_client observer{s.node};
  observer.open("/events?channel=$node:events", with_key);
  s.node.pass(1s);
  ws_client a{s.node};
  a.join("room:1", "");
  api(s.node, "/api/kill", {{"channel", "room:1"}});
  s.node.pass(1s);
  std::size_t audits = 0;
  for (const auto& e : observer.publications())
    if (e.event == "audit") {
      ++audits;
      CHECK(e.data["action"] == "kill");
      CHECK(e.data["target"] == "room:1");
      CHECK(e.data["who"] == "API key");
      CHECK(e.data.contains("from"));
    }
  CHECK(audits == 1);
}
