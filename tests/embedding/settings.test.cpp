// Settings and options from code: the same keys as the file's, checked in the same way, and outranked by it.

#include "tests/config/scratch.hpp"
#include "tests/embedding/embedded.hpp"

#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>

namespace troupe::embedding_test {

namespace {

std::string line(int n) { return "settings.test.cpp:" + std::to_string(n) + ": "; }

class room : public channel {};

/// What `run` prints on stdout for a command line.
std::string printed(std::vector<std::string> arguments, const std::function<void(node&)>& add, const node_settings& code = {}) {
  std::vector<char*> argv;
  for (auto& a : arguments)
    argv.push_back(a.data());
  std::ostringstream out;
  auto* before = std::cout.rdbuf(out.rdbuf());
  {
    auto n = node::from_command_line(static_cast<int>(argv.size()), argv.data(), code);
    add(n);
    n.run();
  }
  std::cout.rdbuf(before);
  return out.str();
}

bool has_line(const std::string& text, const std::string& begin, const std::string& end) {
  std::istringstream lines{text};
  for (std::string l; std::getline(lines, l);)
    if (l.starts_with(begin) && l.ends_with(end))
      return true;
  return false;
}

} // namespace

TEST_CASE("settings from code take numbers, texts with units, durations, flags and lists") {
  node_settings s;
  s.set("limits.log_entries", 2048)
      .set("limits.page_bytes", "256KiB")
      .set("session.resume_window", 2min)
      .set("api.observer", false)
      .set("listen.hosts", {"example.org", "www.example.org"})
      .set("listen.origins", std::vector<std::string>{"https://example.org"})
      .set("node.name", std::string{"shop"});
  CHECK(s.problems().empty());
}

TEST_CASE("what is wrong with settings from code is said as of a file, with the place in the code") {
  node_settings s;
  s.set("limits.log_entries", 0); const int zero = __LINE__;
  s.set("limits.log_entrys", 7); const int misspelt = __LINE__;
  s.set("session.resume_window", "long"); const int no_time = __LINE__;
  s.set("limits.log_entries", 5s); const int no_count = __LINE__;
  s.set("limits.page_bytes", std::vector<std::string>{"1"}); const int no_list = __LINE__;
  s.set("limits.connections", -1); const int negative = __LINE__;
  const auto all = s.problems();
  REQUIRE(all.size() == 6);
  CHECK(all[0].starts_with(line(zero) + "limits.log_entries: "));
  CHECK(all[1] == line(misspelt) + "limits.log_entrys: no such key; did you mean `limits.log_entries`?");
  CHECK(all[2].starts_with(line(no_time) + "session.resume_window: wants a duration"));
  CHECK(all[3].starts_with(line(no_count) + "limits.log_entries: wants a whole number"));
  CHECK(all[4].starts_with(line(no_list) + "limits.page_bytes: wants a size"));
  CHECK(all[5].starts_with(line(negative) + "limits.connections: "));
  try {
    node n{s};
    FAIL("it was made");
  } catch (const settings_error& why) {
    CHECK(std::string{why.what()}.find(all[1]) != std::string::npos);
  }
}

TEST_CASE("settings that contradict each other are refused, and the one in the code is to blame") {
  node_settings s;
  s.set("limits.log_bytes", "64KiB"); const int said = __LINE__;
  const auto all = s.problems();
  REQUIRE_FALSE(all.empty());
  CHECK(all[0].starts_with(line(said) + "limits.log_bytes: must be at least limits.page_bytes"));
}

TEST_CASE("a file outranks the code, the environment a file, and what is forced everything") {
  config::scratch_directory scratch;
  const auto file = (scratch / "n.toml").string();
  std::ofstream{file} << "[node]\nname = \"of-the-file\"\n[listen]\nport = 1\n[drain]\ndeadline = \"7s\"\n";
  node_settings s = quiet();
  s.load(file).set("node.name", "of-the-code").force("listen.port", "0");
  CHECK(s.problems().empty());
  kept_log log; // outlives the node
  node n{s};
  n.log_to(log.sink());
  n.start();
  CHECK(log.says("node of-the-file serves"));
  CHECK(n.port() != 1);
  const node_settings missing = node_settings{}.load((scratch / "none.toml").string());
  REQUIRE(missing.problems().size() == 1);
  CHECK(missing.problems()[0].find("cannot be read") != std::string::npos);
}

TEST_CASE("options beside a class hold unless the file says otherwise, and config show says where each is from") {
  config::scratch_directory scratch;
  const auto file = (scratch / "n.toml").string();
  std::ofstream{file} << "[[namespace]]\npattern = \"room:*\"\nhistory_size = 10\n";
  node_settings code;
  code.set("limits.log_entries", 4096); const int set_at = __LINE__;
  int added_at = 0, open_at = 0;
  const auto add = [&](node& n) {
    n.channel<room>("room:*", {.publish = members, .history = {1000, 1h}}); added_at = __LINE__;
    n.open_channel("news", {.overflow = when_behind::latest}); open_at = __LINE__;
  };
  const auto shown = printed({"shop", "config", "show", "--config", file}, add, code);
  INFO(shown);
  const auto at = [](int n) { return "# settings.test.cpp:" + std::to_string(n); };
  CHECK(has_line(shown, "log_entries = 4096", at(set_at)));
  CHECK(has_line(shown, "history_size = 10", "# " + file + ":3"));
  CHECK(has_line(shown, "history_ttl = \"1h\"", at(added_at)));
  CHECK(has_line(shown, "publish = \"members\"", at(added_at)));
  CHECK(has_line(shown, "pattern = \"news\"", at(open_at)));
  CHECK(has_line(shown, "overflow = \"latest\"", at(open_at)));
  CHECK(has_line(shown, "publish = \"anyone\"", at(open_at)));
  CHECK(has_line(shown, "history_bytes = \"1MiB\"", "# default"));
}

TEST_CASE("options that contradict a limit keep the node from starting, with the place in the code") {
  node n{quiet()};
  n.channel<room>("room:*", {.history = {5000, 1h}}); const int said = __LINE__;
  try {
    n.start();
    FAIL("it started");
  } catch (const node_error& why) {
    CHECK(why.status() == 78);
    CHECK(std::string{why.what()}.starts_with(line(said) + "namespace.history_size: is 5000, more than limits.log_entries"));
  }
}

TEST_CASE("an open channel that the file has as well is open to publish only if one of them says so") {
  config::scratch_directory scratch;
  const auto file = (scratch / "n.toml").string();
  const auto who_publishes = [&](const std::string& toml, const channel_options& options) {
    std::ofstream{file} << toml;
    const auto shown = printed({"shop", "config", "show", "--config", file}, [&](node& n) { n.open_channel("news", options); });
    const auto at = shown.find("publish = ", shown.find("[[namespace]]")) + std::string_view{"publish = \""}.size();
    return shown.substr(at, shown.find('"', at) - at);
  };
  const std::string named = "[[namespace]]\npattern = \"news\"\n";
  CHECK(who_publishes("", {}) == "anyone");
  CHECK(who_publishes(named, {}) == "nobody");
  CHECK(who_publishes(named, {.publish = anyone}) == "anyone");
  CHECK(who_publishes(named + "publish = \"members\"\n", {.publish = anyone}) == "members");
}

} // namespace troupe::embedding_test
