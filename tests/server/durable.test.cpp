// The program is killed while it is busy: what it acknowledged is there when it is started again, and clients go on.
// TROUPE_KILLS: how often (default: a few).

#include "tests/server/running_node.hpp"
#include "tests/server/web_socket.hpp"

#include "tests/seed.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <map>
#include <optional>
#include <random>

using namespace troupe::server::test;

namespace {

constexpr const char* channel = "open:ledger";

int kills() {
  const char* wanted = std::getenv("TROUPE_KILLS");
  return wanted ? std::atoi(wanted) : 5;
}

/// The program on a state directory that outlives it.
class mortal_node {
 public:
  /// On the directory of another one, if given.
  explicit mortal_node(const std::string& disk = {}) : disk_(disk.empty() ? (scratch_ / "disk").string() : disk) {
    std::ofstream{file()} << "[[namespace]]\npattern = \"open:*\"\nkind = \"open\"\npublish = \"anyone\"\nhistory = \"anyone\"\n"
                             "history_store = \"disk\"\nhistory_size = 1000000\nhistory_bytes = \"64MiB\"\nhistory_ttl = \"24h\"\n"
                             "[disk]\nreserve_bytes = 0\ndir = \"" << disk_ << "\"\n";
  }

  void start() {
    program_.emplace(troupe_program(), std::vector<std::string>{"--config", file(), "--listen", "127.0.0.1:0"},
                     std::vector<std::string>{"XDG_STATE_HOME=" + (scratch_ / "state").string()});
    const bool listens = program_->says("listening http://127.0.0.1:");
    INFO(program_->err());
    REQUIRE(listens);
    const auto said = program_->out();
    port_ = static_cast<std::uint16_t>(std::stoul(said.substr(said.find("listening http://127.0.0.1:") + 27)));
  }
  void kill() { program_->signal(SIGKILL); }
  void await_end() { CHECK(program_->status() == 128 + SIGKILL); }
  int stop() {
    program_->signal(SIGTERM);
    return program_->status();
  }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::string err() { return program_->err(); }
  [[nodiscard]] const std::string& disk() const noexcept { return disk_; }
  [[nodiscard]] unsigned status_of(std::string_view target) const {
    client c{port_};
    c.send(troupe::transports::test::get(target));
    return c.response().status;
  }

 private:
  [[nodiscard]] std::string file() const { return (scratch_ / "node.toml").string(); }

  troupe::config::scratch_directory scratch_;
  const std::string disk_;
  std::optional<process> program_;
  std::uint16_t port_ = 0;
};

/// What was acknowledged, and where a reader stands.
struct ledger {
  std::map<std::uint64_t, std::string> acknowledged; // by offset
  std::string epoch;
  std::uint64_t read_to = 0;
  std::uint64_t number = 0; // of the next publication

  void take(const json& reply, const std::string& data) {
    const auto& at = reply["data"];
    if (epoch.empty())
      epoch = at["epoch"];
    REQUIRE(at["epoch"] == epoch);
    REQUIRE(acknowledged.emplace(at["offset"], data).second);
  }
};

/// A client with some publications under way.
class publisher {
 public:
  publisher(std::uint16_t port, ledger& into) : line_(port), ledger_(into) {}

  void publish() {
    const auto number = ++ledger_.number;
    const auto data = std::to_string(number) + std::string(number % 200, '.');
    under_way_[number] = data;
    line_.say({{"action", "publish"}, {"id", number}, {"channel", channel}, {"data", data}});
  }
  /// One answer; false: the node is gone.
  bool hear() {
    const auto answer = line_.try_hear();
    if (!answer)
      return false;
    INFO(answer->dump());
    REQUIRE((*answer)["type"] == "reply");
    const auto mine = under_way_.extract((*answer)["id"].get<std::uint64_t>());
    REQUIRE(mine);
    ledger_.take(*answer, mine.mapped());
    return true;
  }

