// `troupe publish`, `history`, `tail`, `channels`, `sessions`, `stats` and `top` against a node that runs.

#include "tests/server/web_socket.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace troupe::server::test;

namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::vector<std::string> to(const running_node& node, std::vector<std::string> words) {
  words.insert(words.end(), {"--connect", node.at()});
  return words;
}

outcome ask(const running_node& node, std::vector<std::string> words) {
  return run(troupe_program(), to(node, std::move(words)), {node.state_variable()});
}

std::size_t lines(const std::string& text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }

/// The program at a terminal of its own.
class at_terminal {
 public:
  at_terminal(std::vector<std::string> words, const std::string& variable) : main_(::posix_openpt(O_RDWR | O_NOCTTY)) {
    ::grantpt(main_);
    ::unlockpt(main_);
    resize(100, 20);
    const std::string name = ::ptsname(main_);
    words.insert(words.begin(), troupe_program());
    id_ = ::fork();
    if (id_ == 0) {
      ::setsid();
      const int end = ::open(name.c_str(), O_RDWR); // becomes its controlling terminal
      for (int fd : {0, 1, 2})
        ::dup2(end, fd);
      ::setenv("TERM", "xterm", 1);
      ::unsetenv("NO_COLOR");
      ::putenv(const_cast<char*>(variable.c_str()));
      std::vector<char*> argv;
      for (auto& w : words)
        argv.push_back(w.data());
      argv.push_back(nullptr);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    ::fcntl(main_, F_SETFL, O_NONBLOCK);
  }
  ~at_terminal() {
    if (!ended_) {
      ::kill(id_, SIGKILL);
      ::waitpid(id_, nullptr, 0);
    }
    ::close(main_);
  }
  at_terminal(const at_terminal&) = delete;
  at_terminal& operator=(const at_terminal&) = delete;

  void resize(unsigned short columns, unsigned short rows) {
    const winsize size{rows, columns, 0, 0};
    ::ioctl(main_, TIOCSWINSZ, &size);
  }
  void type(char key) { CHECK(::write(main_, &key, 1) == 1); }
  const std::string& screen() {
    char bytes[4096];
    for (ssize_t n = 0; (n = ::read(main_, bytes, sizeof bytes)) > 0;)
      shown_.append(bytes, static_cast<std::size_t>(n));
    return shown_;
  }
  bool shows(std::string_view text) {
    return eventually([&] { return contains(screen(), text); });
  }
  /// What it ends with; -1: it does not.
  int status() {
    int how = -1;
    eventually([&] {
      screen(); // or it waits to be read
      return ended_ = ended_ || ::waitpid(id_, &how, WNOHANG) == id_;
    });
    return ended_ && WIFEXITED(how) ? WEXITSTATUS(how) : -1;
  }

 private:
  int main_;
  pid_t id_ = -1;
  bool ended_ = false;
  std::string shown_;
};

} // namespace

TEST_CASE("publish says where it stands; what is no JSON is a text, and data may come from stdin") {
  running_node node;
  const auto said = ask(node, {"publish", "open:a", "greeting", R"({"n":12345678901234567890.50})"});
  INFO(said.err);
  CHECK(said.status == 0);
  CHECK(said.out == "published to open:a @1\n");
  CHECK(ask(node, {"publish", "open:a", "hello there"}).status == 0);
  const auto once = ask(node, {"publish", "open:a", "1", "--key", "k", "--json"});
  CHECK(json::parse(once.out)["offset"] == 3);
  CHECK(json::parse(ask(node, {"publish", "open:a", "1", "--key", "k", "--json"}).out)["offset"] == 3);
  const auto kept = node.api("/api/history?channel=open:a")["publications"];
  CHECK(kept[0]["event"] == "greeting");
  CHECK(kept[1]["data"] == "hello there");
  const auto refused = ask(node, {"publish", "nowhere:1", "1"});
  CHECK(refused.status == 1);
  CHECK(contains(refused.err, "no namespace has nowhere:1"));
}

TEST_CASE("history prints what is kept, oldest first, and nothing that could command a terminal") {
  running_node node;
  node.publish("open:a", "one", "e");
  node.publish("open:a", "two \x1b[31m\xC2\x9B red", "e");
  const auto text = ask(node, {"history", "open:a"});
  CHECK(text.status == 0);
  CHECK(lines(text.out) == 2);
  CHECK(text.out.find("@1 e \"one\"") < text.out.find("@2 e \"two "));
  CHECK_FALSE(contains(text.out, "\x1b"));
  CHECK_FALSE(contains(text.out, "\xC2\x9B"));
  const auto newest = ask(node, {"history", "open:a", "--limit", "1", "--json"});
  CHECK(lines(newest.out) == 1);
  CHECK(json::parse(newest.out)["offset"] == 2);
}

