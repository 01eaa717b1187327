// Metrics tell the truth: each is compared with what clients saw, and none is left out of the comparison.

#include "tests/actors/virtual_node/scene.hpp"

#include "actors/endpoints/prometheus_text.hpp"

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

using namespace troupe::actors::testing;
using troupe::actors::prometheus_text;

namespace {

json metrics(virtual_node& node) {
  return json::parse(answer(node, "GET", "/metrics", {}, {{"accept", "application/json"}}).body);
}

json delta(const json& before, const json& now, const std::string& name) {
  return now[name].get<std::int64_t>() - before[name].get<std::int64_t>();
}

} // namespace

TEST_CASE("publications are counted whether anybody reads them or not, kept or ephemeral", "[metrics]") {
  scene s;
  publish_numbers(s.node, "open:nobody", 1, 90);
  auto now = metrics(s.node);
  CHECK(now["publications"] == 90);
  CHECK(now["publications_received"] == 0);
  ws_client a{s.node}, b{s.node, "troupe.v1.json", 1};
  a.join("open:read", "");
  b.join("open:read", "");
  publish_numbers(s.node, "open:read", 1, 10);
  now = metrics(s.node);
  CHECK(now["publications"] == 100);
  CHECK(now["publications_received"] == 20); // by two shards
  a.join("room:1", "");
  a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "typing"}, {"data", 1}});
  CHECK(metrics(s.node)["publications"] == 101);
}

TEST_CASE("sessions are counted by transport, subscriptions and polls as they are now", "[metrics]") {
  scene s;
  ws_client a{s.node}, b{s.node, "troupe.v1.msgpack", 1};
  sse_client c{s.node};
  poll_client d{s.node};
  a.join("open:a", "");
  a.join("room:1", "");
  b.join("open:a", "");
  c.join("open:a", "");
  d.join("open:a", "");
  REQUIRE(d.publications().empty()); // leaves a poll waiting
  auto now = metrics(s.node);
  CHECK(now["sessions"] == json{{"websocket", 2}, {"sse", 1}, {"poll", 1}, {"actor", 0}});
  CHECK(now["subscriptions"] == 5);
  CHECK(now["polls_waiting"] == 1);
  CHECK(now["connections"] == 4);
  CHECK(now["channels"] == 2);
  CHECK(now["sessions_opened"] == 4);
  a.ask({{"action", "unsubscribe"}, {"channel", "room:1"}});
  b.close();
  c.lose_connection();
  s.node.pass(1s);
  now = metrics(s.node);
  CHECK(now["sessions"] == json{{"websocket", 1}, {"sse", 0}, {"poll", 1}, {"actor", 0}});
  CHECK(now["subscriptions"] == 2);
  CHECK(now["sessions_closed"] == 2);
  const auto text = answer(s.node, "GET", "/metrics").body;
  CHECK(text.find("troupe_sessions{transport=\"websocket\"} 1\n") != std::string::npos);
  CHECK(text.find("troupe_subscriptions 2\n") != std::string::npos);
  CHECK(text.find("troupe_channels 2\n") != std::string::npos);
}

TEST_CASE("messages and errors are counted as clients see them", "[metrics]") {
  scene s;
  ws_client a{s.node};
  const auto before = metrics(s.node);
  const auto greeted = a.messages().size();
  a.join("open:a", "");
  publish_numbers(s.node, "open:a", 1, 7);
  CHECK(a.ask({{"action", "call"}, {"channel", "nowhere"}, {"event", "e"}})["type"] == "error");
  CHECK(a.ask({{"action", "subscribe"}, {"channel", "user:ada"}})["type"] != "");
  CHECK(a.ask({{"action", "publish"}, {"channel", "room:1"}, {"event", "e"}, {"data", 1}})["type"] == "error");
  a.send_text("{");
  s.node.settle();
  const auto now = metrics(s.node);
  CHECK(delta(before, now, "messages_sent") == a.messages().size() - greeted);
  CHECK(delta(before, now, "errors") == a.messages("error").size());
  CHECK(delta(before, now, "messages_received") == 5);
}

TEST_CASE("memory of histories is what is there, of live and of idle channels, and nothing when it has expired", "[metrics]") {
  auto settings = test_settings();
  settings.channels.idle = 10s;
  scene s{settings};
  CHECK(metrics(s.node)["history_bytes"] == 0);
  const std::string text(1'000, 'x');
  for (int i = 0; i < 20; ++i)
    api(s.node, "/api/publish", {{"channel", "open:" + std::to_string(i)}, {"event", "e"}, {"data", text}});
  const auto live = metrics(s.node)["history_bytes"].get<std::uint64_t>();
  CHECK(live > 20 * 1'000);
  CHECK(metrics(s.node)["channels"] == 20);
  s.node.pass(30s);
  CHECK(metrics(s.node)["channels"] == 0);
  CHECK(metrics(s.node)["history_bytes"] == live);
  s.node.pass(6min);
  CHECK(metrics(s.node)["history_bytes"] == 0);
}

TEST_CASE("who was closed because it was too slow is counted, for whichever reason", "[metrics]") {
  scene s;
  ws_client slow{s.node};
  slow.join("room:1", "");
  slow.stop_reading();
  slow.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "flood"}, {"data", 500}});
  s.node.pass(3s);
  REQUIRE(slow.line().closed_with() == troupe::protocol::close_code::overflow);
  CHECK(metrics(s.node)["overflows"] == 1);
}

