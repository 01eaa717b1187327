// Promise 2: no silent loss. Either a client gets every publication after its position, or it is told what it missed.

#include "tests/actors/virtual_node/scene.hpp"

using namespace troupe::actors::testing;

namespace {

troupe::config::settings small_log() {
  auto s = test_settings();
  s.limits.log_entries = 50;
  for (auto& n : s.namespaces)
    n.history_size = 50;
  return s;
}

} // namespace

TEST_CASE("a client that falls behind the log is told how many it missed, on every transport") {
  for (const auto& t : all_transports()) {
    INFO(t.name);
    virtual_node node{{}, small_log()};
    auto r = t.make(node, 1);
    r->join("open:a");
    publish_numbers(node, "open:a", 1, 3);
    REQUIRE(numbers(r->publications()) == range(1, 3));
    r->stop_reading();
    const std::string big(2000, 'x');
    constexpr int count = 300; // 600 KB: far more than socket, outbox and log hold
    for (int i = 1; i <= count; ++i)
      api(node, "/api/publish", {{"channel", "open:a"}, {"data", big}});
    r->read_again();
    node.pass(2s);
    publish_numbers(node, "open:a", 7, 9);
    const auto seen = r->publications();
    const auto gaps = r->gaps();
    std::uint64_t missed = 0;
    for (const auto& g : gaps) {
      REQUIRE(g.missed);
      missed += *g.missed;
    }
    REQUIRE(missed > 0);
    REQUIRE(seen.size() + missed == 3 + count + 3);
    REQUIRE(seen.back().data == 9);
    REQUIRE(r->connected());
  }
}

TEST_CASE("a client that comes back from its position gets all that was said meanwhile, once, on every transport") {
  for (const auto& t : all_transports()) {
    INFO(t.name);
    virtual_node node;
    auto before = t.make(node, 0);
    before->join("open:a");
    publish_numbers(node, "open:a", 1, 10);
    REQUIRE(numbers(before->publications()) == range(1, 10));
    const auto position = before->position();
    before->lose_connection();
    publish_numbers(node, "open:a", 11, 60);
    auto after = t.make(node, 1);
    after->join("open:a", position);
    publish_numbers(node, "open:a", 61, 70);
    REQUIRE(numbers(after->publications()) == range(11, 70));
    REQUIRE(after->gaps().empty());
  }
}

TEST_CASE("a client that comes back too late is told, on every transport") {
  for (const auto& t : all_transports()) {
    INFO(t.name);
    virtual_node node{{}, small_log()};
    auto before = t.make(node, 0);
    before->join("open:a");
    publish_numbers(node, "open:a", 1, 10);
    REQUIRE(before->publications().size() == 10);
    const auto position = before->position();
    before->lose_connection();
    publish_numbers(node, "open:a", 11, 200);
    auto after = t.make(node, 1);
    after->join("open:a", position);
    publish_numbers(node, "open:a", 201, 203);
    const auto seen = numbers(after->publications());
    REQUIRE(after->gaps().size() == 1);
    REQUIRE(seen == range(static_cast<int>(after->gaps()[0].offset) + 1, 203));
    REQUIRE(seen.size() >= 3);
  }
}

TEST_CASE("a position of another epoch is never taken for one of ours") {
  for (const auto& t : all_transports()) {
    INFO(t.name);
    virtual_node node;
    publish_numbers(node, "open:a", 1, 5);
    auto r = t.make(node, 1);
    r->join("open:a", "nonsense-3");
    publish_numbers(node, "open:a", 6, 6);
    REQUIRE(r->gaps().size() == 1);
    REQUIRE(numbers(r->publications()) == std::vector{6});
  }
}

