// The HTTP API, the observer and the monitors' endpoints.

#include "tests/actors/virtual_node/scene.hpp"

using namespace troupe::actors::testing;

namespace {

using headers = std::vector<std::pair<std::string, std::string>>;

const headers with_key{{"authorization", "Bearer test-key-of-the-house"}};

} // namespace

TEST_CASE("without the key the API answers 401 and does nothing") {
  virtual_node node;
  for (const char* path : {"/api/publish", "/api/batch", "/api/broadcast", "/api/send", "/api/disconnect",
                           "/api/unsubscribe", "/api/kill", "/api/observer_link", "/api/observer_login"}) {
    INFO(path);
    REQUIRE(answer(node, "POST", path, R"({"channel":"open:a","data":1})").status == 401);
    REQUIRE(answer(node, "POST", path, "{}", {{"authorization", "Bearer test-key-of-the-hous"}}).status == 401);
    REQUIRE(answer(node, "GET", path, {}, with_key).status == 405);
  }
  for (const char* path : {"/api/channels", "/api/connections", "/api/history", "/api/presence", "/api/tree", "/api/load"}) {
    INFO(path);
    REQUIRE(answer(node, "GET", path).status == 401);
    REQUIRE(answer(node, "POST", path, "{}", with_key).status == 405);
  }
  REQUIRE(answer(node, "GET", "/api/nothing", {}, with_key).status == 404);
}

TEST_CASE("publishing starts the channel, skips on_publish, and tells the position") {
  scene s;
  const auto r = api(s.node, "/api/publish", {{"channel", "room:9"}, {"event", "x"}, {"data", {{"a", 1}}}});
  REQUIRE(r["channel"] == "room:9");
  REQUIRE(r["offset"] == 1);
  REQUIRE(r["epoch"].get<std::string>().size() > 2);
  REQUIRE(api(s.node, "/api/publish", {{"channel", "room:9"}, {"data", 2}, {"key", "k"}})["offset"] == 2);
  REQUIRE(api(s.node, "/api/publish", {{"channel", "room:9"}, {"data", 3}, {"key", "k"}})["offset"] == 2);
  api(s.node, "/api/publish", {{"channel", "nowhere:1"}, {"data", 1}}, 404);
  api(s.node, "/api/publish", {{"data", 1}}, 400);
  api(s.node, "/api/publish", {{"channel", "room:9"}, {"event", "gap"}}, 400);
  api(s.node, "/api/publish", {{"channel", std::string(300, 'x')}}, 400);
  REQUIRE(answer(s.node, "POST", "/api/publish", "{\"channel\":\"room:9\",\"data\":tru}", with_key).status == 400);
}

TEST_CASE("what is published through the API reaches clients as it was written") {
  virtual_node node;
  ws_client a{node};
  a.join("open:a", "");
  a.join("open:b", "");
  a.join("user:ann", "");
  const std::string data = R"({"z":1.50,"a":[1E2,"\u00e9"],"big":12345678901234567890})";
  const auto post = [&](const char* path, const std::string& body) {
    const auto r = answer(node, "POST", path, body, with_key);
    REQUIRE(r.status == 200);
  };
  post("/api/publish", R"({"channel":"open:a","data": )" + data + "}");
  post("/api/batch", R"({"publications":[{"channel":"open:a","data":)" + data + R"(},{"data":)" + data + R"(,"channel":"open:b"}]})");
  post("/api/broadcast", R"({"channels":["open:a","open:b"],"event":"e","data":)" + data + "}");
  post("/api/send", R"({"userId":"ann","message":)" + data + "}");
  std::size_t untouched = 0;
  const auto& arrived = a.line().arrived();
  for (auto at = arrived.find("\"data\":" + data); at != std::string::npos; at = arrived.find("\"data\":" + data, at + 1))
    ++untouched;
  REQUIRE(untouched == 6);
}

