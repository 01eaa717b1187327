/// Clients that wait until the application has said who they are: how many at once, in which order, for how long.

#include "tests/actors/endpoints/club.hpp"

#include <algorithm>
#include <deque>
#include <set>

using namespace troupe::actors::testing;
using namespace troupe;

namespace {

/// Answers when the test does.
struct crowded_hook {
  connect_hook hook() {
    return [this](const handshake& who) -> connect_result {
      if (who.cookie("login") == "quick")
        return identity{"quick", {}, {}};
      names.emplace_back(who.cookie("login"));
      return later(asked.emplace_back(who.promise_answer()));
    };
  }
  void let_in(std::size_t from, std::size_t to) {
    for (; from < to; ++from)
      asked.at(from).accept({"user-" + std::to_string(from), {}, {}});
  }
  std::deque<connect_promise> asked;
  lines names; // of those
};

config::settings with_handshakes(std::size_t asked, std::size_t queued) {
  auto settings = club::with_closed_rooms();
  settings.limits.handshakes = asked;
  settings.limits.handshakes_queued = queued;
  return settings;
}

std::vector<std::shared_ptr<test_exchange>> come(club& c, int many, const char* as = "slow") {
  std::vector<std::shared_ptr<test_exchange>> all;
  for (int i = 0; i < many; ++i)
    all.push_back(get(c.node, "/poll?channel=hall:a", login(as)));
  return all;
}

} // namespace

TEST_CASE("past limits.handshakes clients wait until the hook has answered others, and are then asked about in order") {
  crowded_hook h;
  club c{h.hook(), with_handshakes(10, 100), 1};
  const auto all = come(c, 30);
  CHECK(h.asked.size() == 10);
  CHECK(c.node.metric("limits.handshakes") == 20);
  for (std::size_t n = 0; n < 30; n += 5) {
    h.let_in(n, n + 5);
    c.node.settle();
    CHECK(h.asked.size() == std::min<std::size_t>(n + 15, 30));
  }
  for (const auto& one : all)
    CHECK(one->response()->status == 200);
  CHECK(c.book->back() == "poll user-29 null");
}

TEST_CASE("who comes when there is room again does not overtake those who wait for their turn") {
  crowded_hook h;
  club c{h.hook(), with_handshakes(1, 10), 1};
  come(c, 1, "first");
  come(c, 1, "second");
  const auto late = std::make_shared<test_exchange>(c.node, request("GET", "/poll?channel=hall:a", {}, login("third")));
  h.let_in(0, 1);
  c.node.post([&] { c.node.router(0).handle(late); }); // in the turn in which the first is let in
  c.node.settle();
  CHECK(h.names == lines{"first", "second"});
  h.let_in(1, 2);
  c.node.settle();
  CHECK(h.names == lines{"first", "second", "third"});
}

TEST_CASE("those whom the hook knows at once do not hold up the others in the queue") {
  crowded_hook h;
  club c{h.hook(), with_handshakes(1, 200), 1};
  come(c, 1);
  const auto quick = come(c, 100, "quick");
  const auto last = come(c, 1);
  for (const auto& one : quick)
    CHECK(one->waiting()); // nobody overtakes
  h.let_in(0, 1);
  c.node.settle();
  for (const auto& one : quick)
    CHECK(one->response()->status == 200);
  CHECK(h.asked.size() == 2);
}

TEST_CASE("who waits for its turn waits for half of session.connect_timeout, and has all of it once asked about") {
  crowded_hook h;
  auto settings = with_handshakes(1, 10);
  settings.session.connect_timeout = 8s;
  club c{h.hook(), settings, 1};
  come(c, 1);
  const auto queued = come(c, 3);
  queued[0]->give_up();
  c.node.pass(3s + 900ms);
  h.let_in(0, 1);
  c.node.settle();
  CHECK(h.asked.size() == 2); // of the one that is still there
  c.node.pass(200ms);
  REQUIRE(queued[2]->response());
  CHECK(queued[2]->response()->status == 503);
  c.node.pass(7s + 700ms);
  CHECK(queued[1]->waiting());
  c.node.pass(200ms);
  REQUIRE(queued[1]->response());
  CHECK(queued[1]->response()->status == 503);
}

