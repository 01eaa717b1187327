// `troupe tree` and `troupe kill` against a node that runs.

#include "tests/server/web_socket.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace troupe::server::test;

namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// A port that is taken, and at which nobody listens.
class silent_port {
 public:
  silent_port() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    ::bind(fd_, reinterpret_cast<sockaddr*>(&at), size);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size);
    number = ntohs(at.sin_port);
  }
  ~silent_port() { ::close(fd_); }
  silent_port(const silent_port&) = delete;
  silent_port& operator=(const silent_port&) = delete;

  std::uint16_t number = 0;

 private:
  int fd_;
};

} // namespace

TEST_CASE("tree shows the supervision tree, by the key file the node made, by flag and by variable") {
  running_node node;
  web_socket s{node.port()};
  s.join("open:a");
  const troupe::config::scratch_directory elsewhere;
  const auto no_keys = "XDG_STATE_HOME=" + (elsewhere / "x").string();
  for (const auto& tree : {run(troupe_program(), {"tree", "--connect", node.at()}, {node.state_variable()}),
                           run(troupe_program(), {"tree", "--connect", node.at(), "--api-key", node.key()}, {no_keys}),
                           run(troupe_program(), {"tree", "--connect", node.at()}, {no_keys, "TROUPE_API_KEY=" + node.key()})}) {
    INFO(tree.err);
    CHECK(tree.status == 0);
    for (const char* name : {"node n1", "broker", "channels", "open:a", "shard-0", "mount /echo", "telemetry"})
      CHECK(contains(tree.out, name));
    CHECK_FALSE(contains(tree.out + tree.err, node.key()));
  }
}

TEST_CASE("kill crashes a channel, whose members stay and go on") {
  running_node node;
  web_socket s{node.port()};
  const json entry{{"name", "ann"}, {"client", "c1"}};
  REQUIRE(s.ask({{"action", "subscribe"}, {"channel", "room:1"}, {"params", entry}})["type"] == "subscribed");
  const auto before = node.metric("restarts");
  const auto killed = run(troupe_program(), {"kill", "room:1", "--connect", node.at()}, {node.state_variable()});
  INFO(killed.err);
  CHECK(killed.status == 0);
  CHECK(contains(killed.out, "killed room:1"));
  CHECK(eventually([&] { return node.metric("restarts") == before + 1; }));
  CHECK(node.members("room:1") == 1);
  CHECK(s.ask({{"action", "unsubscribe"}, {"channel", "room:1"}})["type"] == "unsubscribed");
  const auto unknown = run(troupe_program(), {"kill", "open:nobody", "--connect", node.at()}, {node.state_variable()});
  CHECK(unknown.status == 1);
  CHECK(contains(unknown.err, "open:nobody") != contains(unknown.err, "no live channel"));
}

TEST_CASE("kill of a session closes that client with 1011 and no other") {
  running_node node;
  web_socket victim{node.port()}, other{node.port()};
  const auto name = victim.welcome()["session"].get<std::string>();
  CHECK(run(troupe_program(), {"kill", name, "--connect", node.at()}, {node.state_variable()}).status == 0);
  CHECK(victim.end() == "close 1011");
  CHECK(other.ask({{"action", "ping"}})["type"] == "reply");
}

TEST_CASE("observer prints a link that opens the observer, once") {
  running_node node;
  const auto asked = run(troupe_program(), {"observer", "--connect", node.at()}, {node.state_variable()});
  INFO(asked.err);
  CHECK(asked.status == 0);
  REQUIRE(asked.out.starts_with("http://" + node.at() + "/observer?once="));
  const auto path = asked.out.substr(asked.out.find("/observer"), asked.out.find(' ') - asked.out.find("/observer"));
  CHECK(node.get(path).status == 303);
  CHECK(node.get(path).status == 200); // the page, locked
}

TEST_CASE("a wrong key ends with 77 and says which was used") {
  running_node node;
  for (const char* command : {"tree", "kill", "observer"}) {
    std::vector<std::string> arguments{command};
    if (command == std::string_view{"kill"})
      arguments.emplace_back("open:a");
    arguments.insert(arguments.end(), {"--connect", node.at()});
    const auto wrong = run(troupe_program(), arguments, {node.state_variable(), "TROUPE_API_KEY=wrong"});
    INFO(wrong.err);
    CHECK(wrong.status == 77);
    CHECK(contains(wrong.err, "the key used comes from the configuration"));
  }
  const troupe::config::scratch_directory elsewhere;
  const auto none = run(troupe_program(), {"tree", "--connect", node.at()}, {"XDG_STATE_HOME=" + (elsewhere / "x").string()});
  CHECK(none.status == 77);
  CHECK(contains(none.err, "--api-key"));
}

TEST_CASE("a node that nobody runs ends with 69") {
  const silent_port nobody;
  const auto at = "127.0.0.1:" + std::to_string(nobody.number);
  for (const auto& tried : {run(troupe_program(), {"tree", "--connect", at, "--api-key", "k"}),
                            run(troupe_program(), {"tree", "--connect", at}), // no key either
                            run(troupe_program(), {"kill", "open:a", "--connect", at, "--api-key", "k"})}) {
    INFO(tried.err);
    CHECK(tried.status == 69);
    CHECK(contains(tried.err, at));
  }
}

TEST_CASE("version, help and config need no node") {
  CHECK(contains(run(troupe_program(), {"version"}).out, "troupe "));
  CHECK(contains(run(troupe_program(), {"--help"}).out, "--listen"));
  CHECK(run(troupe_program(), {"config", "check", demo_file()}).status == 0);
  const auto shown = run(troupe_program(), {"config", "show", "--api-key", "a-secret"});
  CHECK(shown.status == 0);
  CHECK_FALSE(contains(shown.out, "a-secret"));
}
