/// What becomes of a channel between its uses, in a whole node.

#include "tests/actors/virtual_node/scene.hpp"

#include "actors/sessions/shard.hpp"

#include <caf/send.hpp>

#include <algorithm>

using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

troupe::config::settings with_rooms() {
  auto s = test_settings();
  s.channels.idle = std::chrono::seconds{20};
  return s;
}

json call(const std::string& name) { return {{"action", "call"}, {"channel", "room:1"}, {"event", name}}; }

} // namespace

TEST_CASE("a channel that stopped by itself starts again on next use, and not before", "[broker]") {
  scene s{with_rooms()};
  ws_client a{s.node}, b{s.node, "troupe.v1.json", 1};
  a.join("room:1", "");
  b.join("room:1", "");
  const int before = s.notes->made;
  a.ask(call("stop"));
  REQUIRE(a.messages("unsubscribed").size() == 1);
  REQUIRE(b.messages("unsubscribed").size() == 1);
  s.node.pass(10s);
  REQUIRE(s.notes->made == before);
  REQUIRE(s.notes->leaves.size() == 2);
  b.join("room:1", "");
  REQUIRE(s.notes->made == before + 1);
  REQUIRE(b.ask(call("count"))["type"] == "reply");
}

TEST_CASE("a channel that gave up is not started again by its supervisor, but by the next who asks", "[broker]") {
  scene s{with_rooms()};
  ws_client a{s.node};
  a.join("room:1", "");
  s.notes->setup_throws = true;
  a.ask(call("crash"));
  REQUIRE(a.messages("unsubscribed").size() == 1);
  const int failed = s.notes->made;
  s.node.pass(15s);
  REQUIRE(s.notes->made == failed);
  s.notes->setup_throws = false;
  a.join("room:1", "");
  REQUIRE(s.notes->made == failed + 1);
  REQUIRE(a.ask(call("count"))["type"] == "reply");
  REQUIRE(a.messages("unsubscribed").size() == 1);
}

TEST_CASE("a channel that cannot start is tried ever more seldom, however many ask for it", "[broker]") {
  scene s{with_rooms()};
  s.notes->setup_throws = true;
  ws_client a{s.node}, b{s.node, "troupe.v1.json", 1};
  const json subscribe{{"action", "subscribe"}, {"channel", "room:1"}};
  REQUIRE(a.ask(subscribe)["code"] == "unavailable");
  const int of_one_start = s.notes->made;
  const auto again = b.ask(subscribe);
  REQUIRE(again["code"] == "unavailable");
  REQUIRE(again["retry_after"] == 1000);
  std::int64_t longest_pause = 0;
  REQUIRE(s.notes->made == of_one_start);
  for (int second = 0; second < 60; ++second) {
    s.node.pass(1s);
    REQUIRE(a.ask(subscribe)["code"] == "unavailable");
    const auto refused = b.ask(subscribe);
    REQUIRE(refused["code"] == "unavailable");
    longest_pause = std::max(longest_pause, refused["retry_after"].get<std::int64_t>());
  }
  REQUIRE(longest_pause > 4000);
  REQUIRE(s.notes->made > 4 * of_one_start);
  REQUIRE(s.notes->made < 8 * of_one_start);
  s.notes->setup_throws = false;
  s.node.pass(30s);
  a.join("room:1", "");
  REQUIRE(a.ask(call("count"))["type"] == "reply");
}

TEST_CASE("an idle channel is retired with its snapshot, and comes back with it", "[broker]") {
  scene s{with_rooms()};
  ws_client a{s.node};
  a.line().answer_pings();
  a.join("room:1", "");
  a.ask(call("count"));
  a.ask({{"action", "unsubscribe"}, {"channel", "room:1"}});
  s.node.pass(40s);
  REQUIRE(s.notes->made == 1);
  a.join("room:1", "");
  REQUIRE(s.notes->made == 2);
  REQUIRE(a.ask(call("count"))["data"] == 2);
  REQUIRE(s.notes->leaves.size() == 1);
}

TEST_CASE("at the limit the longest idle channel makes way, with its snapshot; one in use does not", "[broker]") {
  auto settings = with_rooms();
  settings.limits.channels = 4;
  settings.default_channel.clear();
  scene s{settings};
  ws_client a{s.node};
  for (int i = 0; i < 4; ++i)
    a.join("room:" + std::to_string(i), "");
  REQUIRE(a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "count"}})["data"] == 1);
  REQUIRE(a.ask({{"action", "subscribe"}, {"channel", "room:9"}})["code"] == "limit");
  for (const char* gone : {"room:1", "room:2"})
    a.ask({{"action", "unsubscribe"}, {"channel", gone}});
  s.node.pass(10s); // long enough for the shard to let go, not for it to be retired
  REQUIRE(s.node.metric("limits.channels") == 1);
  const int made = s.notes->made;
  REQUIRE(a.ask({{"action", "subscribe"}, {"channel", "room:9"}})["type"] == "subscribed");
  REQUIRE(s.notes->made == made + 1);
  a.join("room:1", ""); // room:2 makes way
  REQUIRE(a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "count"}})["data"] == 2);
  REQUIRE(a.ask({{"action", "subscribe"}, {"channel", "room:8"}})["code"] == "limit");
  REQUIRE(a.messages("unsubscribed").size() == 2); // of its own two, nothing was taken from under it
}