TEST_CASE("while more clients come than the hook can look at, whoever it is asked about is let in") {
  crowded_hook h;
  club c{h.hook(), with_handshakes(10, 100), 1};
  std::vector<std::shared_ptr<test_exchange>> all;
  std::deque<std::chrono::steady_clock::time_point> asked_at;
  std::size_t let_in = 0;
  for (int tenth = 0; tenth < 600; ++tenth) {
    all.push_back(come(c, 1).front());
    asked_at.resize(h.asked.size(), c.node.now());
    while (let_in < asked_at.size() && c.node.now() - asked_at[let_in] >= 4s) // what a look-up takes
      ++let_in, h.let_in(let_in - 1, let_in);
    c.node.pass(100ms);
  }
  CHECK(let_in > 100);
  CHECK(static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const auto& one) {
          return one->response() && one->response()->status == 200;
        })) == let_in);
}

TEST_CASE("past limits.handshakes_queued clients are told to come again; a node that drains refuses all who wait") {
  crowded_hook h;
  club c{h.hook(), with_handshakes(2, 3), 1};
  const auto all = come(c, 6);
  REQUIRE(all[5]->response());
  CHECK(all[5]->response()->status == 503);
  CHECK(c.node.metric("limits.handshakes_queued") == 1);
  c.node.drain();
  std::set<std::int64_t> pauses;
  for (int i = 0; i < 5; ++i) {
    const auto& one = all[static_cast<std::size_t>(i)];
    REQUIRE(one->response());
    CHECK(one->response()->status == 503);
    pauses.insert(body_of(*one)["error"]["retry_after"].get<std::int64_t>());
  }
  CHECK(pauses.size() > 1); // they do not come again at once
  CHECK(h.asked.size() == 2);
}

// -- what on_connect has under way --------------------------------------------

TEST_CASE("clients that come and go, or whose time is over, leave no more look-ups under way than limits.handshakes") {
  crowded_hook h;
  club c{h.hook(), with_handshakes(10, 100), 1};
  const auto late = come(c, 5);
  for (int i = 0; i < 50; ++i)
    come(c, 1)[0]->give_up();
  CHECK(h.asked.size() == 10);
  c.node.pass(11s);
  for (const auto& one : late)
    CHECK(one->response()->status == 503);
  const auto next = come(c, 2);
  CHECK(h.asked.size() == 10);
  h.let_in(3, 4); // of one that has been told already
  h.let_in(7, 8); // of one that has gone
  c.node.settle();
  CHECK(h.asked.size() == 12);
  h.let_in(10, 12);
  c.node.settle();
  for (const auto& one : next)
    CHECK(one->response()->status == 200);
  CHECK(sessions(c.node) == 2);
}

TEST_CASE("a shard that is started anew counts what the one before it has asked and the application still looks at") {
  crowded_hook h;
  club c{h.hook(), with_handshakes(3, 100), 1};
  come(c, 3);
  c.node.fail_actor("shard-0");
  c.node.pass(1s);
  const auto next = come(c, 2);
  CHECK(h.asked.size() == 3);
  h.let_in(0, 1);
  c.node.pass(100ms);
  CHECK(h.asked.size() == 4);
  h.asked.clear(); // promises that nobody keeps
  c.node.pass(100ms);
  CHECK(h.asked.size() == 1);
  h.let_in(0, 1);
  c.node.settle();
  CHECK(next[0]->response()->status == 500);
  CHECK(next[1]->response()->status == 200);
}

// -- fair shares --------------------------------------------------------------

namespace {

std::shared_ptr<test_exchange> come_from(club& c, const std::string& address, const std::string& as, fields more = {}) {
  more.emplace_back("cookie", "login=" + as);
  auto what = request("GET", "/poll?channel=hall:a", {}, std::move(more));
  what.peer = address + ":4000";
  return send_request(c.node, std::move(what));
}

} // namespace

TEST_CASE("addresses take turns: who sends many waits behind who sends few, and each in its own order") {
  crowded_hook h;
  club c{h.hook(), with_handshakes(1, 100), 1};
  come(c, 1, "first");
  for (const char* as : {"a1", "a2", "a3"})
    come_from(c, "10.0.0.1", as);
  for (const char* as : {"b1", "b2"})
    come_from(c, "10.0.0.2", as);
  come_from(c, "10.0.0.3", "c1");
  for (std::size_t n = 0; n < 7; ++n) {
    h.let_in(n, n + 1);
    c.node.settle();
  }
  CHECK(h.names == lines{"first", "a1", "b1", "c1", "a2", "b2", "a3"});
}