TEST_CASE("the API says what is wrong with a body, and publishes nothing of it") {
  auto settings = test_settings();
  settings.limits.request_body_bytes = 2 * settings.limits.message_bytes;
  virtual_node node{{}, settings};
  const auto refused = [&](const char* path, const std::string& body, unsigned status) {
    const auto r = answer(node, "POST", path, body, with_key);
    INFO(body << " -> " << r.body);
    REQUIRE(r.status == status);
    return json::parse(r.body)["error"]["message"].get<std::string>();
  };
  const std::string large(settings.limits.message_bytes, 'x');
  REQUIRE(refused("/api/publish", R"({"channel":"open:a","data":")" + large + "\"}", 413).starts_with("data: larger than "));
  REQUIRE(refused("/api/send", R"({"userId":"a","message":")" + large + "\"}", 413).starts_with("message: larger than "));
  REQUIRE(refused("/api/publish", "\"" + large + large + "\"", 413).starts_with("larger than "));
  REQUIRE(refused("/api/publish", R"({"channel":"open:a","channel":"open:b"})", 400) == "channel: given twice");
  REQUIRE(refused("/api/batch", R"({"publications":[{"channel":"open:a","data":1},{"data":1}]})", 400) ==
          "publications[1]: channel: missing");
  REQUIRE(refused("/api/batch", R"({"publications":[{"channel":"open:a"}],"publications":[{"channel":"open:a"}]})", 400) ==
          "publications: given twice");
  REQUIRE(refused("/api/batch", R"({"publications":[],"publications":[{"channel":"open:a"}]})", 400) ==
          "publications: given twice");
  REQUIRE(refused("/api/batch", R"({"publications":[7]})", 400) == "publications[0]: expected an object");
  REQUIRE(refused("/api/broadcast", R"({"channels":["open:a",""],"data":1})", 400).starts_with("channels: "));
  REQUIRE(refused("/api/publish", "[1]", 400) == "expected an object");
  REQUIRE(refused("/api/kill", "[1]", 400) == "expected an object");
  REQUIRE(refused("/api/kill", "{\"channel\":tru}", 400).starts_with("not JSON"));
  REQUIRE(api_get(node, "/api/history?channel=open:a")["offset"] == 0);
}

TEST_CASE("data may nest as deep in a batch as alone") {
  virtual_node node;
  const auto deepest = test_settings().limits.message_depth - 1; // within the publication
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + "1" + std::string(depth, ']'); };
  const auto one = [&](std::size_t depth) { return R"({"channel":"open:a","data":)" + nested(depth) + "}"; };
  const auto batch = [&](std::size_t depth) { return R"({"publications":[)" + one(depth) + "]}"; };
  REQUIRE(answer(node, "POST", "/api/publish", one(deepest), with_key).status == 200);
  REQUIRE(answer(node, "POST", "/api/batch", batch(deepest), with_key).status == 200);
  REQUIRE(answer(node, "POST", "/api/publish", one(deepest + 1), with_key).status == 400);
  REQUIRE(answer(node, "POST", "/api/batch", batch(deepest + 1), with_key).status == 400);
}

TEST_CASE("a batch has a result for each, in order") {
  virtual_node node;
  const auto r = api(node, "/api/batch", {{"publications", {{{"channel", "open:a"}, {"data", 1}},
                                                            {{"channel", "nowhere:1"}, {"data", 1}},
                                                            {{"channel", "open:a"}, {"data", 2}}}}})["results"];
  REQUIRE(r.size() == 3);
  REQUIRE(r[0]["offset"] == 1);
  REQUIRE(r[1]["error"]["code"] == "not_found");
  REQUIRE(r[2]["offset"] == 2);
  const auto b = api(node, "/api/broadcast", {{"channels", {"open:x", "open:y"}}, {"event", "e"}, {"data", 5}})["results"];
  REQUIRE(b[0]["channel"] == "open:x");
  REQUIRE(b[1]["offset"] == 1);
  REQUIRE(api(node, "/api/batch", {{"publications", json::array()}})["results"].empty());
}

