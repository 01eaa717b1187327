// Routes of the application's own: which are taken, who is asked, and what becomes of those who wait.

#include "tests/actors/virtual_node/scene.hpp"

#include "actors/endpoints/route_table.hpp"
#include "actors/sessions/shard.hpp"
#include "protocol/error_code.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

http_handler says(std::string text) {
  return [text = std::move(text)](const http_call&) -> http_result { return http_reply::text(text); };
}

std::string refusal(route_table& all, const std::string& method, const std::string& path, http_handler h = says("x")) {
  try {
    all.add(method, path, std::move(h));
  } catch (const std::invalid_argument& why) {
    return why.what();
  }
  return "taken";
}

/// A node whose application has these routes; `/later/{n}` is owed until the test keeps the promise.
struct served {
  explicit served(config::settings settings = test_settings(), std::uint32_t shards = 1) : node(plan(*this), std::move(settings), shards) {}

  static node_plan plan(served& self) {
    node_plan p;
    p.routes.add("GET", "/hello/{name}", [](const http_call& c) -> http_result {
      return http_reply::json(payload::of(std::vector<std::string>{
          c.method(), std::string{c.path()}, std::string{c.parameter("name")}, std::string{c.query("q")},
          std::string{c.header("x-one")}, std::string{c.cookie("login")}, c.body(), std::string{c.parameter("other")}}));
    });
    p.routes.add("POST", "/hello/{name}", says("posted"));
    p.routes.add("GET", "/hello/world", says("literal"));
    p.routes.add("GET", "/refuse", [](const http_call&) -> http_result { return refuse(error_code::refused, "no"); });
    p.routes.add("GET", "/throw", [](const http_call&) -> http_result { throw std::runtime_error("by mistake"); });
    p.routes.add("GET", "/bad", [](const http_call&) -> http_result {
      return http_reply{200, {{"X-A", "a\r\nSet-Cookie: b"}}, {}};
    });
    p.routes.add("GET", "/open", [](const http_call&) -> http_result {
      return http_reply{200, {{"access-control-allow-origin", "*"}}, {}};
    });
    p.routes.add("GET", "/owed", [](const http_call&) -> http_result { return later_t{}; });
    p.routes.add("GET", "/later/{n}", [&self](const http_call& c) -> http_result {
      const auto promise = c.promise_answer();
      self.owed.emplace(c.parameter("n"), promise);
      return later(promise);
    });
    return p;
  }

  std::shared_ptr<test_exchange> ask(const std::string& target, const std::string& peer = "198.51.100.1:1") {
    auto what = request("GET", target);
    what.peer = peer;
    return send_request(node, std::move(what));
  }

  std::map<std::string, http_promise, std::less<>> owed;
  virtual_node node;
};

} // namespace

// -- which are taken ----------------------------------------------------------

TEST_CASE("routes that shadow the node's own paths, or each other, are refused with a reason") {
  route_table all;
  for (const auto* path : {"/ws", "/events", "/poll", "/send", "/api", "/api/mine", "/metrics", "/healthz", "/readyz",
                           "/observer", "/observer/x", "/troupe.js"})
    CHECK(refusal(all, "GET", path) == "route GET " + std::string{path} + ": this path is the node's own");
  CHECK(refusal(all, "HEAD", "/a").find("the method is") != std::string::npos);
  CHECK(refusal(all, "GET", "a").find("begins with /") != std::string::npos);
  for (const auto* path : {"/a b", "/{", "/{}", "/{a}b", "/a{b}", "/{a}/{a}", "/..", "/a/./b", "/%20", "/{a b}"})
    CHECK(refusal(all, "GET", path) != "taken");
  CHECK(refusal(all, "GET", "/a", {}).find("no handler") != std::string::npos);
  CHECK(all.empty());
  CHECK(refusal(all, "GET", "/a/{x}") == "taken");
  CHECK(refusal(all, "POST", "/a/{x}") == "taken");
  CHECK(refusal(all, "GET", "/a/{x}") == "route GET /a/{x}: it is there already");
  CHECK(refusal(all, "PUT", "/a/{y}") == "route PUT /a/{y}: the same paths are those of /a/{x}");
  CHECK(refusal(all, "GET", "/a/b") == "taken");
}

