// Who a client is: the application's hook, asked before anything else, on every transport.

#include "tests/actors/endpoints/club.hpp"

using namespace troupe::actors::testing;
using namespace troupe;

// -- answers at once ----------------------------------------------------------

TEST_CASE("channels know each client by what on_connect said, on every transport") {
  club c{by_cookie};
  ws_client socket{c.node, "troupe.v1.json", 0, "/ws", login("ann")};
  socket.join("hall:a", {});
  sse_client stream{c.node, 1};
  stream.open("/events?channel=hall:a", login("bob"));
  get(c.node, "/poll?channel=hall:a", login("cid"));
  CHECK(*c.book == lines{R"(websocket ann {"of":"ann"})", R"(sse bob {"of":"bob"})", R"(poll cid {"of":"cid"})"});
  const auto there = socket.ask({{"action", "presence"}, {"channel", "hall:a"}});
  INFO(there.dump());
  CHECK(there["data"]["members"].dump().find("\"user\":\"cid\"") != std::string::npos);
}

TEST_CASE("who publishes is known by name also without being a member") {
  auto settings = club::with_closed_rooms();
  config::name_space open_hall;
  open_hall.pattern = "hall:*";
  open_hall.publish = config::permission::anyone;
  settings.namespaces.push_back(open_hall);
  club c{by_cookie, settings};
  ws_client socket{c.node, "troupe.v1.json", 0, "/ws", login("ann")};
  socket.ask({{"action", "publish"}, {"channel", "hall:a"}, {"data", 1}});
  CHECK(*c.book == lines{R"(publish websocket ann {"of":"ann"})"});
}

TEST_CASE("who is refused reads why in a status, before the upgrade, the stream or the poll, and no session begins") {
  club c{by_cookie};
  for (const auto& one : arrive(c.node)) {
    INFO(one.name);
    REQUIRE(one.asked->response());
    CHECK(one.asked->response()->status == 401);
    CHECK(body_of(*one.asked)["error"] == json{{"code", "unauthorised"}, {"message", "log in first"}});
  }
  CHECK(sessions(c.node) == 0);
  CHECK(c.book->empty());
  for (const auto& one : arrive(c.node, login("ann"))) {
    INFO(one.name);
    CHECK(one.in());
  }
}

TEST_CASE("an event stream that may try again ends without a status; others read when") {
  club c{[](const handshake&) -> connect_result { return refuse(error_code::busy, "too much to do"); }};
  for (const auto& one : arrive(c.node)) {
    INFO(one.name);
    if (one.name == "stream") {
      CHECK(one.asked->hung_up());
      continue;
    }
    REQUIRE(one.asked->response());
    CHECK(one.asked->response()->status == 503);
    CHECK(header(*one.asked->response(), "Retry-After") == "1");
  }
}

TEST_CASE("what on_connect throws refuses its client with internal, is logged, and costs nobody else") {
  club c{[](const handshake& who) -> connect_result {
    if (who.cookie("login") == "odd")
      throw 7;
    if (who.cookie("login").empty())
      throw std::runtime_error("the table is gone");
    return by_cookie(who);
  }};
  for (const auto& headers : {login(""), login("odd")})
    for (const auto& one : arrive(c.node, headers)) {
      INFO(one.name);
      REQUIRE(one.asked->response());
      CHECK(one.asked->response()->status == 500);
      CHECK(one.asked->response()->body.find("the table") == std::string::npos);
    }
  CHECK(c.node.logged("the table is gone") > 0);
  for (const auto& one : arrive(c.node, login("ann")))
    CHECK(one.in());
}

TEST_CASE("an identity over limits.identity_bytes, or whose name makes no inbox, lets nobody in") {
  club c{[](const handshake& who) -> connect_result {
    if (who.cookie("login") == "long")
      return identity{"ann", payload::of(std::string(5000, 'x')), {}};
    return identity{"two\nlines", {}, {}};
  }};
  for (const char* which : {"long", "odd"})
    for (const auto& one : arrive(c.node, login(which))) {
      INFO(which << " " << one.name);
      REQUIRE(one.asked->response());
      CHECK(one.asked->response()->status == 500);
    }
  CHECK(c.node.metric("limits.identity_bytes") == 4);
}

TEST_CASE("the hook is asked once for an attachment, and sees the request at hand") {
  std::vector<std::string> seen;
  club c{[&](const handshake& who) -> connect_result {
    auto& line = seen.emplace_back(to_string(who.transport()));
    for (const auto part : {who.path(), who.parameter("t"), who.header("x-a"), who.subprotocol()})
      line += " " + std::string{part};
    return identity{"ann", {}, {}};
  }};
  ws_client socket{c.node, "troupe.v1.msgpack", 0, "/ws?t=1", {{"x-a", "A"}}};
  CHECK(socket.connected());
  CHECK(socket.asked().subprotocol() == "troupe.v1.msgpack");
  sse_client stream{c.node, 0};
  stream.open("/events?channel=open:a&t=2", {{"x-a", "B"}});
  const std::string cursor = body_of(*get(c.node, "/poll?channel=open:a&t=3"))["cursor"];
  publish_numbers(c.node, "open:a", 1, 1);
  CHECK(body_of(*get(c.node, "/poll?cursor=" + cursor))["messages"].size() == 1);
  CHECK(seen == lines{"websocket /ws 1 A troupe.v1.msgpack", "sse /events 2 B ", "poll /poll 3  "});
  c.node.pass(61s); // its lease is over: the next poll begins a new session
  get(c.node, "/poll?cursor=" + cursor);
  CHECK(seen.back() == "poll /poll   ");
  CHECK(seen.size() == 4);
}