TEST_CASE("a long replay comes in pages and is complete") {
  auto settings = test_settings();
  settings.limits.page_bytes = 4096;
  settings.limits.message_bytes = 4096;
  settings.limits.log_bytes = 4 * 1024 * 1024;
  for (auto& n : settings.namespaces)
    n.history_size = 1000, n.history_bytes = 4 * 1024 * 1024;
  for (const auto& t : all_transports()) {
    INFO(t.name);
    virtual_node node{{}, settings};
    auto first = t.make(node, 0);
    first->join("open:a");
    publish_numbers(node, "open:a", 1, 1);
    REQUIRE(first->publications().size() == 1);
    const auto position = first->position();
    first->lose_connection();
    publish_numbers(node, "open:a", 2, 700);
    auto r = t.make(node, 1);
    r->join("open:a", position);
    publish_numbers(node, "open:a", 701, 720);
    REQUIRE(numbers(r->publications()) == range(2, 720));
    REQUIRE(r->gaps().empty());
  }
}

TEST_CASE("where history outlives the last subscription, so does resuming from it") {
  for (const auto& t : all_transports()) {
    INFO(t.name);
    virtual_node node;
    auto before = t.make(node, 0);
    before->join("open:a");
    publish_numbers(node, "open:a", 1, 3);
    REQUIRE(before->publications().size() == 3);
    const auto position = before->position();
    before->lose_connection();
    node.pass(3min); // the channel retires, its history stays for 5 min
    REQUIRE(api_get(node, "/api/channels")["channels"].empty());
    publish_numbers(node, "open:a", 4, 6);
    auto after = t.make(node, 1);
    after->join("open:a", position);
    REQUIRE(numbers(after->publications()) == range(4, 6));
    REQUIRE(after->gaps().empty());
  }
}

TEST_CASE("a poll whose response could not be written loses nothing") {
  SECTION("with a cursor") {
    virtual_node node;
    poll_client p{node};
    p.join("open:a", "");
    publish_numbers(node, "open:a", 1, 2);
    REQUIRE(numbers(p.publications()) == range(1, 2)); // leaves a poll waiting
    const auto cursor = p.cursor();
    const auto doomed = p.poll("/poll?cursor=" + cursor);
    doomed->break_line();
    publish_numbers(node, "open:a", 3, 5);
    REQUIRE(doomed->response());
    poll_client again{node};
    again.join("open:a", cursor);
    REQUIRE(numbers(again.publications()) == range(3, 5));
  }
  SECTION("by user") {
    virtual_node node;
    answer(node, "POST", "/send", R"({"userId":"ada","message":1})");
    const auto doomed = std::make_shared<test_exchange>(node, request("GET", "/poll?userId=ada"));
    doomed->break_line();
    node.router(home_of(node, doomed->request())).handle(doomed);
    node.settle();
    REQUIRE(doomed->response());
    const auto second = json::parse(answer(node, "GET", "/poll?userId=ada").body);
    REQUIRE(second["messages"].size() == 1);
    REQUIRE(second["messages"][0]["message"] == 1);
    REQUIRE(send_request(node, request("GET", "/poll?userId=ada"))->waiting());
  }
}

TEST_CASE("ephemeral publications reach who is there and are never counted as missed") {
  for (const auto& t : all_transports()) {
    INFO(t.name);
    scene s;
    auto r = t.make(s.node, 1);
    r->join("room:1");
    ws_client speaker{s.node};
    speaker.join("room:1", "");
    speaker.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "typing"}, {"data", 1}});
    speaker.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "say"}, {"data", 2}});
    const auto all = r->publications();
    REQUIRE(numbers(all) == std::vector{1, 2});
    REQUIRE_FALSE(all[0].offset);
    REQUIRE(all[1].offset == 1u);
    const auto position = r->position();
    r->lose_connection();
    speaker.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "typing"}, {"data", 3}});
    auto back = t.make(s.node, 0);
    back->join("room:1", position);
    if (t.name == "long poll") // its session was there all the time
      REQUIRE(numbers(back->publications()) == std::vector{3});
    else
      REQUIRE(back->publications().empty());
    REQUIRE(back->gaps().empty());
  }
}