TEST_CASE("of several routes that fit the one that is literal first has the path") {
  route_table all;
  for (const auto* path : {"/{a}/{b}", "/{a}/x", "/y/{b}", "/y/x", "/", "/y/"})
    all.add("GET", path, says(path));
  const auto pattern = [&](std::string_view path) {
    const auto* at = all.find(path);
    return at ? at->pattern : std::string{"nobody"};
  };
  CHECK(pattern("/y/x") == "/y/x");
  CHECK(pattern("/y/z") == "/y/{b}");
  CHECK(pattern("/z/x") == "/{a}/x");
  CHECK(pattern("/z/z") == "/{a}/{b}");
  CHECK(pattern("/") == "/");
  CHECK(pattern("/y/") == "/y/");
  CHECK(pattern("/z/") == "nobody"); // a name stands for something
  CHECK(pattern("/y") == "nobody");
  CHECK(pattern("/y/x/z") == "nobody");
  CHECK(pattern("/y/..") == "nobody"); // nor for another place
  CHECK(pattern("/./z") == "nobody");
  CHECK(pattern("/y/...") == "/y/{b}");
}

// -- who is asked -------------------------------------------------------------

TEST_CASE("a handler reads method, path, parameters, query, headers, cookies and body") {
  served s;
  const auto got = answer(s.node, "GET", "/hello/ada?q=1", "text", {{"x-one", "1"}, {"cookie", "a=b; login=c"}});
  CHECK(got.status == 200);
  CHECK(header(got, "Content-Type") == "application/json");
  CHECK(got.body == R"(["GET","/hello/ada","ada","1","1","c","text",""])");
  CHECK(answer(s.node, "GET", "/hello/world").body == "literal");
  CHECK(json::parse(answer(s.node, "HEAD", "/hello/ada").body)[0] == "HEAD"); // what is sent of it is the connection's
  CHECK(answer(s.node, "POST", "/hello/ada").body == "posted");
  CHECK(answer(s.node, "GET", "/metrics").status == 200);
  CHECK(answer(s.node, "GET", "/nowhere").status == 404);
}

TEST_CASE("a method that a route has not is told which it has") {
  served s;
  const auto no = answer(s.node, "DELETE", "/hello/ada");
  CHECK(no.status == 405);
  CHECK(header(no, "Allow") == "GET, HEAD, POST, OPTIONS");
  CHECK(answer(s.node, "POST", "/hello/world").status == 405); // the literal one has the path for all methods
  const auto options = answer(s.node, "OPTIONS", "/hello/ada");
  CHECK(options.status == 204);
  CHECK(header(options, "Allow") == "GET, HEAD, POST, OPTIONS");
}

TEST_CASE("a page of another site changes nothing by a route, and one that is listed may read") {
  auto settings = test_settings();
  settings.listen.origins = {"https://app.example"};
  served s{settings};
  CHECK(answer(s.node, "POST", "/hello/ada", {}, {{"origin", "http://evil.example"}}).status == 403);
  CHECK(answer(s.node, "POST", "/hello/ada", {}, {{"sec-fetch-site", "cross-site"}, {"user-agent", "Mozilla/5.0"}}).status == 403);
  const auto listed = answer(s.node, "POST", "/hello/ada", {}, {{"origin", "https://app.example"}});
  CHECK(listed.status == 200);
  CHECK(header(listed, "Access-Control-Allow-Origin") == "https://app.example");
  const auto open = answer(s.node, "GET", "/open", {}, {{"origin", "https://app.example"}}).headers;
  CHECK(std::count_if(open.begin(), open.end(), [](const auto& h) { return h.first.size() == 27; }) == 1); // browsers refuse two
  CHECK(header(answer(s.node, "GET", "/open", {}, {{"origin", "https://other.example"}}), "access-control-allow-origin") == "*");
  const auto asked = answer(s.node, "OPTIONS", "/hello/ada", {},
                            {{"origin", "https://app.example"}, {"access-control-request-method", "POST"}});
  CHECK(header(asked, "Access-Control-Allow-Methods").find("POST") != std::string::npos);
}

