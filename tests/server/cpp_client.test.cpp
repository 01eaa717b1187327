// The C++ client and a real node, each transport blocked in turn, and lines that are cut.

#include <troupe/client.hpp>

#include "tests/server/path_proxy.hpp"
#include "tests/server/running_node.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <mutex>

using namespace troupe::server::test;
using troupe::client_message;
using troupe::client_options;
using troupe::client_status;
using troupe::client_transport;
using troupe::payload;
using rule = path_proxy::rule;
using words = std::vector<std::string>;

namespace {

constexpr std::array all_transports{client_transport::websocket, client_transport::sse, client_transport::poll};

const char* path_of(client_transport t) {
  return t == client_transport::websocket ? "/ws" : t == client_transport::sse ? "/events" : "/poll";
}

client_options by(std::string url) {
  client_options options;
  options.url = std::move(url);
  options.times.connect = 2s; // a silent one is given up
  options.times.backoff = 100ms;
  options.times.backoff_longest = 500ms;
  return options;
}

client_options by(std::string url, client_transport only) {
  auto options = by(std::move(url));
  options.transports = {only};
  return options;
}

/// What a channel told, in words.
class hearing {
 public:
  explicit hearing(troupe::client_channel channel) : channel_(std::move(channel)) {
    channel_.on_message([this](const client_message& m) { note(std::string{m.data.json()}); });
    channel_.on_gap([this](auto missed) { note("gap " + (missed ? std::to_string(*missed) : "?")); });
    channel_.on_refused([this](const auto& why) { note("refused " + why.code()); });
    channel_.on_unsubscribed([this](const auto& reason, bool) { note("out " + reason); });
  }

  [[nodiscard]] words all() const {
    const std::lock_guard lock{mutex_};
    return told_;
  }
  bool hears(const std::string& last) {
    return eventually([&] {
      const auto now = all();
      return !now.empty() && now.back() == last;
    });
  }

 private:
  void note(std::string what) {
    const std::lock_guard lock{mutex_};
    told_.push_back(std::move(what));
  }

  troupe::client_channel channel_;
  mutable std::mutex mutex_;
  words told_;
};

bool opens(const troupe::client& c, client_transport by_what) {
  return eventually([&] {
    const auto now = c.status();
    return now.state == client_status::phase::open && now.transport == by_what;
  });
}

/// Hears its own words.
void talks(troupe::client& c, client_transport by_what) {
  auto room = c.channel("open:talk");
  hearing heard{room};
  room.subscribe();
  c.connect();
  INFO(to_string(by_what));
  REQUIRE(opens(c, by_what));
  CHECK(room.publish("said", payload::of(7)).get().offset > 0);
  CHECK(heard.hears("7"));
  c.close();
}

} // namespace

TEST_CASE("the C++ client talks over each transport: publish, call, history, presence") {
  running_node node;
  std::uint64_t before = 0;
  for (const auto way : all_transports) {
    INFO(to_string(way));
    troupe::client c{by("http://" + node.at(), way)};
    auto room = c.channel("open:each");
    hearing heard{room};
    room.subscribe();
    c.connect();
    const auto at = room.publish("said", payload::of(std::string{to_string(way)})).get();
    CHECK(at.offset == ++before);
    CHECK(heard.hears('"' + std::string{to_string(way)} + '"'));
    const auto page = room.history({.limit = 1}).get();
    REQUIRE(page.publications.size() == 1);
    CHECK(page.publications[0].offset == at.offset);
    CHECK(page.at == at);
    CHECK(room.presence().get().size() == 1);
    CHECK(c.ping().get() < 10s);
    CHECK_THROWS_AS(room.call("nothing of that name").get(), troupe::client_error);

    auto chat = c.channel("room:tea", {.params = payload::json_text(R"({"name":"Ada","client":"1"})")});
    CHECK_NOTHROW(chat.subscribe().get());
    CHECK_NOTHROW(chat.call("say", payload::json_text(R"({"text":"hello","id":"1"})")).get());
    auto refused = c.channel("room:coffee", {.params = payload::json_text(R"({"name":"","client":"2"})")});
    CHECK_THROWS_AS(refused.subscribe().get(), troupe::client_error);
  }
}

TEST_CASE("the C++ client speaks msgpack, bytes as bytes") {
  running_node node;
  auto options = by("ws://" + node.at(), client_transport::websocket);
  options.msgpack = true;
  troupe::client c{options};
  auto room = c.channel("open:bytes");
  std::promise<payload> heard;
  room.on("said", [&](const client_message& m) { heard.set_value(m.data); });
  room.subscribe();
  c.connect();
  const auto bytes = payload::binary(std::string{"\0\xff\x10", 3});
  room.publish("said", bytes).get();
  CHECK(heard.get_future().get() == bytes);
}

TEST_CASE("the C++ client: a blocked transport makes way for the next, however it is blocked") {
  running_node node;
  path_proxy between{node.port()};
  {
    troupe::client c{by(between.url())};
    talks(c, client_transport::websocket);
  }
  for (const auto how : {rule::refuse, rule::silent, rule::reset}) {
    between.set("/ws", how);
    troupe::client c{by(between.url())};
    talks(c, client_transport::sse);
  }
  between.set("/ws", rule::refuse);
  for (const auto how : {rule::refuse, rule::silent, rule::reset}) {
    between.set("/events", how);
    troupe::client c{by(between.url())};
    talks(c, client_transport::poll);
  }
}