TEST_CASE("the node's operator comes in, whomever on_connect refuses") {
  club c{by_cookie};
  sse_client stream{c.node, 0};
  stream.open("/events?channel=$node:events", {{"authorization", "Bearer test-key-of-the-house"}});
  CHECK(stream.connected());
}

// -- what it is for -----------------------------------------------------------

TEST_CASE("where the application says who clients are, an inbox is its user's alone, on every transport") {
  club c{by_cookie};
  answer(c.node, "POST", "/send", R"({"userId":"ann","message":"secret"})");
  CHECK(get(c.node, "/poll?userId=ann")->response()->status == 401);
  CHECK(get(c.node, "/poll?userId=ann", login("eve"))->response()->status == 403);
  const auto own = body_of(*get(c.node, "/poll?userId=ann", login("ann")));
  CHECK(own["messages"][0]["message"] == "secret");
  const auto beside = get(c.node, "/poll?userId=ann", login("eve")); // whose session lives
  REQUIRE(beside->response());
  CHECK(beside->response()->status == 403);

  const std::string cursor = own["cursor"];
  c.node.pass(61s);
  const auto taken = get(c.node, "/poll?cursor=" + cursor, login("eve"));
  REQUIRE(taken->response());
  CHECK(taken->response()->status == 403);

  for (const char* action : {"subscribe", "history", "presence"}) {
    INFO(action);
    ws_client eve{c.node, "troupe.v1.json", 0, "/ws", login("eve")};
    CHECK(eve.ask({{"action", action}, {"channel", "user:ann"}})["code"] == "refused");
    ws_client ann{c.node, "troupe.v1.json", 0, "/ws", login("ann")};
    CHECK(ann.ask({{"action", "subscribe"}, {"channel", "user:ann"}})["type"] == "subscribed");
    CHECK(ann.ask({{"action", action}, {"channel", "user:ann"}})["code"] != "refused");
  }
  CHECK(get(c.node, "/events?channel=user:ann", login("eve"))->response()->status == 403);
}

TEST_CASE("rights open a channel that its namespace closes, to their owner") {
  club c{by_cookie};
  ws_client ann{c.node, "troupe.v1.json", 0, "/ws", login("ann")};
  CHECK(ann.ask({{"action", "subscribe"}, {"channel", "closed:ann"}})["type"] == "subscribed");
  CHECK(ann.ask({{"action", "subscribe"}, {"channel", "closed:bob"}})["code"] == "refused");
  CHECK(get(c.node, "/events?channel=closed:ann", login("ann"))->body_stream());
  CHECK(get(c.node, "/events?channel=closed:ann", login("bob"))->response()->status == 403);
}

TEST_CASE("a key is its user's: a retry by another session of that user is the same publication") {
  club c{by_cookie};
  const json what = {{"action", "publish"}, {"channel", "open:a"}, {"data", 1}, {"key", "k"}};
  ws_client first{c.node, "troupe.v1.json", 0, "/ws", login("ann")};
  const auto kept = first.ask(what)["data"]["offset"];
  first.close();
  ws_client second{c.node, "troupe.v1.json", 1, "/ws", login("ann")};
  CHECK(second.ask(what)["data"]["offset"] == kept);
  ws_client other{c.node, "troupe.v1.json", 1, "/ws", login("bob")};
  CHECK(other.ask(what)["data"]["offset"] != kept);
}

TEST_CASE("authenticate reaches the hook: who was anonymous gets a name, and keeps it") {
  club c{[](const handshake& who) -> connect_result {
    if (who.token().empty())
      return accept();
    if (who.token() == "none")
      return refuse(error_code::expired, "an old one");
    return identity{std::string{who.token()}, payload::of(std::string{who.user()}), {}};
  }};
  ws_client socket{c.node};
  const auto says = [&](const char* token) { return socket.ask({{"action", "authenticate"}, {"token", token}}); };
  CHECK(says("none")["code"] == "expired");
  CHECK(says("ann")["type"] == "reply");
  CHECK(says("bob")["code"] == "refused");
  CHECK(says("ann")["type"] == "reply");
  socket.join("hall:a", {});
  CHECK(*c.book == lines{R"(websocket ann "ann")"});

  sse_client stream{c.node, 1};
  stream.open("/events?channel=open:a&channel=open:b");
  const auto sent = json{{"token", stream.token()}, {"action", "authenticate"}, {"credentials", "none"}}.dump();
  CHECK(answer(c.node, "POST", "/send", sent).status == 401);
}

TEST_CASE("without a hook nobody is asked, and tokens are refused") {
  club c{connect_hook{}};
  for (const auto& one : arrive(c.node))
    CHECK(one.in());
  ws_client socket{c.node};
  CHECK(socket.ask({{"action", "authenticate"}, {"token", "t"}})["code"] == "unauthorised");
  CHECK(get(c.node, "/poll?userId=ann")->waiting());
}