TEST_CASE("history and presence of a channel") {
  virtual_node node;
  publish_numbers(node, "open:a", 1, 5);
  ws_client a{node};
  a.join("open:a", "");
  const auto h = api_get(node, "/api/history?channel=open:a&limit=2");
  REQUIRE(h["publications"].size() == 2);
  REQUIRE(h["offset"] == 5);
  const auto p = api_get(node, "/api/presence?channel=open:a");
  REQUIRE(p["members"].size() == 1);
  REQUIRE(p["members"][0]["session"] == a.session());
  const auto from = h["epoch"].get<std::string>() + "-";
  const auto on = api_get(node, "/api/history?channel=open:a&since=" + from + "3");
  REQUIRE(on["publications"].size() == 2);
  REQUIRE(on["recovered"] == true);
  REQUIRE(api_get(node, "/api/history?channel=open:a&since=other-3")["recovered"] == false);
  REQUIRE(api_get(node, "/api/presence?channel=open:a&since=" + a.session())["members"].empty());
  api_get(node, "/api/history?channel=open:a&since=3", 400);
  api_get(node, "/api/presence?channel=open:a&since=3", 400);
  api_get(node, "/api/history?channel=open:a&limit=x", 400);
  api_get(node, "/api/history?channel=nowhere:1", 404);
}

TEST_CASE("the tree shows supervisors, channels by name with restarts, and shards with their clients") {
  scene s;
  ws_client a{s.node};
  a.join("room:1", "");
  api(s.node, "/api/kill", {{"channel", "room:1"}});
  const auto tree = api_get(s.node, "/api/tree");
  REQUIRE(tree["name"] == "node n1");
  std::map<std::string, json> by_name;
  for (const auto& c : tree["children"])
    by_name[c["name"]] = c;
  for (const char* name : {"telemetry", "mounts", "channels", "broker", "shards"})
    REQUIRE(by_name.contains(name));
  bool found = false;
  for (const auto& c : by_name["channels"]["children"])
    found = found || (c["name"] == "room:1" && c["restarts"] == 1 && c["info"]["members"] == 1);
  REQUIRE(found);
  REQUIRE(by_name["shards"]["children"].size() == 2);
  REQUIRE(by_name["shards"]["children"][0]["info"]["websocket"] == 1);
}

TEST_CASE("connections name session, transport, shard and positions, never tokens") {
  virtual_node node;
  ws_client a{node, "troupe.v1.json", 1};
  a.join("open:a", "");
  publish_numbers(node, "open:a", 1, 2);
  const auto all = api_get(node, "/api/connections");
  REQUIRE(all["connections"].size() == 1);
  const auto& c = all["connections"][0];
  REQUIRE(c["session"] == a.session());
  REQUIRE(c["transport"] == "websocket");
  REQUIRE(c["shard"] == 1);
  REQUIRE(c["channels"][0]["offset"] == 2);
  REQUIRE(c["away"] == false);
  REQUIRE(all.dump().find(a.messages("welcome")[0]["token"].get<std::string>()) == std::string::npos);
  a.lose_connection();
  REQUIRE(api_get(node, "/api/connections")["connections"][0]["away"] == true);
}

TEST_CASE("ending a client through the API") {
  virtual_node node;
  ws_client a{node, "troupe.v1.json", 1};
  api(node, "/api/disconnect", {{"session", a.session()}, {"reason", "enough"}});
  REQUIRE(a.line().closed_with() == troupe::protocol::close_code::kicked);
  REQUIRE(a.line().close_reason() == "enough");
  api(node, "/api/disconnect", {{"session", a.session()}}, 404);
  api(node, "/api/disconnect", {{"session", "nonsense"}}, 400);
}

// -- the observer -------------------------------------------------------------