TEST_CASE("errors are counted by the code that the client read", "[metrics]") {
  scene s;
  ws_client a{s.node};
  a.send_text("{");
  a.send_text("[]x");
  const auto other = a.ask({{"action", "call"}, {"channel", "nowhere"}, {"event", "e"}})["code"].get<std::string>();
  REQUIRE(other != "bad_message");
  api(s.node, "/api/publish", {{"channel", 5}}, 400);
  const auto now = metrics(s.node);
  CHECK(now["errors_by_code"] == json{{"bad_message", 3}, {other, 1}});
  CHECK(now["errors"] == 4);
  CHECK(answer(s.node, "GET", "/metrics").body.find("\ntroupe_errors_total{code=\"bad_message\"} 3\n") != std::string::npos);
}

TEST_CASE("limits begin with 0, or Prometheus would not see the first time that one is passed", "[metrics]") {
  scene s;
  const auto text = answer(s.node, "GET", "/metrics").body;
  for (const char* limit : {"limits.connections", "limits.channel_commands", "limits.calls_per_session"}) {
    INFO(limit);
    CHECK(text.find("\ntroupe_limits_passed_total{limit=\"" + std::string{limit} + "\"} 0\n") != std::string::npos);
  }
}

TEST_CASE("what is said is timed once for each shard that reads it, and not where nobody does", "[metrics]") {
  scene s;
  const auto count = [&](const char* what) { return metrics(s.node)[what]["count"].get<std::uint64_t>(); };
  ws_client a{s.node}, b{s.node, "troupe.v1.json", 1};
  a.join("room:1", "");
  b.join("room:1", "");
  const auto delivered = count("delivery_seconds"), ran = count("handler_seconds"), waited = count("queue_wait_seconds");
  a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "typing"}, {"data", 1}});
  CHECK(count("delivery_seconds") == delivered + 2);
  CHECK(count("handler_seconds") > ran);
  CHECK(count("queue_wait_seconds") == waited + 1);
  api(s.node, "/api/publish", {{"channel", "open:nobody"}, {"event", "e"}, {"data", 1}});
  CHECK(count("delivery_seconds") == delivered + 2);
}

TEST_CASE("commands that are not done are counted while they are, and those of the channel that has most", "[metrics]") {
  scene s;
  ws_client a{s.node};
  a.join("room:1", "");
  s.node.pass(2s);
  CHECK(metrics(s.node)["commands_waiting"] == 0);
  CHECK(metrics(s.node)["channel_commands_waiting_max"] == 0);
  for (int i = 0; i < 5; ++i)
    a.send({{"action", "call"}, {"channel", "room:1"}, {"event", "typing"}, {"data", i}});
  s.node.pass(1s);
  CHECK(metrics(s.node)["commands_waiting"] == 0);
  CHECK(metrics(s.node)["channel_commands_waiting_max"].get<int>() > 0);
  s.node.pass(2s);
  CHECK(metrics(s.node)["channel_commands_waiting_max"] == 0);
}

