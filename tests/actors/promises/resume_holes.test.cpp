// Promise 3 where not all that was said was for the client: others' offsets lie between its own.

#include "tests/actors/virtual_node/coming_back.hpp"

using namespace troupe;
using namespace troupe::actors::testing;

namespace {

config::settings with_short_logs(std::uint32_t history) {
  auto settings = test_settings();
  settings.limits.log_entries = 10;
  for (auto& n : settings.namespaces)
    n.history_size = history;
  return settings;
}

/// Says 1 to 9 in open:x: the odd ones are not for itself.
struct speaker {
  explicit speaker(virtual_node& node) : client(node, "troupe.v1.json", 1) {
    client.join("open:x", "");
    for (int i = 1; i <= 9; ++i) {
      if (i % 2 == 0)
        publish_numbers(node, "open:x", i, i);
      else
        client.send({{"action", "publish"}, {"channel", "open:x"}, {"event", "n"}, {"data", i}, {"echo", false}});
      node.settle();
    }
    token = token_of(client).get<std::string>();
  }
  ws_client client;
  std::string token;
};

std::vector<int> numbers_in(const json& messages) {
  std::vector<int> all;
  for (const auto& m : messages)
    if (m["type"] == "broadcast")
      all.push_back(m["data"]);
  return all;
}

} // namespace

TEST_CASE("what was not for a client does not count as what it has received") {
  virtual_node node{{}, with_short_logs(1000)};
  speaker a{node};
  REQUIRE(numbers(a.client.publications()) == std::vector{2, 4, 6, 8});
  a.client.lose_connection();
  publish_numbers(node, "open:x", 10, 40); // the log has moved on
  SECTION("over a WebSocket") {
    auto b = come_back(node, a.token, 1 + 3);
    auto all = range(10, 40);
    all.insert(all.begin(), 8);
    CHECK(numbers(b.publications()) == all);
    CHECK(b.gaps().empty());
  }
  SECTION("over polls, which leave out by offset: a gap is told rather than something twice") {
    auto body = body_of(*send_request(node, request("GET", "/poll?format=envelope&token=" + a.token + "&received=4")));
    auto all = body["messages"];
    while (numbers_in(all).empty() || numbers_in(all).back() < 40) {
      body = body_of(*send_request(node, request("GET", "/poll?format=envelope&cursor=" + body["cursor"].get<std::string>())));
      REQUIRE_FALSE(body["messages"].empty());
      all.insert(all.end(), body["messages"].begin(), body["messages"].end());
    }
    CHECK(all[0]["type"] == "gap");
    CHECK(numbers_in(all) == range(10, 40));
  }
}

TEST_CASE("where the rest of what was for a client is gone from history, too, it hears a gap, and nothing twice") {
  virtual_node node{{}, with_short_logs(36)};
  speaker a{node};
  a.client.lose_connection();
  publish_numbers(node, "open:x", 10, 40); // history begins at 5
  auto b = come_back(node, a.token, 1 + 4);
  for (const int n : numbers(b.publications()))
    CHECK(n >= 10);
  CHECK((b.gaps().size() == 1 || numbers(b.publications()) == range(10, 40)));
  publish_numbers(node, "open:x", 41, 42);
  CHECK(b.publications().size() >= 2);
  CHECK(b.publications().back().data == 42);
}

TEST_CASE("all errors that a client has not heard are told, also by polls") {
  virtual_node node;
  ws_client a{node, "troupe.v1.json", 1};
  const auto token = token_of(a).get<std::string>();
  constexpr int many = 30;
  for (int i = 1; i <= many; ++i)
    a.send({{"action", "history"}, {"id", i}, {"channel", "no such channel"}});
  node.settle();
  REQUIRE(a.messages("error").size() == many);
  a.lose_connection();
  const auto first = send_request(node, request("GET", "/poll?format=envelope&token=" + token + "&received=0"));
  const auto body = body_of(*first);
  CHECK(body["private"] == "kept");
  CHECK(body["messages"].size() == many);
}

TEST_CASE("where the journal has forgotten where a client stood, positions in the address say it") {
  auto settings = test_settings();
  settings.limits.journal_stretches = 4;
  virtual_node node{{}, settings};
  ws_client a{node, "troupe.v1.json", 1};
  a.join("open:x", "");
  a.join("open:y", "");
  const auto token = token_of(a).get<std::string>();
  for (int i = 1; i <= 20; ++i)
    publish_numbers(node, i % 2 == 0 ? "open:x" : "open:y", i, i);
  const auto at = [&](const std::string& channel) {
    for (const auto& m : a.messages("subscribed"))
      if (m["channel"] == channel)
        return "&at=" + channel + "@" + m["epoch"].get<std::string>() + "-0";
    return std::string{};
  };
  a.lose_connection();
  const auto address = "?format=envelope&channel=&received=2&token=" + token;
  SECTION("of a stream") {
    sse_client b{node, 1};
    b.open("/events" + address + at("open:x") + at("open:y"));
    node.settle();
    CHECK(b.stream().find("\"gap\"") == std::string::npos);
    CHECK(in_stream(b).size() == 20);
  }
  SECTION("of a poll") {
    const auto body = body_of(*send_request(node, request("GET", "/poll" + address + at("open:x") + at("open:y"))));
    CHECK(body["messages"].size() == 20);
    CHECK(numbers_in(body["messages"]).size() == 20);
  }
  SECTION("without them a gap is told") {
    sse_client b{node, 1};
    b.open("/events" + address + "&at=open%3Ax&at=@&at=open%3Ay@nonsense");
    node.settle();
    CHECK(b.stream().find("\"gap\"") != std::string::npos);
  }
}
