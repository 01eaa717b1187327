// What the commands make of the node's answers: the tree, and tables in narrow terminals.

#include "actors/node/admin_client.hpp"
#include "actors/node/admin_rows.hpp"

#include <catch2/catch.hpp>

using namespace troupe::actors;
using json = nlohmann::json;

namespace {

json leaf(const char* name, const char* state, json info) {
  return {{"name", name}, {"kind", "channel"}, {"state", state}, {"restarts", 0}, {"info", std::move(info)}, {"children", json::array()}};
}

json session(const char* id) {
  return {{"session", id}, {"transport", "websocket"}, {"peer", "127.0.0.1:55690"}, {"away", true}, {"in", 1},
          {"channels", {{{"channel", "open:a-name-that-is-long"}, {"offset", 12}}}}};
}

} // namespace

TEST_CASE("the tree says how many channels it leaves out, and what is stuck in words") {
  const json tree{{"name", "node n1"},
                  {"kind", "supervisor"},
                  {"state", "running"},
                  {"info", {{"uptime", 125}}},
                  {"children",
                   {{{"name", "channels"},
                     {"kind", "supervisor"},
                     {"state", "running"},
                     {"info", {{"channels", 5'000}}},
                     {"children", {leaf("open:a", "live", {{"members", 2}}), leaf("open:b", "stuck", {{"runs", "save"}, {"seconds", 12.4}})}}}}}};
  CHECK(draw_tree(tree.dump()) == "node n1  up 2 min\n"
                                  "└─ channels (supervisor)  channels 5,000\n"
                                  "   ├─ open:a  members 2\n"
                                  "   ├─ open:b  stuck: save for 12 s\n"
                                  "   └─ and 4,998 more: `channels` lists them\n");
}

TEST_CASE("however narrow the terminal is, a session's id is whole: it is what one ends it by") {
  const json page{{"connections", {session("s458443965705-1"), session("s458443965704-1")}}};
  for (const std::size_t columns : {40, 60, 80, 100}) {
    const auto lines = session_table(page).lines(columns);
    INFO(lines[1]);
    CHECK(lines[1].starts_with("s458443965705-1 "));
    CHECK(lines[2].starts_with("s458443965704-1 "));
    CHECK(width_of(lines[1]) <= columns);
  }
}

TEST_CASE("a rate that rounds to nothing is a plain 0") {
  CHECK(rate_text(0.04) == "0");
  CHECK(rate_text(0.06) == "0.1");
}
