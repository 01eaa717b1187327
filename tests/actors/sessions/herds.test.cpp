/// Many clients that are sent away at once come back one after the other.

#include "tests/actors/virtual_node/scene.hpp"

#include <algorithm>
#include <cstdlib>
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
