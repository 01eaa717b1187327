// Namespaces with history_store = "disk": what was acknowledged outlives the node, for clients and for channels.

#include "tests/actors/virtual_node/rooms.hpp"
#include "tests/actors/virtual_node/scene.hpp"
#include "tests/config/scratch.hpp"

#include <filesystem>
#include <fstream>

using namespace troupe::actors::testing;
namespace config = troupe::config;

namespace {

class durable_node {
 public:
  durable_node() { start(); }

  /// Ends and starts the node, which finds what it kept.
  void restart() {
    node_.reset();
    start();
  }
  virtual_node& operator*() { return *node_; }
  virtual_node* operator->() { return node_.get(); }
  [[nodiscard]] std::filesystem::path dir() const { return scratch_ / "disk"; }

  std::shared_ptr<diary> notes = std::make_shared<diary>();

 private:
  void start() {
    auto s = test_settings();
    s.disk.dir = dir().string();
    s.disk.reserve_bytes = 0;
    for (auto& n : s.namespaces)
      n.history_store = n.pattern == "lobby" ? config::history_place::memory : config::history_place::disk;
    config::name_space rooms;
    rooms.pattern = "room:*";
    rooms.call = config::permission::anyone;
    rooms.history_store = config::history_place::disk;
    s.namespaces.push_back(rooms);
    troupe::actors::node_plan plan;
    plan.classes.add("room:*", [notes = notes](const std::string&) { return std::make_unique<test_room>(notes); });
    node_ = std::make_unique<virtual_node>(plan, s);
  }

  config::scratch_directory scratch_;
  std::unique_ptr<virtual_node> node_;
};

} // namespace

TEST_CASE("a client that comes back to a node that was started anew goes on from its position, on every transport") {
  for (const auto& t : all_transports()) {
    INFO(t.name);
    durable_node node;
    std::string position;
    {
      auto before = t.make(*node, 0);
      before->join("open:a");
      publish_numbers(*node, "open:a", 1, 10);
      REQUIRE(numbers(before->publications()) == range(1, 10));
      position = before->position();
      before->lose_connection();
      publish_numbers(*node, "open:a", 11, 20);
    }
    node.restart();
    publish_numbers(*node, "open:a", 21, 25);
    auto after = t.make(*node, 1);
    after->join("open:a", position);
    publish_numbers(*node, "open:a", 26, 30);
    CHECK(numbers(after->publications()) == range(11, 30));
    CHECK(after->gaps().empty());
  }
}

TEST_CASE("a namespace in memory begins anew with its node, one on disk does not") {
  durable_node node;
  for (const char* channel : {"lobby", "open:a"})
    publish_numbers(*node, channel, 1, 3);
  node.restart();
  CHECK(api(*node, "/api/publish", {{"channel", "lobby"}, {"data", 4}})["offset"] == 1);
  CHECK(api(*node, "/api/publish", {{"channel", "open:a"}, {"data", 4}})["offset"] == 4);
  const auto history = api_get(*node, "/api/history?channel=open:a");
  CHECK(history["publications"].size() == 4);
  CHECK(api_get(*node, "/api/history?channel=open:a&since=" + history["epoch"].get<std::string>() + "-0")["recovered"] == true);
}

TEST_CASE("a channel's snapshot outlives its node, and an answer after it was kept is true") {
  durable_node node;
  {
    ws_client a{*node};
    a.join("room:1", {});
    CHECK(a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "count"}, {"data", nullptr}})["data"] == 1);
    CHECK(a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "count"}, {"data", nullptr}})["data"] == 2);
  }
  node.restart();
  ws_client b{*node};
  b.join("room:1", {});
  CHECK(node.notes->restored == std::vector<std::string>{"2"});
  CHECK(b.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "count"}, {"data", nullptr}})["data"] == 3);
}

TEST_CASE("a key that was used before the node was started anew is known") {
  durable_node node;
  const json one{{"channel", "open:a"}, {"data", 1}, {"key", "k"}};
  CHECK(api(*node, "/api/publish", one)["offset"] == 1);
  node.restart();
  CHECK(api(*node, "/api/publish", one)["offset"] == 1);
  CHECK(api(*node, "/api/publish", {{"channel", "open:a"}, {"data", 2}})["offset"] == 2);
}

TEST_CASE("what a client says on disk is answered and delivered in one order, with what is said to it alone") {
  durable_node node;
  ws_client a{*node}, b{*node, "troupe.v1.json", 1};
  a.join("room:1", {});
  b.join("room:1", {});
  a.fresh(), b.fresh();
  for (int i = 0; i < 3; ++i)
    a.send({{"action", "call"}, {"id", i}, {"channel", "room:1"}, {"event", "both"}, {"data", nullptr}});
  node->settle();
  std::string order;
  for (const auto& m : a.fresh())
    order += m["type"] == "broadcast" ? "b" : m["type"] == "push" ? "p" : "r";
  CHECK(order == "pbrpbrpbr");
  CHECK(b.messages("broadcast").size() == 3);
}

TEST_CASE("a disk store that cannot be opened is said, and costs only the channels that are kept there") {
  durable_node node;
  publish_numbers(*node, "open:a", 1, 3);
  CHECK(answer(*node, "GET", "/readyz").status == 200);
  std::filesystem::rename(node.dir() / "CURRENT", node.dir() / "kept");
  std::ofstream{node.dir() / "CURRENT"} << "nonsense\n";
  node.restart();
  const auto ready = answer(*node, "GET", "/readyz");
  CHECK(ready.status == 503);
  CHECK(ready.body.find("the disk store fails: ") == 0);
  CHECK(answer(*node, "GET", "/healthz").status == 200);
  CHECK(api(*node, "/api/publish", {{"channel", "lobby"}, {"data", 1}})["offset"] == 1);
  CHECK(api(*node, "/api/publish", {{"channel", "open:a"}, {"data", 1}}, 503).dump().find("unavailable") != std::string::npos);

  std::filesystem::rename(node.dir() / "kept", node.dir() / "CURRENT");
  node->pass(60s); // the store tries each second, and the channel's pause passes
  CHECK(node->logged("works again") == 1);
  CHECK(answer(*node, "GET", "/readyz").status == 200);
  CHECK(api(*node, "/api/publish", {{"channel", "open:a"}, {"data", 4}})["offset"] == 4);
}

TEST_CASE("without a namespace on disk there is no directory and no figure") {
  const config::scratch_directory scratch;
  auto s = test_settings();
  s.disk.dir = (scratch / "disk").string();
  virtual_node node{{}, s};
  publish_numbers(node, "open:a", 1, 3);
  CHECK_FALSE(std::filesystem::exists(scratch / "disk"));
}