TEST_CASE("history says of what was not said to all whom it was for") {
  running_node node;
  web_socket c{node.port()};
  c.join("open:a");
  CHECK(c.ask({{"action", "publish"}, {"channel", "open:a"}, {"event", "e"}, {"data", 1}, {"echo", false}})["type"] == "reply");
  node.publish("open:a", "two", "e");
  const auto text = ask(node, {"history", "open:a"});
  const auto self = c.welcome()["session"].get<std::string>();
  CHECK(contains(text.out, "@1 e 1  from " + self + "  but " + self + "\n"));
  CHECK(contains(text.out, "@2 e \"two\"\n"));
}

TEST_CASE("tail prints what comes, joins nothing, and ends well when it is told to") {
  running_node node;
  node.publish("open:a", "before");
  process tail{troupe_program(), to(node, {"tail", "open:a"}), {node.state_variable()}};
  CHECK(tail.says("\"before\""));
  node.publish("open:a", "after");
  CHECK(tail.says("\"after\""));
  CHECK(node.members("open:a") == 0);
  tail.signal(SIGINT);
  CHECK(tail.status() == 0);
  CHECK(tail.err().empty());
}

TEST_CASE("tail prints what is ephemeral, too, from when it began, and joins nothing for it") {
  running_node node;
  CHECK(ask(node, {"publish", "open:a", "note", "\"before\"", "--ephemeral"}).status == 0);
  node.publish("open:a", "kept");
  process tail{troupe_program(), to(node, {"tail", "open:a"}), {node.state_variable()}};
  CHECK(tail.says("\"kept\""));
  CHECK(ask(node, {"publish", "open:a", "note", "\"passing\"", "--ephemeral"}).status == 0);
  CHECK(tail.says("~ note \"passing\""));
  CHECK(node.members("open:a") == 0);
  tail.signal(SIGINT);
  CHECK(tail.status() == 0);
  CHECK_FALSE(contains(tail.out(), "before"));
}

TEST_CASE("history and tail print numbers as they were written, on one line each") {
  running_node node;
  const std::string data = R"({"id":123456789012345678901234567890,"price":1.50,"many":1e6})";
  CHECK(ask(node, {"publish", "open:a", data}).status == 0);
  CHECK(ask(node, {"publish", "open:a", "[1.0,\n 2]"}).status == 0);
  for (const char* command : {"history", "tail"})
    for (const bool as_json : {false, true}) {
      std::vector<std::string> words{command, "open:a"};
      if (std::string{command} == "tail")
        words.insert(words.end(), {"--count", "2"});
      if (as_json)
        words.emplace_back("--json");
      const auto printed = ask(node, words);
      INFO(printed.out);
      CHECK(contains(printed.out, data));
      CHECK(contains(printed.out, "[1.0,"));
      CHECK(lines(printed.out) == 2);
    }
}

TEST_CASE("tail ends after so many, and when nobody reads it any more") {
  running_node node;
  for (int i = 0; i < 3; ++i)
    node.publish("open:a", i);
  const auto three = ask(node, {"tail", "open:a", "--count", "3", "--json"});
  CHECK(three.status == 0);
  CHECK(lines(three.out) == 3);
  process gone{"/bin/sh", {"-c", troupe_program() + " tail open:a --connect " + node.at() + " | head -n 1"}, {node.state_variable()}};
  CHECK(gone.says("@1"));
  node.publish("open:a", 4); // who writes it finds nobody there
  CHECK(gone.status() == 0);
}

TEST_CASE("tail says that something is missing, of a node that was away too") {
  auto node = std::make_unique<running_node>();
  node->publish("open:a", "before");
  const auto at = node->at();
  process tail{troupe_program(), {"tail", "open:a", "--connect", at, "--api-key", "k"}, {}};
  CHECK(tail.status() == 77); // another key
  process well{troupe_program(), {"tail", "open:a", "--connect", at, "--api-key", node->key(), "--json"}, {}};
  CHECK(well.says("before"));
  const auto key = node->key();
  const auto port = std::to_string(node->port());
  node.reset();
  CHECK(eventually([&] { return contains(well.err(), "waiting for it"); }));
  node = std::make_unique<running_node>(std::vector<std::string>{"--listen", "127.0.0.1:" + port, "--api-key", key});
  CHECK(well.says("\"type\":\"gap\""));
  json data = "again";
  CHECK(eventually([&] { return node->post_json("/api/publish", {{"channel", "open:a"}, {"data", data}}, "Authorization: Bearer " + key + "\r\n").status == 200; }));
  CHECK(well.says("again"));
  well.signal(SIGTERM);
  CHECK(well.status() == 0);
}