TEST_CASE("the observer opens by a link that works once and sets a cookie nobody's script can read") {
  virtual_node node;
  const auto link = node.inside().auth.new_link(node.now(), 15min);
  const auto opened = answer(node, "GET", "/observer?once=" + link);
  REQUIRE(opened.status == 303);
  REQUIRE(header(opened, "Location") == "/observer");
  const auto cookie = header(opened, "Set-Cookie");
  REQUIRE(cookie.starts_with("troupe_observer_8080=")); // cookies do not know ports: nodes of one host have one each
  REQUIRE(cookie.find("HttpOnly") != std::string::npos);
  REQUIRE(cookie.find("SameSite=Strict") != std::string::npos);
  REQUIRE(answer(node, "GET", "/observer?once=" + link).status == 200); // the page, locked: no cookie
  const headers with_cookie{{"cookie", "theme=dark; " + cookie.substr(0, cookie.find(';'))}};
  REQUIRE(answer(node, "GET", "/api/tree", {}, with_cookie).status == 200);
  REQUIRE(answer(node, "GET", "/api/channels", {}, with_cookie).status == 200);
  REQUIRE(answer(node, "GET", "/api/history?channel=open:a", {}, with_cookie).status == 200);
  REQUIRE(answer(node, "POST", "/api/publish", R"({"channel":"open:a"})", with_cookie).status == 401);

  REQUIRE(answer(node, "POST", "/api/observer_link", "{}", with_cookie).status == 401); // who has a cookie makes no more
  const auto another = api(node, "/api/observer_link", json::object())["path"].get<std::string>();
  REQUIRE(answer(node, "GET", another).status == 303);

  SECTION("its kill button must come from the node's own page") {
    publish_numbers(node, "open:a", 1, 1);
    auto from_page = with_cookie;
    from_page.emplace_back("origin", "http://127.0.0.1:8080");
    from_page.emplace_back("content-type", "application/json");
    REQUIRE(answer(node, "POST", "/api/kill", R"({"channel":"open:a"})", from_page).status == 200);
    from_page[1].second = "https://evil.example";
    REQUIRE(answer(node, "POST", "/api/kill", R"({"channel":"open:a"})", from_page).status == 403);
    from_page[1].second = "http://127.0.0.1:8080";
    from_page[2].second = "text/plain";
    REQUIRE(answer(node, "POST", "/api/kill", R"({"channel":"open:a"})", from_page).status == 415);
  }
}

TEST_CASE("what happens in the node is told on $node:events, to those who may, and nothing about itself") {
  scene s;
  sse_client stranger{s.node};
  stranger.open("/events?channel=$node:events");
  REQUIRE(stranger.exchange().response()->status == 403);
  ws_client anonymous{s.node};
  REQUIRE(anonymous.ask({{"action", "subscribe"}, {"channel", "$node:events"}})["code"] == "refused");
  REQUIRE(anonymous.ask({{"action", "publish"}, {"channel", "$node:events"}, {"data", 1}})["type"] == "error");
  REQUIRE(anonymous.ask({{"action", "history"}, {"channel", "$node:events"}})["type"] == "error");

  sse_client observer{s.node};
  observer.open("/events?channel=$node:events", with_key);
  s.node.pass(1s);
  ws_client a{s.node, "troupe.v1.json", 1};
  a.join("room:1", "");
  api(s.node, "/api/kill", {{"channel", "room:1"}});
  s.node.pass(1500ms);
  std::map<std::string, int> seen;
  for (const auto& e : observer.publications()) {
    ++seen[e.event];
    REQUIRE(e.data.dump().find("$node:events") == std::string::npos);
  }
  REQUIRE(seen["opened"] >= 1);
  REQUIRE(seen["joined"] == 1);
  REQUIRE(seen["restarted"] == 1);
  REQUIRE(seen["started"] >= 1);
  REQUIRE(seen["rates"] >= 1);

  SECTION("and when nobody looks any more, nothing is measured or published") {
    observer.lose_connection();
    s.node.pass(10s);
    const auto before = s.node.counters(0).publications + s.node.counters(1).publications;
    a.close();
    s.node.pass(10s);
    REQUIRE(s.node.counters(0).publications + s.node.counters(1).publications == before);

    sse_client later{s.node};
    later.open("/events?channel=$node:events", with_key);
    s.node.pass(2s);
    std::size_t rates = 0;
    for (const auto& e : later.publications())
      rates += e.event == "rates";
    REQUIRE(rates >= 1);
  }
}

// -- monitors -----------------------------------------------------------------

