// What keeps a node from starting is said in words and by the exit status; what may be changed later is changed by SIGHUP.

#include "tests/server/web_socket.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <sys/stat.h>

using namespace troupe::server::test;

namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

class written_file {
 public:
  explicit written_file(const char* name) : path_(scratch_ / name) {}
  void write(const std::string& text) const { std::ofstream{path_} << text; }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  troupe::config::scratch_directory scratch_;
  std::filesystem::path path_;
};

} // namespace

TEST_CASE("a node that says it listens serves whoever comes first, on every shard") {
  for (int round = 0; round < 6; ++round) {
    running_node node{{"--threads.shards", "8"}};
    std::vector<client> all;
    for (int i = 0; i < 24; ++i)
      all.emplace_back(node.port());
    for (auto& c : all)
      c.send(troupe::transports::test::get("/poll?userId=\t")); // an answer of a shard's, at once
    for (auto& c : all)
      CHECK(c.response().status == 400);
  }
}

TEST_CASE("a port that another node has is refused with 69, and the other goes on") {
  running_node first;
  const auto second = run(troupe_program(), {"--config", demo_file(), "--listen", first.at()}, {first.state_variable()});
  CHECK(second.status == 69);
  INFO(second.err);
  CHECK(contains(second.err, "127.0.0.1:" + std::to_string(first.port())));
  CHECK(contains(second.err, "in use"));
  CHECK_FALSE(contains(second.out, "listening"));
  CHECK(first.get("/healthz").status == 200);
}

TEST_CASE("a wrong configuration is refused with 78, file, line and key") {
  written_file file{"node.toml"};
  const auto start = [&](const std::string& text) {
    file.write(text);
    return run(troupe_program(), {"--listen", "127.0.0.1:0", "--config", file.path()});
  };
  struct wrong {
    const char *text, *line, *key;
  };
  for (const auto& w : {wrong{"[limits]\n\nmesage_bytes = 1\n", ":3", "mesage_bytes"},
                        wrong{"[limits]\nmessage_bytes = \"many\"\n", ":2", "message_bytes"},
                        wrong{"default_channel = 7\n", ":1", "default_channel"},
                        wrong{"[listen]\naddress = \"nowhere\"\n", ":2", "address"},
                        wrong{"[limits\n", ":1", ""}}) {
    const auto refused = start(w.text);
    INFO(w.text << refused.err);
    CHECK(refused.status == 78);
    CHECK(contains(refused.err, file.path() + w.line));
    CHECK(contains(refused.err, w.key));
  }
  const auto missing = run(troupe_program(), {"--config", file.path() + ".missing"});
  CHECK(missing.status == 78);
  CHECK(contains(missing.err, ".missing"));
}

TEST_CASE("wrong usage is refused with 64") {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--lissten", "x"}, {"dance"}, {"--listen", "nonsense:port"}, {"kill"},
        {"--limits.message_bytes", "lots"}}) {
    const auto refused = run(troupe_program(), arguments);
    INFO(arguments.front() << ": " << refused.err);
    CHECK(refused.status == 64);
    CHECK_FALSE(refused.err.empty());
  }
  CHECK(contains(run(troupe_program(), {"--lissten", "x"}).err, "--listen"));
}

TEST_CASE("a key file that is missing, or that others can read, is refused with 78") {
  written_file file{"api.key"};
  const auto start = [&] {
    return run(troupe_program(), {"--config", demo_file(), "--listen", "127.0.0.1:0", "--api.key_file", file.path()});
  };
  const auto missing = start();
  CHECK(missing.status == 78);
  CHECK(contains(missing.err, file.path()));
  file.write("a-key-of-mine\n");
  ::chmod(file.path().c_str(), 0644);
  const auto open = start();
  CHECK(open.status == 78);
  CHECK(contains(open.err, "chmod 600"));
  CHECK_FALSE(contains(open.err, "a-key-of-mine"));
  ::chmod(file.path().c_str(), 0600);
  running_node node{{"--api.key_file", file.path()}};
  CHECK(node.get("/api/channels", "Authorization: Bearer a-key-of-mine\r\n").status == 200);
  CHECK(node.stop() == 0);
}

TEST_CASE("SIGHUP applies what can be reloaded and names what needs a restart") {
  written_file file{"node.toml"};
  file.write("[log]\nlevel = \"info\"\n");
  running_node node{{"--config", file.path()}};
  CHECK_FALSE(contains(node.program().err(), "debug"));
  file.write("[log]\nlevel = \"debug\"\n[threads]\nworkers = 7\n");
  node.program().signal(SIGHUP);
  CHECK(node.program().says("reloaded: log.level info -> debug"));
  CHECK(node.program().says("needs a restart: threads.workers"));
  client c{node.port()};
  c.send(troupe::transports::test::get("/poll?channel=open:a"));
  c.response();
  file.write("[log]\nlevl = \"debug\"\n");
  node.program().signal(SIGHUP);
  CHECK(node.program().says("not reloaded"));
  CHECK(node.program().says("levl"));
  CHECK(node.get("/healthz").status == 200);
  CHECK(node.stop() == 0);
}

TEST_CASE("a file whose namespaces cannot be taken over changes nothing, and says why") {
  written_file file{"node.toml"};
  const std::string open = "[[namespace]]\npattern = \"open:*\"\nkind = \"open\"\npublish = ";
  file.write(open + "\"anyone\"\n");
  running_node node{{"--config", file.path()}};
  web_socket ada{node.port()};
  const auto publish = [&] { return ada.ask({{"action", "publish"}, {"channel", "open:a"}, {"data", 1}})["type"].get<std::string>(); };
  REQUIRE(publish() == "reply");
  file.write(open + "\"nobody\"\nhistory_size = 3000\n[limits]\nlog_entries = 5000\n");
  node.program().signal(SIGHUP);
  CHECK(node.program().says("not reloaded: " + file.path() + ":5: namespace.history_size"));
  CHECK(publish() == "reply");
  file.write(open + "\"nobody\"\n");
  node.program().signal(SIGHUP);
  CHECK(node.program().says("reloaded: namespace open:* publish anyone -> nobody"));
  CHECK(eventually([&] { return publish() == "error"; }));
  CHECK(node.stop() == 0);
}

TEST_CASE("a reloaded list of hosts holds for the next request") {
  written_file file{"node.toml"};
  file.write("");
  running_node node{{"--config", file.path()}};
  const auto status = [&] {
    client c{node.port()};
    c.send("GET /healthz HTTP/1.1\r\nHost: example.org\r\n\r\n");
    return c.response().status;
  };
  CHECK(status() == 421);
  file.write("[listen]\nhosts = [\"example.org\", \"localhost\"]\n");
  node.program().signal(SIGHUP);
  CHECK(node.program().says("reloaded: listen.hosts"));
  CHECK(eventually([&] { return status() == 200; }));
}