 private:
  web_socket line_;
  ledger& ledger_;
  std::map<std::uint64_t, std::string> under_way_;
};

/// All that is there, page by page; offsets follow each other.
std::map<std::uint64_t, std::string> all_of(web_socket& from, const std::string& epoch) {
  std::map<std::uint64_t, std::string> all;
  for (bool more = true; more;) {
    const auto reply = from.ask({{"action", "history"}, {"channel", channel}, {"limit", 1000},
                                 {"since", {{"epoch", epoch}, {"offset", all.size()}}}});
    INFO(reply.dump().substr(0, 300));
    REQUIRE(reply["type"] == "reply");
    CHECK(reply["data"]["recovered"] == true);
    for (const auto& p : reply["data"]["publications"]) {
      REQUIRE(p["offset"] == all.size() + 1);
      all[all.size() + 1] = p["data"];
    }
    more = reply["data"]["more"];
  }
  return all;
}

/// A reader that was there before comes back, and gets everything since, once.
void come_back(web_socket& reader, ledger& l, const std::map<std::uint64_t, std::string>& all) {
  json command{{"action", "subscribe"}, {"channel", channel}};
  if (!l.epoch.empty())
    command["since"] = {{"epoch", l.epoch}, {"offset", l.read_to}};
  const auto in = reader.ask(command);
  REQUIRE(in["type"] == "subscribed");
  if (l.epoch.empty())
    return;
  CHECK(in["recovered"] == true);
  while (l.read_to < all.size()) {
    const auto next = reader.hear("broadcast");
    REQUIRE(next["offset"] == ++l.read_to);
    REQUIRE(next["data"] == all.at(l.read_to));
  }
}

} // namespace

TEST_CASE("a node killed while it is busy has everything that it acknowledged, offsets go on, and clients recover") {
  const auto seed = troupe::test::seed();
  INFO("TROUPE_SEED=" << seed);
  std::mt19937 dice{seed};
  constexpr int in_flight = 12; // of each publisher
  mortal_node node;
  ledger l;
  for (int life = 0; life < kills(); ++life) {
    INFO("life " << life);
    node.start();
    web_socket reader{node.port()};
    const auto all = l.epoch.empty() ? std::map<std::uint64_t, std::string>{} : all_of(reader, l.epoch);
    for (const auto& [offset, data] : l.acknowledged) {
      REQUIRE(all.count(offset) == 1);
      REQUIRE(all.at(offset) == data);
    }
    l.acknowledged.insert(all.begin(), all.end()); // what nobody was told of may be there, and stays
    come_back(reader, l, all);

    std::deque<publisher> publishers;
    for (int i = 0; i < 4; ++i) {
      publishers.emplace_back(node.port(), l);
      for (int n = 0; n < in_flight; ++n)
        publishers.back().publish();
    }
    for (auto left = 50 + dice() % 800; left > 0; --left) {
      auto& one = publishers[left % publishers.size()];
      REQUIRE(one.hear());
      one.publish();
    }
    node.kill();
    for (auto& one : publishers)
      while (one.hear()) {
      }
    node.await_end();
  }
  node.start();
  web_socket reader{node.port()};
  const auto all = all_of(reader, l.epoch);
  for (const auto& [offset, data] : l.acknowledged)
    REQUIRE(all.at(offset) == data);
  come_back(reader, l, all);
  CHECK(all.size() > static_cast<std::size_t>(kills()) * 50);
  CHECK(node.stop() == 0);
}

TEST_CASE("a node that drains keeps what it acknowledged, and the next goes on") {
  mortal_node node;
  ledger l;
  for (int life = 0; life < 2; ++life) {
    node.start();
    publisher p{node.port(), l};
    for (int i = 0; i < 10; ++i) {
      p.publish();
      REQUIRE(p.hear());
    }
    CHECK(node.stop() == 0);
    CHECK(node.err().find("disk store") == std::string::npos);
    const auto found = node.err().find("history on disk in " + node.disk() + ": ");
    REQUIRE(found != std::string::npos);
    CHECK((node.err().find(": 1 channels, ", found) != std::string::npos) == (life == 1));
  }
  CHECK(l.acknowledged.size() == 20);
  CHECK(l.acknowledged.rbegin()->first == 20);
}

TEST_CASE("a second node on the same directory says so, serves the rest, and takes over when the first ends") {
  const auto publish = [](web_socket& by, int what) {
    return by.ask({{"action", "publish"}, {"channel", channel}, {"data", what}});
  };
  mortal_node first;
  first.start();
  web_socket a{first.port()};
  CHECK(publish(a, 1)["data"]["offset"] == 1);
  mortal_node second{first.disk()};
  second.start();
  CHECK(second.status_of("/readyz") == 503);
  CHECK(second.status_of("/healthz") == 200);
  web_socket b{second.port()};
  CHECK(publish(b, 2)["code"] == "unavailable");
  CHECK(publish(a, 2)["data"]["offset"] == 2);
  CHECK(first.stop() == 0);
  CHECK(eventually([&] { return second.status_of("/readyz") == 200; }));
  CHECK(eventually([&] { return publish(b, 3).value("type", "") == "reply"; }));
}