TEST_CASE("a handler's refusal has the status of its code; what it throws, or cannot be sent, is a 500 and in the log") {
  served s;
  CHECK(answer(s.node, "GET", "/refuse").status == 403);
  CHECK(answer(s.node, "GET", "/throw").status == 500);
  CHECK(s.node.logged("by mistake") == 1);
  const auto bad = answer(s.node, "GET", "/bad");
  CHECK(bad.status == 500);
  CHECK(header(bad, "X-A").empty());
  CHECK(s.node.logged("control characters") == 1);
  CHECK(answer(s.node, "GET", "/owed").status == 500);
}

TEST_CASE("a node that drains asks no handler any more") {
  served s;
  s.node.inside().draining = true;
  CHECK(answer(s.node, "GET", "/hello/ada").status == 503);
}

// -- those who wait -----------------------------------------------------------

TEST_CASE("a promise is kept from any thread, once") {
  served s;
  const auto asked = s.ask("/later/1");
  CHECK(asked->waiting());
  std::thread([&] {
    s.owed.at("1").answer(http_reply::text("now", 201));
    s.owed.at("1").answer(http_reply::text("again"));
  }).join();
  s.node.settle();
  REQUIRE(asked->response());
  CHECK(asked->response()->status == 201);
  CHECK(asked->response()->body == "now");
}

TEST_CASE("a promise that is not kept in time is a timeout, and one that nobody keeps a 500") {
  auto settings = test_settings();
  settings.channels.call_timeout = std::chrono::seconds{5};
  served s{settings};
  const auto late = s.ask("/later/1");
  s.node.pass(std::chrono::milliseconds{4900});
  CHECK(late->waiting());
  s.node.pass(std::chrono::milliseconds{300});
  REQUIRE(late->response());
  CHECK(late->response()->status == static_cast<unsigned>(protocol::http_status(error_code::timeout)));
  s.owed.at("1").answer(http_reply::text("too late"));
  s.node.settle();
  const auto dropped = s.ask("/later/2");
  s.owed.erase("2");
  s.node.settle();
  REQUIRE(dropped->response());
  CHECK(dropped->response()->status == 500);
}

TEST_CASE("one address holds no more requests than its limit, those whose client is gone included") {
  auto settings = test_settings();
  settings.limits.route_requests_per_address = 2;
  settings.limits.route_requests = 3;
  served s{settings};
  const auto first = s.ask("/later/1");
  const auto second = s.ask("/later/2");
  first->give_up();
  CHECK(s.ask("/later/3")->response()->status == 429);
  CHECK(s.node.metric("limits.route_requests_per_address") == 1);
  const auto other = s.ask("/later/4", "203.0.113.9:1");
  CHECK(other->waiting());
  const auto full = s.ask("/later/5", "192.0.2.7:1");
  REQUIRE(full->response());
  CHECK(full->response()->status == 503);
  CHECK_FALSE(header(*full->response(), "Retry-After").empty());
  CHECK(s.node.metric("limits.route_requests") == 1);
  s.owed.at("1").answer(http_reply::text("to nobody"));
  s.node.settle();
  CHECK(s.ask("/later/6")->waiting());
  CHECK(second->waiting());
}

TEST_CASE("who waits keeps its deadline when its shard is started anew") {
  auto settings = test_settings();
  settings.channels.call_timeout = std::chrono::seconds{5};
  served s{settings};
  const auto kept = s.ask("/later/1");
  const auto late = s.ask("/later/2");
  s.node.fail_actor("shard-0");
  s.node.pass(std::chrono::seconds{1});
  s.owed.at("1").answer(http_reply::text("still"));
  s.node.settle();
  REQUIRE(kept->response());
  CHECK(kept->response()->body == "still");
  s.node.pass(std::chrono::seconds{6});
  REQUIRE(late->response());
  CHECK(late->response()->status == static_cast<unsigned>(protocol::http_status(error_code::timeout)));
}

TEST_CASE("a promise may outlive its node") {
  std::optional<http_promise> left;
  {
    served s;
    s.ask("/later/1");
    left = s.owed.at("1");
  }
  left->answer(http_reply::text("to nobody"));
  CHECK(left);
}
