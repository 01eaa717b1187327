/// Many clients that are sent away at once come back one after the other.

#include "tests/actors/endpoints/club.hpp"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <set>

using namespace troupe::actors::testing;
using namespace troupe;

namespace {

using crowd = std::vector<std::unique_ptr<ws_client>>;

crowd crowd_of(virtual_node& node, std::uint32_t many) {
  crowd all;
  for (std::uint32_t i = 0; i < many; ++i)
    all.push_back(std::make_unique<ws_client>(node, "troupe.v1.json", i % node.shards()));
  return all;
}

/// When each was told to come back, in order; each was told once.
std::vector<std::int64_t> told(const crowd& all) {
  std::vector<std::int64_t> pauses;
  for (const auto& c : all) {
    const auto closing = c->messages("closing");
    REQUIRE(closing.size() == 1);
    pauses.push_back(closing[0]["retry_after"].get<std::int64_t>());
  }
  std::sort(pauses.begin(), pauses.end());
  return pauses;
}

/// How many of them come in each of the spans.
std::vector<int> in_spans_of(std::int64_t ms, const std::vector<std::int64_t>& pauses) {
  std::vector<int> counts;
  for (const auto p : pauses) {
    const auto span = static_cast<std::size_t>((p - 1) / ms);
    counts.resize(std::max(counts.size(), span + 1));
    ++counts[span];
  }
  return counts;
}

config::settings returning_at(std::size_t rate, milliseconds spread) {
  auto settings = test_settings();
  settings.drain.return_rate = rate;
  settings.drain.retry_after = spread;
  settings.drain.pace = 0;
  return settings;
}

} // namespace

TEST_CASE("clients of a node that drains come back at the rate that it is to take, whatever shard they were on") {
  for (const std::uint32_t shards : {1u, 4u}) {
    virtual_node node{{}, returning_at(100, 100ms), shards};
    const auto all = crowd_of(node, 200);
    node.drain();
    node.pass(1s);
    for (const int in_a_tenth : in_spans_of(100, told(all)))
      CHECK(std::abs(in_a_tenth - 10) <= static_cast<int>(shards)); // slots of shards overlap
  }
}

TEST_CASE("few clients of a node that drains come back spread over drain.retry_after") {
  virtual_node node{{}, returning_at(1000, 5s), 1};
  const auto all = crowd_of(node, 50);
  node.drain();
  node.pass(1s);
  const auto spans = in_spans_of(100, told(all));
  CHECK(spans == std::vector<int>(50, 1)); // each in its own slot
}

TEST_CASE("slots go on where they are while clients leave at a pace, and none lies in the past") {
  auto settings = returning_at(20, 100ms);
  settings.drain.pace = 100;
  virtual_node node{{}, settings, 1};
  const auto all = crowd_of(node, 60);
  node.drain();
  std::vector<std::int64_t> back; // from when the drain began
  std::set<const ws_client*> gone;
  for (std::int64_t at = 0; at < 2000; at += 10, node.pass(10ms))
    for (const auto& c : all)
      if (!c->connected() && gone.insert(c.get()).second)
        back.push_back(at + c->messages("closing").at(0)["retry_after"].get<std::int64_t>());
  REQUIRE(back.size() == 60);
  std::sort(back.begin(), back.end());
  for (const int in_a_second : in_spans_of(1000, back))
    CHECK(in_a_second <= 21);
}

TEST_CASE("a shard that fails tells its clients when to come back, each in a slot of its own, and then closes with 1011") {
  virtual_node node{{}, returning_at(10, 100ms), 1};
  const auto all = crowd_of(node, 20);
  sse_client stream{node};
  stream.open("/events?channel=open:a");
  node.fail_actor("shard-0");
  for (const auto& c : all)
    CHECK(c->line().closed_with() == protocol::close_code::internal);
  auto pauses = told(all);
  const auto retry = stream.stream().rfind("retry: "); // after the one that a stream begins with
  REQUIRE(retry > 0);
  pauses.push_back(std::stoll(stream.stream().substr(retry + 7)));
  CHECK(in_spans_of(100, pauses) == std::vector<int>(21, 1));
}

TEST_CASE("a shard that fails again does not throw the same dice again") {
  virtual_node node{{}, returning_at(10, 100ms), 1};
  std::set<std::vector<std::int64_t>> throws;
  for (int round = 0; round < 3; ++round) {
    const auto all = crowd_of(node, 10);
    node.fail_actor("shard-0");
    throws.insert(told(all));
    node.pass(1s);
  }
  CHECK(throws.size() == 3);
}

TEST_CASE("what a draining node refuses is told different moments to come again, none later than it says") {
  virtual_node node{{}, returning_at(100, 5s), 1};
  node.drain();
  std::set<std::int64_t> pauses;
  std::set<std::string> seconds;
  for (int i = 0; i < 50; ++i) {
    const auto no = answer(node, "GET", "/poll?channel=open:a");
    REQUIRE(no.status == 503);
    pauses.insert(json::parse(no.body)["error"]["retry_after"].get<std::int64_t>());
    seconds.insert(header(no, "Retry-After"));
  }
  CHECK(*pauses.begin() > 0);
  CHECK(*pauses.rbegin() <= 5000);
  CHECK(pauses.size() > 40);
  CHECK(seconds == std::set<std::string>{"1", "2", "3", "4", "5"});
}

// -- who they are -------------------------------------------------------------

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

TEST_CASE("who waits for its turn has its deadline, and who gives up is not asked about") {
  crowded_hook h;
  auto settings = with_handshakes(1, 10);
  settings.session.connect_timeout = 5s;
  club c{h.hook(), settings, 1};
  come(c, 1);
  c.node.pass(3s);
  const auto queued = come(c, 2);
  queued[0]->give_up();
  c.node.pass(2s + 200ms); // the first is told; the next is asked about, late
  CHECK(h.asked.size() == 2);
  CHECK(queued[1]->waiting());
  c.node.pass(3s);
  REQUIRE(queued[1]->response());
  CHECK(queued[1]->response()->status == 503);
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