TEST_CASE("at the limit busy channels are not made to go, and not joined by others without end", "[broker]") {
  auto settings = with_rooms();
  settings.limits.channels = 4;
  settings.default_channel.clear();
  scene s{settings};
  ws_client a{s.node};
  int let_in = 0;
  for (int i = 0; i < 10; ++i) {
    const auto room = "room:" + std::to_string(i);
    let_in += a.ask({{"action", "subscribe"}, {"channel", room}})["type"] == "subscribed" ? 1 : 0;
    a.ask({{"action", "call"}, {"channel", room}, {"event", "work"}, {"data", 3'600'000}});
    a.ask({{"action", "unsubscribe"}, {"channel", room}});
    s.node.pass(7s); // long enough for the shard to let go
  }
  REQUIRE(let_in >= 4);
  REQUIRE(let_in <= 5); // the first that was asked to make way said that it is busy
}

TEST_CASE("who starts channels without end is stopped, and nobody else", "[broker]") {
  auto settings = with_rooms();
  settings.limits.started_per_session = 5;
  settings.limits.started_per_address = 12;
  scene s{settings};
  const auto publish = [](ws_client& by, const std::string& to) {
    return by.ask({{"action", "publish"}, {"channel", "open:" + to}, {"event", "e"}, {"data", 1}});
  };
  ws_client a{s.node}, b{s.node}, c{s.node};
  a.line().answer_pings();
  for (int i = 0; i < 5; ++i)
    REQUIRE(publish(a, "a" + std::to_string(i))["type"] == "reply");
  const auto no = publish(a, "a5");
  REQUIRE(no["code"] == "limit");
  REQUIRE(no.contains("retry_after"));
  REQUIRE(publish(a, "a4")["type"] == "reply"); // lives already
  for (int i = 0; i < 5; ++i)
    REQUIRE(publish(b, "b" + std::to_string(i))["type"] == "reply");
  for (int i = 0; i < 2; ++i)
    REQUIRE(publish(c, "c" + std::to_string(i))["type"] == "reply");
  REQUIRE(publish(c, "c2")["code"] == "limit"); // all come from one address
  REQUIRE(answer(s.node, "POST", "/send", R"({"userId":"new","message":1})").status == 429);
  REQUIRE(api(s.node, "/api/publish", {{"channel", "open:api"}, {"event", "e"}, {"data", 1}})["offset"] == 1);
  REQUIRE(s.node.metric("limits.started_per_session") == 1);
  REQUIRE(s.node.metric("limits.started_per_address") == 2);
  s.node.pass(30s); // theirs are retired
  REQUIRE(publish(a, "a5")["type"] == "reply");
  REQUIRE(publish(c, "c2")["type"] == "reply");
}

TEST_CASE("a channel that waits for its restart while the broker is started anew is found under its name", "[broker]") {
  scene s{with_rooms()};
  ws_client a{s.node};
  a.join("room:1", "");
  const auto channels = s.node.find<troupe::supervisor>("channels");
  for (int i = 0; i < 4; ++i) { // so that the next pause is longer than the broker's
    caf::anon_send(channels, troupe::crash_child{"room:1"});
    s.node.pass(1s);
  }
  caf::anon_send(channels, troupe::crash_child{"room:1"});
  s.node.settle();
  s.node.fail_actor("broker"); // its shards end with it
  s.node.pass(600ms);
  ws_client b{s.node};
  b.send({{"action", "subscribe"}, {"channel", "room:1"}, {"id", 7}});
  s.node.pass(5s);
  REQUIRE(b.answer(7)["type"] == "subscribed");
  REQUIRE(b.ask(call("count"))["type"] == "reply");
}

TEST_CASE("members of shards that ended with the broker leave the channels that live on", "[broker]") {
  scene s{with_rooms()};
  ws_client a{s.node}, b{s.node, "troupe.v1.json", 1};
  a.join("room:1", "");
  b.join("room:1", "");
  s.node.fail_actor("broker");
  s.node.pass(1s);
  REQUIRE(s.notes->made == 1);
  REQUIRE(s.notes->leaves.size() == 2);
  const auto all = api_get(s.node, "/api/channels")["channels"];
  const auto room = std::find_if(all.begin(), all.end(), [](const json& c) { return c["name"] == "room:1"; });
  REQUIRE(room != all.end());
  REQUIRE((*room)["members"] == 0);
  ws_client again{s.node};
  again.join("room:1", "");
  REQUIRE(again.ask(call("count"))["type"] == "reply");
  REQUIRE(s.notes->made == 1);
}

