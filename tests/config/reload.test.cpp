#include "config/reload.hpp"

#include "config/keys.hpp"
#include "config/load.hpp"

#include <catch2/catch.hpp>

using namespace troupe::config;

TEST_CASE("a reload says what changed and what of it needs a restart") {
  settings running, wanted;
  wanted.log.level = "debug";
  wanted.listen.port = 9000;
  const auto changes = diff(running, wanted);
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].key == "listen.port");
  CHECK(changes[0].before == "8080");
  CHECK(changes[0].after == "9000");
  CHECK_FALSE(changes[0].reloadable);
  CHECK(changes[1].key == "log.level");
  CHECK(changes[1].reloadable);
}

TEST_CASE("a reload takes over what it can and leaves the rest as it runs") {
  settings running, wanted;
  wanted.log.level = "debug";
  wanted.listen.port = 9000;
  const auto now = reloaded(running, wanted);
  CHECK(now.log.level == "debug");
  CHECK(now.listen.port == 8080);
  for (const auto& c : diff(now, wanted))
    CHECK_FALSE(c.reloadable);
}

TEST_CASE("namespaces are compared by pattern, not by place") {
  settings running, wanted;
  running.namespaces.resize(2);
  running.namespaces[0].pattern = "a";
  running.namespaces[1].pattern = "b";
  wanted.namespaces.resize(2);
  wanted.namespaces[0].pattern = "c";
  wanted.namespaces[1].pattern = "a";
  wanted.namespaces[1].history_size = 7;
  const auto changes = diff(running, wanted);
  REQUIRE(changes.size() == 3);
  CHECK(changes[0].key == "namespace a history_size");
  CHECK(changes[1].key == "namespace b");
  CHECK(changes[1].after.empty());
  CHECK(changes[2].key == "namespace c");
  CHECK(changes[2].before.empty());
}

TEST_CASE("a reload takes over rights and bounds of a namespace, not what it is or where it is kept") {
  settings running, wanted;
  running.namespaces.resize(2);
  running.namespaces[0].pattern = "a";
  running.namespaces[1].pattern = "gone";
  wanted.namespaces.resize(2);
  wanted.namespaces[0].pattern = "new";
  wanted.namespaces[1] = {.pattern = "a",
                          .kind = channel_kind::open,
                          .publish = permission::members,
                          .history_store = history_place::disk,
                          .history_size = 7};
  const auto now = reloaded(running, wanted).namespaces;
  REQUIRE(now.size() == 2);
  CHECK(now[0].pattern == "a");
  CHECK(now[0].publish == permission::members);
  CHECK(now[0].history_size == 7);
  CHECK(now[0].kind == channel_kind::application);
  CHECK(now[0].history_store == history_place::memory);
  CHECK(now[1].pattern == "gone");
}

TEST_CASE("what a reload would take over must not contradict what it cannot") {
  const auto running = load_text("[[namespace]]\npattern = \"a\"\n", "now").values;
  const auto text = [](const char* size) {
    return std::string{"[limits]\nlog_entries = 5000\n[[namespace]]\npattern = \"new\"\nhistory_size = 3000\n"} +
           "[[namespace]]\npattern = \"a\"\nhistory_size = " + size + "\n";
  };
  const auto wanted = load_text(text("3000"), "node.toml");
  REQUIRE(wanted.problems.empty());
  const auto wrong = contradictions(running, wanted);
  REQUIRE(wrong.size() == 1);
  CHECK(to_string(wrong[0]).find("node.toml:8: namespace.history_size: is 3000, more than limits.log_entries (1024)") == 0);
  CHECK(contradictions(running, load_text(text("1000"), "node.toml")).empty());
}

TEST_CASE("a changed secret is reported without being shown") {
  settings running, wanted;
  wanted.api.key = "sesame";
  const auto changes = diff(running, wanted);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].key == "api.key");
  CHECK(changes[0].after == "********");
}

TEST_CASE("nothing changed is nothing") { CHECK(diff({}, {}).empty()); }
