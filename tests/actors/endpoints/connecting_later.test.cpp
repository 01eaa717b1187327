// Clients whose application says later who they are: promises kept, broken, forgotten, too many, too late.

#include "tests/actors/endpoints/club.hpp"

#include <deque>
#include <thread>

using namespace troupe::actors::testing;
using namespace troupe;

namespace {

/// Takes its time: promises are kept by the test.
struct slow_hook {
  connect_hook hook() {
    return [this](const handshake& who) -> connect_result {
      if (const auto user = who.cookie("login"); user != "slow")
        return identity{std::string{user}, {}, {}};
      return later(waiting.emplace_back(who.promise_answer()));
    };
  }
  std::deque<connect_promise> waiting;
};

const auto slow = login("slow");

} // namespace

TEST_CASE("a promise lets its client in when it is kept, on any thread, on every transport") {
  slow_hook h;
  club c{h.hook()};
  const auto all = arrive(c.node, slow);
  c.node.pass(5s);
  for (const auto& one : all) {
    INFO(one.name);
    CHECK(one.asked->waiting());
  }
  CHECK(sessions(c.node) == 0);
  REQUIRE(h.waiting.size() == 4);
  std::thread{[&] {
    for (const auto& promise : h.waiting)
      promise.accept({"ann", {}, {}});
  }}.join();
  c.node.settle();
  for (const auto& one : all) {
    INFO(one.name);
    CHECK(one.in());
  }
  CHECK(*c.book == lines{"sse ann null", "poll ann null"});
  CHECK(sessions(c.node) == 3);
  for (const auto& promise : h.waiting)
    promise.refuse(error_code::refused, "too late");
  c.node.settle();
  CHECK(all[0].asked->web_socket()->open());
}

TEST_CASE("a promise that is refused, broken, or not kept in session.connect_timeout ends the wait") {
  slow_hook h;
  club c{h.hook()};
  const auto refused = arrive(c.node, slow);
  for (const auto& promise : h.waiting)
    promise.refuse(error_code::refused, "not you");
  c.node.settle();
  for (const auto& one : refused)
    CHECK(one.asked->response()->status == 403);

  const auto broken = arrive(c.node, slow);
  h.waiting.clear();
  c.node.settle();
  for (const auto& one : broken)
    CHECK(one.asked->response()->status == 500);

  const auto late = arrive(c.node, slow);
  c.node.pass(9s);
  for (const auto& one : late)
    CHECK(one.asked->waiting());
  c.node.pass(2s);
  for (const auto& one : late) {
    INFO(one.name);
    if (one.name == "stream")
      CHECK(one.asked->hung_up());
    else
      CHECK(one.asked->response()->status == 503);
  }
  for (const auto& promise : h.waiting)
    promise.accept({"ann", {}, {}});
  c.node.settle();
  CHECK(sessions(c.node) == 0);
}

TEST_CASE("who gives up while it waits is forgotten, and nothing of it begins") {
  slow_hook h;
  club c{h.hook()};
  for (const auto& one : arrive(c.node, slow))
    one.asked->give_up();
  for (const auto& promise : h.waiting)
    promise.accept({"ann", {}, {}});
  c.node.settle();
  CHECK(sessions(c.node) == 0);
  CHECK(c.book->empty());
}

TEST_CASE("a session that waits for its authenticate goes on with everything else, and may end meanwhile") {
  std::deque<connect_promise> waiting;
  club c{[&](const handshake& who) -> connect_result {
    if (who.token().empty())
      return accept();
    return later(waiting.emplace_back(who.promise_answer()));
  }};
  ws_client socket{c.node}, other{c.node};
  for (auto* one : {&socket, &other})
    CHECK(one->ask({{"action", "authenticate"}, {"token", "ann"}}).is_null());
  CHECK(socket.ask({{"action", "ping"}})["type"] == "reply");
  other.close();
  for (const auto& promise : waiting)
    promise.accept({"ann", {}, {}});
  c.node.settle();
  CHECK(socket.answer(1000)["type"] == "reply");
  socket.join("hall:a", {});
  CHECK(*c.book == lines{"websocket ann null"});
}