TEST_CASE("the C++ client: everything is blocked, it says why, and what waits goes once something works") {
  running_node node;
  path_proxy between{node.port()};
  for (const auto way : all_transports)
    between.set(path_of(way), rule::refuse);
  troupe::client c{by(between.url())};
  auto late = c.channel("open:late");
  late.subscribe();
  auto said = late.publish("said", payload::of(1));
  c.connect();
  CHECK(eventually([&] { return c.status().state == client_status::phase::waiting; }));
  CHECK(eventually([&] { return c.status().reason == "status 502"; }));
  for (const auto way : all_transports)
    between.set(path_of(way), rule::pass);
  CHECK(said.get().offset == 1);
}

TEST_CASE("the C++ client: a transport that is blocked while it is used makes way, nothing is lost or told twice") {
  running_node node;
  path_proxy between{node.port()};
  troupe::client c{by(between.url())};
  auto room = c.channel("open:moving");
  hearing heard{room};
  c.connect();
  room.subscribe().get();
  words expected;
  const auto publish = [&](const std::string& what) {
    node.publish("open:moving", what, "said");
    expected.push_back(json(what).dump());
  };
  for (const auto way : all_transports) {
    REQUIRE(opens(c, way));
    publish(std::string{"by "} + to_string(way));
    CHECK(heard.hears(expected.back()));
    if (way == client_transport::poll)
      break;
    between.set(path_of(way), rule::refuse);
    between.snap();
    publish(std::string{"without "} + to_string(way));
  }
  CHECK(heard.all() == expected);
}

TEST_CASE("the C++ client: a line that is cut again and again loses nothing, and every question has its answer") {
  running_node node;
  path_proxy between{node.port()};
  std::vector<std::unique_ptr<troupe::client>> clients;
  std::vector<std::unique_ptr<hearing>> heard;
  std::vector<std::future<troupe::position>> said;
  for (const auto way : all_transports) {
    clients.push_back(std::make_unique<troupe::client>(by(between.url(), way)));
    auto room = clients.back()->channel("open:cut");
    heard.push_back(std::make_unique<hearing>(room));
    clients.back()->connect();
    room.subscribe().get();
  }
  for (int cut = 0; cut < 10; ++cut) {
    node.publish("open:cut", cut, "said");
    for (std::size_t i = 0; i < clients.size(); ++i)
      said.push_back(clients[i]
                         ->channel("open:cut")
                         .publish("said", payload::of(std::to_string(i) + " says " + std::to_string(cut))));
    between.snap();
    for (std::size_t i = 0; i < clients.size(); ++i)
      REQUIRE(opens(*clients[i], all_transports[i]));
  }
  for (auto& each : said)
    CHECK_NOTHROW(each.get()); // resumed: sent again with their keys
  node.publish("open:cut", "the last", "said");
  const auto everything = node.api("/api/history?channel=open:cut&limit=1000");
  words published;
  for (const auto& each : everything["publications"])
    published.push_back(each["data"].dump());
  CHECK(published.size() == 10 + said.size() + 1);
  for (std::size_t i = 0; i < heard.size(); ++i) {
    INFO(to_string(all_transports[i]));
    CHECK(heard[i]->hears(R"("the last")"));
    CHECK(heard[i]->all() == published);
  }
}

TEST_CASE("the C++ client: who is resumed stays a member, who says goodbye is none at once") {
  running_node node;
  path_proxy between{node.port()};
  for (const auto way : all_transports) {
    INFO(to_string(way));
    std::vector<bool> resumed;
    {
      troupe::client c{by(between.url(), way)};
      std::mutex mutex;
      c.on_resumed([&](bool all_kept) {
        const std::lock_guard lock{mutex};
        resumed.push_back(all_kept);
      });
      auto room = c.channel("open:stay");
      c.connect();
      room.subscribe().get();
      const auto me = room.presence().get().at(0).session;
      between.snap();
      CHECK(eventually([&] {
        const std::lock_guard lock{mutex};
        return !resumed.empty();
      }));
      CHECK(room.presence().get().at(0).session == me);
    }
    CHECK(resumed == std::vector<bool>{true});
    CHECK(eventually([&] { return node.members("open:stay") == 0; }));
  }
}

TEST_CASE(
    "the C++ client: a node that is started anew is found again, what is lost is told, what waited is published") {
  auto node = std::make_unique<running_node>();
  const auto port = node->at();
  std::vector<std::unique_ptr<troupe::client>> clients;
  std::vector<std::unique_ptr<hearing>> heard;
  for (const auto way : all_transports) {
    clients.push_back(std::make_unique<troupe::client>(by("http://" + port, way)));
    auto room = clients.back()->channel("open:again");
    heard.push_back(std::make_unique<hearing>(room));
    clients.back()->connect();
    room.subscribe().get();
  }
  node->publish("open:again", "before", "said");
  for (const auto& each : heard)
    CHECK(each->hears(R"("before")"));
  node->program().signal(SIGKILL);
  node->program().status();
  for (const auto& each : clients)
    CHECK(eventually([&] { return each->status().state != client_status::phase::open; }));
  auto waiting = clients[0]->channel("open:again").publish("said", payload::of(std::string{"while away"}));
  running_node again{{"--listen", port}};
  CHECK(waiting.get().offset > 0);
  for (std::size_t i = 0; i < clients.size(); ++i)
    CHECK(opens(*clients[i], all_transports[i]));
  for (std::size_t i = 0; i < clients.size(); ++i)
    clients[i]->channel("open:again").subscribe().get();
  again.publish("open:again", "after", "said");
  for (const auto& each : heard) {
    CHECK(each->hears(R"("after")"));
    const auto all = each->all();
    CHECK(std::vector(all.begin(), all.begin() + 2) == words{R"("before")", "gap ?"});
  }
}