TEST_CASE("metrics count what the article counts, as JSON and for Prometheus") {
  virtual_node node;
  ws_client a{node};
  sse_client b{node};
  b.open("/events?channel=open:a");
  const auto waiting = send_request(node, request("GET", "/poll?userId=ada"));
  a.send_text("not json");
  a.join("open:a", "");
  publish_numbers(node, "open:a", 1, 3);
  const auto m = json::parse(answer(node, "GET", "/metrics", {}, {{"accept", "application/json"}}).body);
  REQUIRE(m["connections"] == 3);
  REQUIRE(m["messagesReceived"] == 3); // two of the WebSocket, one poll
  REQUIRE(m["messagesSent"] >= 8);
  REQUIRE(m["errors"] == 1);
  const auto text = answer(node, "GET", "/metrics").body;
  REQUIRE(text.find("troupe_sessions{transport=\"websocket\"} 1\n") != std::string::npos);
  REQUIRE(text.find("troupe_subscriptions 3\n") != std::string::npos); // one each, the poll's is its inbox
  REQUIRE(text.find("# TYPE troupe_messages_received_total counter") != std::string::npos);
  a.close();
  const auto after = json::parse(answer(node, "GET", "/metrics", {}, {{"accept", "application/json"}}).body);
  REQUIRE(after["connections"] == 2);
  REQUIRE(after["subscriptions"] == 2);
}

TEST_CASE("alive and ready are two things: a draining node is alive") {
  virtual_node node;
  REQUIRE(answer(node, "GET", "/healthz").status == 200);
  REQUIRE(answer(node, "GET", "/readyz").status == 200);
  node.inside().draining = true;
  REQUIRE(answer(node, "GET", "/healthz").status == 200);
  REQUIRE(answer(node, "GET", "/readyz").status == 503);
}

// -- what is missing ----------------------------------------------------------

TEST_CASE("a link to the observer ends with its lifetime") {
  virtual_node node;
  const auto path = api(node, "/api/observer_link", json::object())["path"].get<std::string>();
  node.pass(14min);
  const auto another = node.inside().auth.new_link(node.now(), 15min);
  REQUIRE(answer(node, "GET", path).status == 200); // replaced: the page, locked
  node.pass(14min);
  REQUIRE(answer(node, "GET", "/observer?once=" + another).status == 303);
  const auto last = api(node, "/api/observer_link", json::object())["path"].get<std::string>();
  node.pass(15min);
  REQUIRE(answer(node, "GET", last).status == 200);
}

TEST_CASE("/api/unsubscribe says what is missing: a key, the session, or that it is not in the channel") {
  virtual_node node;
  ws_client a{node, "troupe.v1.json", 1};
  a.join("open:a", "");
  const auto refused = [&](const json& body, unsigned status) {
    return api(node, "/api/unsubscribe", body, status)["error"]["message"].get<std::string>();
  };
  REQUIRE(refused({{"channel", "open:a"}}, 400) == "session: missing");
  REQUIRE(refused({{"session", a.session()}}, 400) == "channel: missing");
  REQUIRE(refused({{"session", a.session()}, {"channel", ""}}, 400).starts_with("channel: "));
  REQUIRE(refused({{"session", "s999999"}, {"channel", "open:a"}}, 404) == "there is no such session");
  REQUIRE(refused({{"session", a.session()}, {"channel", "open:b"}}, 404).find("not in open:b") != std::string::npos);
  REQUIRE(api(node, "/api/unsubscribe", {{"session", a.session()}, {"channel", "open:a"}})["success"] == true);
  REQUIRE(refused({{"session", a.session()}, {"channel", "open:a"}}, 404).find("not in open:a") != std::string::npos);
  REQUIRE(api(node, "/api/kill", json::object(), 400)["error"]["message"] == "name a channel or a session");
  REQUIRE(api(node, "/api/batch", json::object(), 400)["error"]["message"] == "publications: missing");
  REQUIRE(api(node, "/api/broadcast", {{"data", 1}}, 400)["error"]["message"] == "channels: missing");
}