namespace {

/// A node that looks tokens up: the test answers.
struct token_desk {
  explicit token_desk(config::settings settings = club::with_closed_rooms())
      : node([this](const handshake& who) -> connect_result {
               if (who.token().empty())
                 return accept();
               tokens.emplace_back(who.token());
               return later(asked.emplace_back(who.promise_answer()));
             }, std::move(settings), 1) {}

  static json says(const std::string& token) { return {{"action", "authenticate"}, {"token", token}}; }
  void let_in(std::size_t which) {
    asked.at(which).accept({"ann", {}, {}});
    node.node.settle();
  }

  std::deque<connect_promise> asked;
  lines tokens;
  club node;
};

} // namespace

TEST_CASE("of one session one token is looked up at a time: a second waits for it, further ones are told busy") {
  token_desk desk;
  ws_client socket{desk.node.node};
  CHECK(socket.ask(desk.says("one")).is_null());
  CHECK(socket.ask(desk.says("two")).is_null());
  const auto third = socket.ask(desk.says("three"));
  CHECK(third["code"] == "busy");
  CHECK(third["retry_after"] > 0);
  CHECK(desk.tokens == lines{"one"});
  desk.let_in(0);
  CHECK(socket.answer(1000)["type"] == "reply");
  CHECK(socket.answer(1001).is_null());
  CHECK(desk.tokens == lines{"one", "two"});
  desk.let_in(1);
  CHECK(socket.answer(1001)["type"] == "reply");
  CHECK(socket.ask(desk.says("four")).is_null());
  CHECK(desk.tokens == lines{"one", "two", "four"});
}

TEST_CASE("an authenticate that waits ends with its session, and is told of by the session's name") {
  auto settings = club::with_closed_rooms();
  settings.limits.handshakes = settings.limits.handshakes_queued = 1;
  token_desk desk{settings};
  auto& node = desk.node.node;
  ws_client first{node}, others[3] = {ws_client{node}, ws_client{node}, ws_client{node}};
  CHECK(first.ask(desk.says("one")).is_null());
  for (auto& next : others) {
    CHECK(next.ask(desk.says("next")).is_null()); // not told busy: there is room for it
    next.close();
  }
  CHECK(node.logged("limits.handshakes was passed: " + others[0].session()) == 1);
  desk.let_in(0);
  CHECK(desk.tokens == lines{"one"});
  CHECK(first.answer(1000)["type"] == "reply");
}

TEST_CASE("who says later without having taken a promise refuses its client") {
  club c{[](const handshake&) -> connect_result { return later_t{}; }};
  for (const auto& one : arrive(c.node)) {
    INFO(one.name);
    REQUIRE(one.asked->response());
    CHECK(one.asked->response()->status == 500);
  }
}

// -- ends ---------------------------------------------------------------------

TEST_CASE("a node that drains refuses those who still wait to be known, and is not kept by them") {
  slow_hook h;
  club c{h.hook()};
  const auto all = arrive(c.node, slow);
  c.node.drain();
  for (const auto& one : all) {
    INFO(one.name);
    if (one.name == "stream")
      CHECK(one.asked->hung_up());
    else
      CHECK(one.asked->response()->status == 503);
  }
  c.node.pass(1s);
  CHECK(c.node.drained());
  for (const auto& promise : h.waiting)
    promise.accept({"ann", {}, {}});
  c.node.settle();
  CHECK(sessions(c.node) == 0);
}

TEST_CASE("a shard whose actor fails refuses those who wait there; promises of before mean nothing to the next") {
  slow_hook h;
  club c{h.hook(), club::with_closed_rooms(), 1};
  const auto before = get(c.node, "/poll?channel=hall:a", slow);
  c.node.fail_actor("shard-0");
  c.node.pass(1s);
  REQUIRE(before->response());
  CHECK(before->response()->status == 503);
  const auto after = get(c.node, "/poll?channel=hall:a", slow);
  h.waiting.front().accept({"eve", {}, {}});
  c.node.settle();
  CHECK(after->waiting());
  h.waiting.back().accept({"ann", {}, {}});
  c.node.settle();
  CHECK(after->response()->status == 200);
  CHECK(*c.book == lines{"poll ann null"});
}