TEST_CASE("channels and sessions are listed, searched and paged; JSON is the API's answer") {
  running_node node;
  for (const char* name : {"open:tea", "open:coffee", "open:cocoa"})
    node.publish(name, 1);
  node.publish("open:tea", 2);
  web_socket s{node.port()};
  s.join("open:tea");
  const auto all = ask(node, {"channels", "--sort", "-offset", "--limit", "2"});
  INFO(all.out << all.err);
  CHECK(all.status == 0);
  CHECK(all.out.starts_with("CHANNEL"));
  CHECK(lines(all.out) == 3);
  CHECK(contains(all.out.substr(all.out.find('\n')), "open:tea"));
  CHECK(contains(all.err, "2 of "));
  CHECK(contains(all.err, "--after"));
  const auto found = json::parse(ask(node, {"channels", "--search", "CO", "--json"}).out);
  CHECK(found["total"] == 2);
  const auto clients = ask(node, {"sessions", "--channel", "open:tea"});
  CHECK(lines(clients.out) == 2);
  CHECK(contains(clients.out, s.welcome()["session"].get<std::string>()));
  CHECK(contains(clients.out, "127.0.0.1:"));
  CHECK_FALSE(contains(all.out + clients.out, "\x1b")); // no terminal, no colours
}

TEST_CASE("stats needs no key") {
  running_node node;
  const troupe::config::scratch_directory elsewhere;
  const auto stats = run(troupe_program(), {"stats", "--connect", node.at()}, {"XDG_STATE_HOME=" + (elsewhere / "x").string()});
  INFO(stats.err);
  CHECK(stats.status == 0);
  CHECK(contains(stats.out, "sessions "));
  CHECK(json::parse(run(troupe_program(), {"stats", "--json", "--connect", node.at()}).out).contains("publications"));
}

TEST_CASE("top fills a terminal of whatever size, and leaves it as it was") {
  running_node node;
  for (int i = 0; i < 40; ++i)
    node.publish("open:" + std::to_string(i), 1);
  at_terminal top{to(node, {"top", "--interval", "1"}), node.state_variable()};
  CHECK(top.shows("PUB/S"));
  CHECK(contains(top.screen(), "\x1b[?1049h"));
  top.resize(30, 8);
  CHECK(top.shows("…")); // lines are cut, none is broken
  top.type('q');
  CHECK(top.status() == 0);
  CHECK(contains(top.screen(), "\x1b[?25h\x1b[?1049l"));
}

TEST_CASE("top prints frames where there is no terminal, also as JSON") {
  running_node node;
  node.publish("open:a", 1);
  const auto frames = ask(node, {"top", "--count", "2", "--interval", "1"});
  CHECK(frames.status == 0);
  CHECK(contains(frames.out, "open:a"));
  CHECK_FALSE(contains(frames.out, "\x1b"));
  const auto as_json = ask(node, {"top", "--count", "1", "--json"});
  CHECK(json::parse(as_json.out)["channels"][0]["name"] == "open:a");
  CHECK(run(troupe_program(), {"top", "--connect", "127.0.0.1:1", "--api-key", "k"}).status == 69);
}

TEST_CASE("colours are for terminals, and NO_COLOR is heard") {
  running_node node;
  node.publish("open:a", 1);
  at_terminal coloured{to(node, {"channels"}), node.state_variable()};
  CHECK(coloured.shows("\x1b[1mCHANNEL"));
  CHECK(coloured.status() == 0);
  auto words = to(node, {"channels"});
  words.insert(words.end(), {"--api-key", node.key()});
  at_terminal plain{words, "NO_COLOR=1"};
  CHECK(plain.shows("CHANNEL"));
  CHECK(plain.status() == 0);
  CHECK_FALSE(contains(plain.screen(), "\x1b["));
}

TEST_CASE("what completes the commands is read by bash, and completes them") {
  const auto script = run(troupe_program(), {"completion", "bash"});
  CHECK(script.status == 0);
  const auto complete = [&](const std::string& words) {
    return run("/bin/bash", {"-c", script.out + "\nCOMP_WORDS=(" + words + "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _troupe; echo \"${COMPREPLY[*]}\""}).out;
  };
  CHECK(complete("troupe cha") == "channels\n");
  CHECK(complete("troupe channels --sort -ra") == "-rate\n");
  CHECK(complete("troupe --listen :1 ser") == "serve\n");
  CHECK(complete("troupe config ''") == "check show reference\n");
  CHECK(complete("troupe serve --limits.started_per_s") == "--limits.started_per_session\n");
}
