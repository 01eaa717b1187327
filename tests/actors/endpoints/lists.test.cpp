// Long lists: pages of channels and sessions, searched and sorted, and one of them; the last hour.

#include "tests/actors/virtual_node/scene.hpp"

#include <algorithm>
#include <set>

using namespace troupe::actors::testing;

namespace {

std::vector<std::string> names(const json& page) {
  std::vector<std::string> all;
  for (const auto& row : page["channels"])
    all.push_back(row["name"]);
  return all;
}

std::vector<std::string> ids(const json& page) {
  std::vector<std::string> all;
  for (const auto& row : page["connections"])
    all.push_back(row["session"]);
  return all;
}

/// Text as a query's value.
std::string encoded(const std::string& text) {
  std::string out;
  for (const char c : text)
    out += c == ':' ? std::string{"%3A"} : std::string{c};
  return out;
}

/// `open:a` is published to once, `open:b` twice, and so on.
void publish_more_and_more(virtual_node& node, int channels) {
  for (int i = 0; i < channels; ++i)
    publish_numbers(node, std::string{"open:"} + static_cast<char>('a' + i), 0, i);
}

/// All pages of `target`, of so many rows.
template <class Names>
std::vector<std::string> walk(virtual_node& node, const std::string& target, int limit, const Names& names_of) {
  std::vector<std::string> all;
  std::string after;
  for (int page = 0; page < 100; ++page) {
    const auto got = api_get(node, target + "&limit=" + std::to_string(limit) + (after.empty() ? "" : "&after=" + encoded(after)));
    for (const auto& name : names_of(got))
      all.push_back(name);
    if (!got.contains("next"))
      return all;
    after = got["next"];
  }
  return all;
}

} // namespace

// -- channels -----------------------------------------------------------------

TEST_CASE("channels are sorted by a figure, a page at a time, without a hole") {
  virtual_node node;
  publish_more_and_more(node, 7);
  const std::vector<std::string> most_first{"open:g", "open:f", "open:e", "open:d", "open:c", "open:b", "open:a"};
  for (int limit = 1; limit <= 8; ++limit) {
    INFO(limit);
    CHECK(walk(node, "/api/channels?sort=-offset", limit, names) == most_first);
    CHECK(walk(node, "/api/channels?sort=-name", limit, names) == most_first);
    auto least_first = most_first;
    std::reverse(least_first.begin(), least_first.end());
    CHECK(walk(node, "/api/channels?sort=publications", limit, names) == least_first);
    CHECK(walk(node, "/api/channels?q=", limit, names) == least_first);
  }
  const auto page = api_get(node, "/api/channels?sort=-offset&limit=3");
  CHECK(page["total"] == 7);
  CHECK(page["left_out"] == 4);
}

TEST_CASE("channels are searched by a part of their names, in whatever case") {
  scene s;
  publish_numbers(s.node, "open:Tea", 1, 1);
  publish_numbers(s.node, "room:tearoom", 1, 1);
  publish_numbers(s.node, "open:coffee", 1, 1);
  const auto found = api_get(s.node, "/api/channels?q=TEA");
  CHECK(names(found) == std::vector<std::string>{"open:Tea", "room:tearoom"});
  CHECK(found["total"] == 2);
  CHECK(names(api_get(s.node, "/api/channels?q=nothing")).empty());
}

TEST_CASE("the busiest channel is the first by rate, and rates are those of the last seconds") {
  virtual_node node;
  publish_numbers(node, "open:quiet", 1, 1);
  for (int second = 0; second < 12; ++second) {
    publish_numbers(node, "open:busy", 1, 3);
    node.pass(1s);
  }
  const auto first = api_get(node, "/api/channels?sort=-rate&limit=1")["channels"][0];
  CHECK(first["name"] == "open:busy");
  CHECK(first["rate"].get<double>() == Approx(3.0).epsilon(0.2));
  node.pass(30s);
  CHECK(api_get(node, "/api/channels?channel=open:busy")["channels"][0]["rate"].get<double>() < 0.5);
}

TEST_CASE("one channel is described alone, and one that does not live is 404") {
  scene s;
  ws_client a{s.node};
  a.join("room:1", "");
  const auto one = api_get(s.node, "/api/channels?channel=room:1")["channels"];
  REQUIRE(one.size() == 1);
  CHECK(one[0]["members"] == 1);
  CHECK(one[0]["state"] == "live");
  CHECK(one[0].contains("waiting"));
  CHECK(one[0].contains("last_error"));
  api_get(s.node, "/api/channels?channel=room:2", 404);
  api_get(s.node, "/api/channels?channel=", 400);
}