TEST_CASE("a channel that is killed twice in one breath comes back once, and answers", "[broker]") {
  scene s{with_rooms()};
  ws_client a{s.node};
  a.join("room:1", "");
  const auto broker = s.node.find<broker_handle>("broker");
  for (int i = 0; i < 2; ++i)
    caf::anon_send(broker, kill_channel{"room:1", "killed"});
  s.node.pass(2s);
  REQUIRE(s.notes->made == 2);
  REQUIRE(s.notes->joins.size() == 1);
  REQUIRE(s.notes->leaves.empty());
  REQUIRE(a.ask(call("count"))["type"] == "reply");
}

TEST_CASE("channels are listed in pages by their names", "[broker]") {
  scene s{with_rooms()};
  for (int i = 0; i < 25; ++i)
    api(s.node, "/api/publish", {{"channel", "open:" + std::to_string(100 + i)}, {"event", "e"}, {"data", i}});
  std::vector<std::string> seen;
  std::string after;
  for (int page = 0; page < 3; ++page) {
    const auto all = api_get(s.node, "/api/channels?limit=10&after=" + after);
    for (const auto& c : all["channels"])
      seen.push_back(c["name"]);
    after = seen.back();
    REQUIRE(all["left_out"] == (page == 0 ? 15 : page == 1 ? 5 : 0));
  }
  REQUIRE(seen.size() == 25);
  REQUIRE(std::is_sorted(seen.begin(), seen.end()));
}

TEST_CASE("a shard that starts anew after a reload works with the settings of now", "[broker]") {
  auto settings = with_rooms();
  scene s{settings};
  settings.drain.pace = 77;
  s.node.reload(settings);
  s.node.fail_actor("shard-0");
  s.node.pass(2s);
  REQUIRE(s.node.shard_at(0).settings().drain.pace == 77);
  REQUIRE(s.node.shard_at(1).settings().drain.pace == 77);
}

TEST_CASE("clients leave a draining node at its pace, however many shards it has", "[broker]") {
  auto settings = with_rooms();
  settings.drain.pace = 10;
  settings.default_channel.clear();
  scene s{settings, 4};
  std::vector<std::unique_ptr<ws_client>> all;
  for (std::uint32_t i = 0; i < 60; ++i)
    all.push_back(std::make_unique<ws_client>(s.node, "troupe.v1.json", i % 4));
  const auto left = [&] {
    return std::count_if(all.begin(), all.end(), [](const auto& c) { return !c->connected(); });
  };
  s.node.drain();
  s.node.pass(2s);
  REQUIRE(left() > 10);
  REQUIRE(left() <= 22);
  s.node.pass(2s);
  REQUIRE(left() > 30);
  REQUIRE(left() <= 42);
  s.node.pass(4s);
  REQUIRE(left() == 60);
}

TEST_CASE("a busy channel is not retired until it is idle and busy no more", "[broker]") {
  scene s{with_rooms()};
  ws_client a{s.node};
  a.join("room:1", "");
  auto work = call("work");
  work["data"] = 100'000;
  a.ask(work);
  a.ask({{"action", "unsubscribe"}, {"channel", "room:1"}});
  s.node.pass(90s); // the client, which answers no ping, is gone
  REQUIRE(s.notes->made == 1);
  ws_client b{s.node};
  b.join("room:1", ""); // it has been asked to retire more than once, and is found all the same
  REQUIRE(b.ask(call("count"))["data"] == 1);
  REQUIRE(s.notes->made == 1);
  b.ask({{"action", "unsubscribe"}, {"channel", "room:1"}});
  s.node.pass(60s);
  ws_client c{s.node};
  c.join("room:1", "");
  REQUIRE(s.notes->made == 2);
}

TEST_CASE("thousands of channels that become idle at once are retired some at a time", "[broker]") {
  auto settings = with_rooms();
  settings.default_channel.clear();
  scene s{settings};
  for (int i = 0; i < 1'000; ++i)
    api(s.node, "/api/publish", {{"channel", "open:" + std::to_string(i)}, {"event", "e"}, {"data", i}});
  const auto live = [&] { return s.node.inside().bus.channels(); };
  REQUIRE(live() == 1'000);
  auto before = live();
  std::uint64_t most = 0;
  for (int step = 0; step < 4'000 && live() > 0; ++step) {
    s.node.pass(10ms);
    most = std::max(most, before - live());
    before = live();
  }
  REQUIRE(live() == 0);
  REQUIRE(most > 50);
  REQUIRE(most < 200);
}
