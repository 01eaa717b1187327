/// Handlers that run for too long: told while they do, in time that is stepped.

#include "tests/actors/virtual_node/scene.hpp"

#include "actors/telemetry/slow_handlers.hpp"

#include <optional>

using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

/// A board, who looks after it, and what was told.
struct lookout {
  lookout() { slow.watch(board, 1s); }

  void pass(milliseconds time) {
    for (const auto until = now + time; now < until;) {
      now += 100ms;
      slow.look([this](const log_line& line, const node_event*) { lines.push_back(line.text); });
    }
  }
  void run(const running_handlers::entry& of, const char* event, milliseconds time) {
    const running_handlers::mark at_work{of, event};
    pass(time);
  }

  running_handlers::time_point now{1h};
  running_handlers board{[this] { return now; }};
  slow_handlers slow;
  std::vector<std::string> lines;
};

/// As if a handler of that name ran on a thread of its own, which does not return.
struct stuck_handler {
  stuck_handler(virtual_node& node, std::string who, const char* event)
      : entry(node.inside().shards[0]->running, std::move(who)), at_work(std::in_place, entry, event) {}
  void returns() { at_work.reset(); }

  running_handlers::entry entry;
  std::optional<running_handlers::mark> at_work;
};

} // namespace

TEST_CASE("a handler is told after a second, ten, and once a minute from then on, and when it has returned", "[slow]") {
  lookout l;
  const running_handlers::entry room{&l.board, "channel room:1"};
  l.run(room, "quick", 900ms);
  l.pass(5s);
  CHECK(l.lines.empty());
  l.run(room, "say", 2min + 30s);
  l.pass(200ms);
  CHECK(l.lines == std::vector<std::string>{"slow handler: channel room:1 runs `say` for 1.0 s",
                                            "slow handler: channel room:1 runs `say` for 10.0 s",
                                            "slow handler: channel room:1 runs `say` for 70.0 s",
                                            "slow handler: channel room:1 runs `say` for 130.0 s",
                                            "slow handler: channel room:1: `say` has returned after 150.1 s"});
  CHECK(l.slow.count() == 1);
  CHECK(l.slow.running() == 0);
}

TEST_CASE("a handler that is slow each time is told now and then, with how many were left out, and counted each time", "[slow]") {
  lookout l;
  const running_handlers::entry room{&l.board, "channel room:1"};
  for (int i = 0; i < 7; ++i)
    l.run(room, "say", 1200ms);
  l.pass(12s);
  CHECK(l.slow.count() == 7);
  CHECK(std::count(l.lines.begin(), l.lines.end(), "slow handler: channel room:1 runs `say` for 1.0 s") == 1);
  CHECK(l.lines.back().ends_with("(and 6 more like it)"));
  CHECK(l.lines.size() == 3);
}

TEST_CASE("handlers on several threads are told each for itself", "[slow]") {
  lookout l;
  const running_handlers::entry room{&l.board, "channel room:1"}, other{&l.board, "mount /m"};
  const running_handlers::mark at_work{room, "say"};
  std::thread{[&] {
    const running_handlers::mark too{other, "on_open"};
    l.pass(1500ms);
    CHECK(l.slow.running() == 2);
  }}.join();
  l.pass(200ms);
  CHECK(l.slow.running() == 1);
  CHECK(l.lines.size() == 3);
}

TEST_CASE("a node tells of a slow handler while it runs, in its log, its metrics and to observers", "[slow]") {
  scene s;
  stuck_handler stuck{s.node, "channel room:7", "say"};
  s.node.pass(900ms);
  CHECK(s.node.logged("slow handler") == 0);
  s.node.pass(300ms);
  CHECK(s.node.logged("slow handler: channel room:7 runs `say` for 1.0 s") == 1);
  const auto text = answer(s.node, "GET", "/metrics").body;
  CHECK(text.find("\ntroupe_slow_handlers_running 1\n") != std::string::npos);
  CHECK(text.find("\ntroupe_slow_handlers_total 1\n") != std::string::npos);
  stuck.returns();
  s.node.pass(300ms);
  CHECK(s.node.logged("slow handler: channel room:7: `say` has returned after") == 1);
  CHECK(answer(s.node, "GET", "/metrics").body.find("\ntroupe_slow_handlers_running 0\n") != std::string::npos);
}

TEST_CASE("a channel whose handler is stuck is in lists and tree as what it is, and nobody waits for it", "[slow]") {
  scene s;
  ws_client a{s.node};
  a.join("room:7", "");
  a.join("open:a", "");
  CHECK(api_get(s.node, "/api/channels")["incomplete"] == false);
  const stuck_handler stuck{s.node, "channel room:7", "say"};
  s.node.pass(1500ms);
  const auto list = api_get(s.node, "/api/channels"); // answered without time passing
  CHECK(list["incomplete"] == true);
  CHECK(list["unanswered"] == json{"channel room:7"});
  REQUIRE(list["channels"].size() == 2);
  CHECK(list["channels"][0]["state"] == "live");
  CHECK(list["channels"][1]["name"] == "room:7");
  CHECK(list["channels"][1]["state"] == "stuck");
  CHECK(list["channels"][1]["running"]["event"] == "say");
  CHECK(list["channels"][1]["members"].is_null());
  CHECK(list["running"][0]["actor"] == "channel room:7");
  const auto tree = api_get(s.node, "/api/tree");
  CHECK(tree["incomplete"] == true);
  bool found = false;
  for (const auto& one : tree["children"])
    if (one["name"] == "channels")
      for (const auto& channel : one["children"])
        found = found || (channel["name"] == "room:7" && channel["state"] == "stuck" && channel["info"]["runs"] == "say");
  CHECK(found);
}

TEST_CASE("a node is ready while its workers run, and says so again after a pause of theirs", "[slow]") {
  scene s;
  s.node.pass(10s);
  CHECK(answer(s.node, "GET", "/readyz").status == 200);
  CHECK(json::parse(answer(s.node, "GET", "/metrics", {}, {{"accept", "application/json"}}).body)["workers_silent_seconds"] < 1.5);
}

TEST_CASE("whoever was too slow is told in the log with where it was", "[slow]") {
  scene s;
  ws_client slow{s.node};
  slow.join("room:1", "");
  slow.stop_reading();
  slow.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "flood"}, {"data", 500}});
  s.node.pass(3s);
  CHECK(s.node.logged("was too slow") == 1);
  CHECK(peer_of(events::client_slow{troupe::session_id{1}, {}, "x", "10.0.0.1:5"}) == "10.0.0.1:5");
}
