// What is stuck is seen, and what dies says of what.

#include "tests/server/running_node.hpp"
#include "tests/server/web_socket.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>

using namespace troupe::server::test;

namespace {

/// `hold` of a room returns once it is let go; at the latest with this.
class held {
 public:
  held() = default;
  ~held() { let_go(); }
  held(const held&) = delete;
  held& operator=(const held&) = delete;

  void hold(web_socket& by, const char* channel) const {
    by.say({{"action", "call"}, {"channel", channel}, {"event", "hold"}, {"data", path_.string()}, {"timeout", 200}, {"id", "held"}});
  }
  void let_go() const { std::ofstream{path_} << "go"; }

 private:
  troupe::config::scratch_directory scratch_;
  const std::filesystem::path path_ = scratch_ / "go";
};

json row_of(const json& list, std::string_view channel) {
  for (const auto& c : list["channels"])
    if (c["name"] == channel)
      return c;
  return nullptr;
}

bool knows(const json& names, std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); }

outcome command(const running_node& node, std::vector<std::string> words) {
  words.insert(words.end(), {"--connect", node.at()});
  return run(troupe_program(), std::move(words), {node.state_variable()});
}

} // namespace

TEST_CASE("a stuck handler is in the log, in lists and in metrics while it is, its callers are told timeout, a kill waits") {
  running_node node{{"--threads.workers", "2"}, odd_program()};
  const held gate;
  web_socket s{node.port()}, other{node.port()};
  s.join("room:1");
  other.join("room:1");
  gate.hold(s, "room:1");
  CHECK(s.hear("error")["code"] == "timeout");
  REQUIRE(node.program().says("slow handler: channel room:1 runs `hold` for"));
  const auto late = other.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "say"}, {"timeout", 100}});
  CHECK(late["code"] == "timeout");

  const auto list = node.api("/api/channels");
  INFO(list.dump());
  CHECK(list["incomplete"] == true);
  CHECK(knows(list["unanswered"], "channel room:1"));
  CHECK(row_of(list, "room:1")["state"] == "stuck");
  CHECK(row_of(list, "room:1")["running"]["event"] == "hold");
  CHECK(node.metric("slow_handlers_running") == 1);
  CHECK(node.get("/readyz").status == 200); // another worker is free
  CHECK(command(node, {"tree"}).out.find("room:1  stuck") != std::string::npos);

  const auto others = command(node, {"channels", "--search", "none of them"}); // on whatever page it is
  CHECK(others.err.find("channel room:1 runs `hold` for") != std::string::npos);
  CHECK(command(node, {"stats"}).out.find("1 (1 now)") != std::string::npos);

  const auto killed = command(node, {"kill", "room:1"});
  INFO(killed.out << killed.err);
  CHECK(killed.status == 0);
  CHECK(killed.out.find("waits") != std::string::npos);
  CHECK(killed.out.find("`hold`") != std::string::npos);
  CHECK(node.metric("restarts") == 0);
  CHECK(command(node, {"kill", "room:1"}).out.find("waits") != std::string::npos); // asked again: the same kill

  gate.let_go();
  CHECK(node.program().says("`hold` has returned after"));
  CHECK(eventually([&] { return node.metric("restarts") == 1; }));
  CHECK(eventually([&] { return node.api("/api/channels")["incomplete"] == false; }));
  CHECK(other.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "say"}})["type"] == "reply");
  CHECK(node.metric("restarts") == 1);
}

TEST_CASE("with every worker stuck a node says so: not ready, lists with who did not answer, calls and API in time") {
  running_node node{{"--threads.workers", "1", "--channels.call_timeout", "1s"}, odd_program()};
  const held gate;
  web_socket s{node.port()};
  s.join("room:1");
  CHECK(node.get("/readyz").status == 200);
  gate.hold(s, "room:1");
  REQUIRE(node.program().says("slow handler: channel room:1 runs `hold` for"));
  REQUIRE(eventually([&] { return node.get("/readyz").status == 503; }));
  CHECK(node.get("/readyz").body.find("channel room:1 runs `hold`") != std::string::npos);
  CHECK(node.get("/healthz").status == 200);

  const auto list = node.api("/api/channels");
  INFO(list.dump());
  CHECK(list["incomplete"] == true);
  CHECK(knows(list["unanswered"], "broker"));
  CHECK(row_of(list, "room:1")["state"] == "stuck");
  const auto tree = node.api("/api/tree");
  CHECK(tree["incomplete"] == true);
  CHECK(knows(tree["unanswered"], "node"));
  CHECK(tree["running"][0]["actor"] == "channel room:1");

  web_socket other{node.port()};
  CHECK(other.ask({{"action", "call"}, {"channel", "room:2"}, {"event", "say"}, {"timeout", 100}})["code"] != "");
  CHECK(node.post_json("/api/publish", {{"channel", "room:1"}, {"event", "e"}, {"data", 1}}, node.key_header()).status == 504);
  const auto killed = command(node, {"kill", "room:1"});
  CHECK(killed.out.find("waits") != std::string::npos);
  CHECK(node.program().says("audit: kill room:1 by API key"));
  const auto said = command(node, {"publish", "room:1", "1"});
  CHECK(said.status == 1);
  CHECK(said.err.find("no answer within the deadline") != std::string::npos);

  gate.let_go();
  CHECK(eventually([&] { return node.get("/readyz").status == 200; }));
  CHECK(eventually([&] { return node.api("/api/channels")["incomplete"] == false; }));
}

TEST_CASE("a process that dies of a handler says of which, in the log's format, before it does") {
  struct death {
    const char *event, *signal;
    int number;
  };
  for (const bool as_json : {false, true})
    for (const auto& how : {death{"abort", "SIGABRT", SIGABRT}, death{"fault", "SIGSEGV", SIGSEGV}, death{"recurse", "SIGSEGV", SIGSEGV}}) {
      if (sanitized && how.number == SIGSEGV)
        continue; // that one is the sanitizer's
      running_node node{{"--log.format", as_json ? "json" : "text"}, odd_program()};
      web_socket s{node.port()};
      s.join("room:1");
      s.say({{"action", "call"}, {"channel", "room:1"}, {"event", how.event}});
      CHECK(node.program().says("the process ends by"));
      INFO(how.event << "\n" << node.program().err());
      CHECK(node.program().status() == 128 + how.number);
      const auto said = node.program().err();
      const auto at = said.find("the process ends by " + std::string{how.signal} + ": channel room:1 was running `" + how.event + "`");
      REQUIRE(at != std::string::npos);
      if (!as_json)
        continue;
      const auto begin = said.rfind('\n', at) + 1;
      const auto line = json::parse(said.substr(begin, said.find('\n', at) - begin), nullptr, false);
      REQUIRE(line.is_object());
      CHECK(line["event"] == "crashed");
      CHECK(line["data"] == json{{"signal", how.signal}, {"actor", "channel room:1"}, {"event", how.event}});
      CHECK(line["node"] == "n1");
    }
}