TEST_CASE("a client with a full socket shows how far it is behind, until it is not", "[metrics]") {
  scene s;
  ws_client slow{s.node};
  slow.join("open:a", "");
  slow.stop_reading();
  for (int i = 0; i < 150; ++i) // more than the outbox holds
    api(s.node, "/api/publish", {{"channel", "open:a"}, {"event", "e"}, {"data", std::string(1'000, 'x')}});
  s.node.pass(2s);
  CHECK(metrics(s.node)["lag_entries_max"].get<int>() > 0);
  slow.read_again();
  s.node.pass(2s);
  CHECK(metrics(s.node)["lag_entries_max"] == 0);
}

TEST_CASE("the process is told by the names that Prometheus' own libraries use", "[metrics]") {
  scene s;
  const auto text = answer(s.node, "GET", "/metrics").body;
  for (const char* name : {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_max_fds",
                           "process_start_time_seconds"}) {
    INFO(name);
    const auto at = text.find("\n" + std::string{name} + " ");
    REQUIRE(at != std::string::npos);
    CHECK(std::stod(text.substr(at + 2 + std::string_view{name}.size())) > 0);
  }
  CHECK(text.find("\ntroupe_draining 0\n") != std::string::npos);
  s.node.inside().draining = true;
  CHECK(answer(s.node, "GET", "/metrics").body.find("\ntroupe_draining 1\n") != std::string::npos);
}

TEST_CASE("what alerts, board and page name is a metric, and every metric is on the page", "[metrics]") {
  scene s;
  api(s.node, "/api/publish", {{"channel", "open:a"}, {"event", "e"}, {"data", 1}});
  std::set<std::string> known;
  std::istringstream text{answer(s.node, "GET", "/metrics").body};
  for (std::string line; std::getline(text, line);)
    if (line.starts_with("# TYPE "))
      known.insert(line.substr(7, line.find(' ', 7) - 7));
  const std::regex name{"\\b(?:troupe|process)_[a-z_]*[a-z]\\b"};
  const auto named_in = [&](const char* path) {
    std::ifstream file{std::string{TROUPE_SOURCE_DIR "/"} + path};
    const std::string all{std::istreambuf_iterator<char>{file}, {}};
    std::set<std::string> found;
    for (std::sregex_iterator at{all.begin(), all.end(), name}, end; at != end; ++at) {
      auto one = at->str();
      if (one.ends_with("_bucket"))
        one.erase(one.size() - 7);
      found.insert(one);
    }
    CHECK(found.size() > 10);
    return found;
  };
  for (const char* path : {"ops/prometheus/troupe.rules.yml", "ops/prometheus/troupe.test.yml", "ops/grafana/troupe.json", "docs/operations.md"})
    for (const auto& one : named_in(path)) {
      INFO(path << " names " << one);
      CHECK(known.contains(one));
    }
  const auto page = named_in("docs/operations.md");
  for (const auto& one : known) {
    INFO("docs/operations.md says nothing of " << one);
    CHECK(page.contains(one));
  }
}

TEST_CASE("numbers have all their digits and no exponent, for people who read them", "[metrics]") {
  prometheus_text out;
  out.one("a", prometheus_text::kind::gauge, "A.", 1'000'000.0);
  out.one("b", prometheus_text::kind::gauge, "B.", 1'732'800'000.25);
  out.one("c", prometheus_text::kind::gauge, "C.", 0.00001);
  out.one("d", prometheus_text::kind::gauge, "D.", std::uint64_t{18'446'744'073'709'551'615u});
  const auto text = out.take();
  for (const char* line : {"\na 1000000\n", "\nb 1732800000.25\n", "\nc 0.00001\n", "\nd 18446744073709551615\n"})
    CHECK(text.find(line) != std::string::npos);
}

TEST_CASE("every metric is a line of both forms", "[metrics]") {
  scene s;
  const auto now = metrics(s.node);
  const auto text = answer(s.node, "GET", "/metrics").body;
  const std::set<std::string> only_json{"node", "connections", "messagesReceived", "messagesSent", "uptime", "started", "process"};
  const std::set<std::string> several{"sessions", "limits_passed", "errors_by_code", "connections_by_transport"};
  for (const auto& [name, value] : now.items()) {
    INFO(name);
    if (only_json.contains(name) || several.contains(name))
      continue;
    if (value.is_object()) {
      CHECK(text.find("\ntroupe_" + name + "_bucket{le=\"+Inf\"} " + std::to_string(value["count"].get<int>()) + "\n") != std::string::npos);
      CHECK(text.find("\ntroupe_" + name + "_count " + std::to_string(value["count"].get<int>()) + "\n") != std::string::npos);
      continue;
    }
    if (name == "errors") {
      CHECK(text.find("\ntroupe_errors_total{code=\"bad_message\"} ") != std::string::npos);
      continue;
    }
    const bool gauge = text.find("\ntroupe_" + name + " ") != std::string::npos;
    const bool total = text.find("\ntroupe_" + name + "_total ") != std::string::npos;
    CHECK((gauge || total));
  }
}

TEST_CASE("each join is followed by one leave in the metrics, however many at once and whatever ends them", "[metrics]") {
  auto settings = test_settings();
  settings.limits.events_waiting = 16; // most events are lost on the way to the log
  scene s{settings};
  std::vector<std::unique_ptr<ws_client>> all;
  for (std::uint32_t i = 0; i < 200; ++i) {
    all.push_back(std::make_unique<ws_client>(s.node, "troupe.v1.json", i % 2));
    all.back()->line().answer_pings();
    for (const char* channel : {"room:1", "open:a"})
      all.back()->send({{"action", "subscribe"}, {"channel", channel}});
  }
  s.node.settle();
  auto now = metrics(s.node);
  CHECK(now["joins"] == 400);
  CHECK(now["leaves"] == 0);
  CHECK(now["subscriptions"] == 400);
  all[0]->ask({{"action", "call"}, {"channel", "room:1"}, {"event", "stop"}}); // all of its members at once
  CHECK(metrics(s.node)["leaves"] == 200);
  for (std::size_t i = 0; i < 100; ++i)
    all[i]->lose_connection();
  s.node.pass(62s); // the window
  CHECK(metrics(s.node)["leaves"] == 300);
  s.node.fail_actor("shard-0");
  s.node.fail_actor("shard-1");
  s.node.pass(5s);
  now = metrics(s.node);
  CHECK(now["joins"] == 400);
  CHECK(now["leaves"] == 400);
}