TEST_CASE("where no more may wait, the address that has most of those who do makes room for others, not for itself") {
  crowded_hook h;
  club c{h.hook(), with_handshakes(1, 4), 1};
  come(c, 1, "first");
  std::vector<std::shared_ptr<test_exchange>> many;
  for (const char* as : {"a1", "a2", "a3", "a4", "a5"})
    many.push_back(come_from(c, "10.0.0.1", as));
  CHECK(many[4]->response()->status == 503);
  const auto other = come_from(c, "10.0.0.2", "b1");
  CHECK(other->waiting());
  REQUIRE(many[3]->response()); // the last of them
  CHECK(many[3]->response()->status == 503);
  CHECK(body_of(*many[3])["error"]["code"] == "busy");
  const auto next = come_from(c, "10.0.0.2", "b2");
  CHECK(next->waiting());
  CHECK(many[2]->response());
  CHECK(come_from(c, "10.0.0.2", "b3")->response()->status == 503); // they have as many now
  CHECK(many[0]->waiting());
  CHECK(many[1]->waiting());
  CHECK(c.node.metric("limits.handshakes_queued") == 4);
}

TEST_CASE("those who wait hold a bounded number of bytes, and who has most of them makes room") {
  crowded_hook h;
  club c{h.hook(), with_handshakes(1, 100), 1};
  come(c, 1, "first");
  const std::string large(std::size_t{12} << 20, 'x');
  std::vector<std::shared_ptr<test_exchange>> many;
  for (int i = 0; i < 6; ++i)
    many.push_back(come_from(c, "10.0.0.1", "slow", {{"x-large", large}}));
  CHECK(many[4]->waiting());
  REQUIRE(many[5]->response());
  CHECK(many[5]->response()->status == 503);
  const auto other = come_from(c, "10.0.0.2", "slow", {{"x-large", large}});
  CHECK(other->waiting());
  CHECK(many[4]->response());
  CHECK(many[3]->waiting());
  h.let_in(0, 1);
  c.node.settle();
  CHECK(come_from(c, "10.0.0.3", "slow")->waiting()); // there is room again
}

// -- sent away ----------------------------------------------------------------

namespace {

std::set<std::int64_t> pauses(const std::vector<std::shared_ptr<test_exchange>>& all) {
  std::set<std::int64_t> told;
  for (const auto& one : all) {
    REQUIRE(one->response());
    REQUIRE(one->response()->status == 503);
    told.insert(body_of(*one)["error"]["retry_after"].get<std::int64_t>());
  }
  return told;
}

} // namespace

TEST_CASE("who waits to be known when a node drains or its shard fails comes back in slots as sessions do") {
  for (const bool drains : {true, false}) {
    crowded_hook h;
    auto settings = with_handshakes(10, 100);
    settings.drain.return_rate = 10;
    settings.drain.retry_after = 100ms;
    settings.drain.pace = 0;
    club c{h.hook(), settings, 1};
    ws_client there{c.node, "troupe.v1.json", 0, "/ws", login("quick")};
    const auto waiting = come(c, 30);
    drains ? c.node.drain() : c.node.fail_actor("shard-0");
    c.node.pass(1s);
    const auto told = pauses(waiting);
    CHECK(told.size() == 30);
    std::int64_t slot = 0;
    for (const auto pause : told) {
      INFO((drains ? "drain, " : "failure, ") << pause);
      CHECK(pause > slot);
      CHECK(pause <= slot + 100);
      slot += 100;
    }
    const auto closing = there.messages("closing");
    REQUIRE(closing.size() == 1);
    CHECK(closing[0]["retry_after"].get<std::int64_t>() > 2000); // behind them
  }
}

TEST_CASE("who is told busy, or that its time is over, is told different moments to come again") {
  crowded_hook h;
  club c{h.hook(), with_handshakes(10, 30), 1};
  const auto in_time = come(c, 40);
  const auto too_many = come(c, 40);
  CHECK(pauses(too_many).size() > 30);
  c.node.pass(11s); // first those who wait for their turn, then those asked about
  CHECK(pauses(in_time).size() > 30);
  CHECK(*pauses(in_time).begin() > 1000);
}