TEST_CASE("a list of thousands of channels is looked through in slices, and is whole") {
  auto settings = test_settings();
  virtual_node node{{}, settings, 1};
  constexpr int many = 4'500;
  for (int from = 0; from < many; from += 500) {
    json batch{{"channels", json::array()}, {"data", 1}};
    for (int i = from; i < from + 500; ++i)
      batch["channels"].push_back("open:" + std::to_string(10'000 + i));
    api(node, "/api/broadcast", batch);
  }
  publish_numbers(node, "open:12345", 1, 1);
  const auto page = api_get(node, "/api/channels?sort=-offset&limit=2");
  CHECK(page["total"] == many);
  CHECK(names(page) == std::vector<std::string>{"open:12345", "open:10000"});
  CHECK(walk(node, "/api/channels?q=1234", 3, names).size() == 11); // 11234, 12340 to 12349
}

TEST_CASE("what a list is asked for and does not know is refused") {
  virtual_node node;
  for (const char* wrong : {"/api/channels?sort=beauty", "/api/channels?limit=x", "/api/channels?sort=-rate&after=x",
                            "/api/connections?sort=name", "/api/connections?after=5:x", "/api/connections?after=x",
                            "/api/connections?session=x"})
    CHECK(api_get(node, wrong, 400)["error"]["code"] == "bad_message");
  api_get(node, "/api/connections?session=s99999", 404);
}

// -- sessions -----------------------------------------------------------------

TEST_CASE("sessions of all shards are one list, the newest first, a page at a time") {
  virtual_node node;
  std::vector<std::unique_ptr<ws_client>> all;
  std::vector<std::string> newest_first;
  for (int i = 0; i < 9; ++i) {
    all.push_back(std::make_unique<ws_client>(node, "troupe.v1.json", static_cast<std::uint32_t>(i % 2)));
    newest_first.insert(newest_first.begin(), all.back()->session());
    node.pass(10ms);
  }
  for (int limit = 1; limit <= 10; ++limit) {
    INFO(limit);
    CHECK(walk(node, "/api/connections?q=", limit, ids) == newest_first);
  }
  const auto page = api_get(node, "/api/connections?limit=4");
  CHECK(page["total"] == 9);
  CHECK(page["left_out"] == 5);
}

TEST_CASE("sessions are found by user agent, address, id, channel and transport") {
  virtual_node node;
  ws_client a{node, "troupe.v1.json", 0, "/ws", {{"user-agent", "Kettle/1.0 " + std::string(500, 'x')}}};
  ws_client b{node, "troupe.v1.json", 1};
  sse_client c{node};
  c.open("/events?channel=open:c");
  a.join("open:a", "");
  CHECK(ids(api_get(node, "/api/connections?q=kettle")) == std::vector<std::string>{a.session()});
  CHECK(ids(api_get(node, "/api/connections?q=" + b.session())) == std::vector<std::string>{b.session()});
  CHECK(ids(api_get(node, "/api/connections?channel=open:a")) == std::vector<std::string>{a.session()});
  CHECK(api_get(node, "/api/connections?transport=sse")["total"] == 1);
  CHECK(api_get(node, "/api/connections")["total"] == 3);
  const auto one = api_get(node, "/api/connections?session=" + a.session())["connections"][0];
  CHECK(one["agent"].get<std::string>().size() == 120); // a client decides how long it is, and there are very many
  CHECK(one["since"].get<std::int64_t>() > 1'600'000'000'000);
}

TEST_CASE("a list names a few channels of a session and says in how many it is; alone it names them all") {
  virtual_node node;
  ws_client a{node};
  for (int i = 0; i < 20; ++i)
    a.join("open:" + std::to_string(i), "");
  const auto row = api_get(node, "/api/connections")["connections"][0];
  CHECK(row["channels"].size() == 8);
  CHECK(row["in"] == 20);
  const auto one = api_get(node, "/api/connections?session=" + a.session())["connections"][0];
  CHECK(one["channels"].size() == 20);
}

TEST_CASE("who is farthest behind is the first by lag") {
  auto settings = test_settings();
  settings.limits.outbox_bytes = 4 * 1024;
  virtual_node node{{}, settings, 1};
  ws_client slow{node}, quick{node};
  slow.join("open:a", "");
  quick.join("open:a", "");
  slow.stop_reading();
  for (int i = 0; i < 200; ++i)
    api(node, "/api/publish", {{"channel", "open:a"}, {"data", std::string(4'000, 'x')}});
  const auto first = api_get(node, "/api/connections?sort=-lag&limit=1")["connections"][0];
  CHECK(first["session"] == slow.session());
  CHECK(first["lag"].get<int>() > 0);
  CHECK(api_get(node, "/api/connections?session=" + quick.session())["connections"][0]["lag"] == 0);
}

TEST_CASE("sessions that come and go while a list is looked through leave it whole") {
  virtual_node node{{}, test_settings(), 1};
  std::vector<std::unique_ptr<sse_client>> all;
  for (int i = 0; i < 1'200; ++i) { // several slices
    all.push_back(std::make_unique<sse_client>(node));
    all.back()->open("/events?channel=open:a");
  }
  const auto asked = [&] { return api_get(node, "/api/connections?limit=1000"); };
  CHECK(asked()["total"] == 1'200);
  for (int i = 0; i < 600; ++i)
    all[static_cast<std::size_t>(2 * i)]->lose_connection();
  const auto page = asked();
  CHECK(page["total"] == 600);
  const auto rows = ids(page);
  CHECK(std::set<std::string>(rows.begin(), rows.end()).size() == 600);
}

// -- the last hour ------------------------------------------------------------

TEST_CASE("the node remembers what it did, ten seconds a sample, for an hour") {
  virtual_node node;
  CHECK(api_get(node, "/api/load")["samples"].empty());
  publish_numbers(node, "open:a", 1, 5);
  node.pass(10s);
  publish_numbers(node, "open:a", 1, 2);
  ws_client a{node};
  node.pass(10s);
  const auto load = api_get(node, "/api/load");
  CHECK(load["period"] == 10'000);
  REQUIRE(load["samples"].size() == 2);
  CHECK(load["samples"][0]["published"] == 5);
  CHECK(load["samples"][1]["published"] == 2);
  CHECK(load["samples"][0]["sessions"] == 0);
  CHECK(load["samples"][1]["sessions"] == 1);
  CHECK(load["samples"][1]["channels"] == 1);
  CHECK(load["samples"][1]["at"].get<std::int64_t>() - load["samples"][0]["at"].get<std::int64_t>() == 10'000);
}
