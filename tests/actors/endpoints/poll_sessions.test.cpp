// A session that polls: its first poll, many at once, and channels that come and go while one waits.

#include "tests/actors/virtual_node/scene.hpp"

using namespace troupe::actors::testing;

TEST_CASE("the first poll of a session is answered at once, empty, with what its client needs to go on") {
  virtual_node node;
  publish_numbers(node, "open:a", 1, 3);
  const auto first = body_of(*send_request(node, request("GET", "/poll?channel=open:a&channel=open:b")));
  REQUIRE(first["messages"] == json::array());
  REQUIRE(first["gaps"] == json::array());
  REQUIRE(first["token"].get<std::string>().starts_with("s"));
  REQUIRE(first["positions"]["open:a"]["offset"] == 3);
  REQUIRE(first["positions"]["open:b"]["offset"] == 0);
  const auto next = send_request(node, request("GET", "/poll?cursor=" + first["cursor"].get<std::string>()));
  REQUIRE(next->waiting());
  publish_numbers(node, "open:b", 7, 7);
  REQUIRE(body_of(*next)["messages"][0]["message"] == 7);
}

TEST_CASE("what is said between a first poll that was cut off and the next is not lost, if its client got the answer") {
  virtual_node node;
  const auto first = body_of(*send_request(node, request("GET", "/poll?channel=open:a")));
  publish_numbers(node, "open:a", 1, 2);
  const auto cut = send_request(node, request("GET", "/poll?cursor=" + first["cursor"].get<std::string>()));
  REQUIRE(body_of(*cut)["messages"].size() == 2); // and let us say it never arrived
  const auto again = body_of(*send_request(node, request("GET", "/poll?cursor=" + first["cursor"].get<std::string>())));
  REQUIRE(again["messages"].size() == 2);
}

TEST_CASE("two tabs that share a cursor wait beside each other: neither answers the other") {
  virtual_node node;
  const std::string cursor = body_of(*send_request(node, request("GET", "/poll?channel=open:a")))["cursor"];
  const auto one = send_request(node, request("GET", "/poll?cursor=" + cursor));
  const auto two = send_request(node, request("GET", "/poll?cursor=" + cursor));
  node.pass(10s);
  REQUIRE(one->waiting());
  REQUIRE(two->waiting());
  publish_numbers(node, "open:a", 1, 1);
  REQUIRE(body_of(*one)["messages"].size() == 1);
  REQUIRE(body_of(*two)["messages"].size() == 1);
}

TEST_CASE("clients that share a session in a loop answer each other once a second at the most") {
  for (const char* first : {"/poll?channel=open:a", "/poll?userId=ada"}) {
    INFO(first);
    virtual_node node;
    answer(node, "POST", "/send", R"({"userId":"ada","message":1})"); // so that the first poll has an answer
    const std::string cursor = body_of(*send_request(node, request("GET", first)))["cursor"];
    std::vector<std::shared_ptr<test_exchange>> tabs(7);
    int answered = 0, refused = 0;
    for (int tenths = 0; tenths < 50; ++tenths) {
      for (auto& t : tabs) {
        if (t && t->waiting())
          continue;
        answered += t && t->response()->status == 200;
        t = send_request(node, request("GET", "/poll?cursor=" + cursor));
        if (!t->waiting() && t->response()->status == 429)
          ++refused;
      }
      node.pass(100ms);
    }
    INFO(answered << " answered, " << refused << " refused");
    REQUIRE(answered <= 6);
    REQUIRE(answered >= 3);
    REQUIRE(refused > 0);
  }
}

TEST_CASE("past the polls that may wait the oldest is answered, else the newcomer told when to come again") {
  virtual_node node;
  const std::string cursor = body_of(*send_request(node, request("GET", "/poll?channel=open:a")))["cursor"];
  const auto poll = [&] { return send_request(node, request("GET", "/poll?cursor=" + cursor)); };
  std::vector<std::shared_ptr<test_exchange>> waiting;
  for (int i = 0; i < 4; ++i)
    waiting.push_back(poll());
  const auto fifth = poll();
  REQUIRE(fifth->waiting());
  REQUIRE(body_of(*waiting[0])["messages"] == json::array());
  const auto sixth = poll();
  REQUIRE(sixth->response());
  REQUIRE(sixth->response()->status == 429);
  REQUIRE(header(*sixth->response(), "Retry-After") == "1");
  node.pass(1s);
  REQUIRE(poll()->waiting());
  REQUIRE(waiting[1]->response());
  REQUIRE(waiting[2]->waiting());
}

// -- sessions that change while a poll waits ----------------------------------

TEST_CASE("a poll that waits is woken by a channel that its session joins meanwhile") {
  virtual_node node;
  poll_client p{node};
  p.join("open:a", "");
  REQUIRE(p.publications().empty()); // leaves a poll waiting
  const auto waiting = send_request(node, request("GET", "/poll?cursor=" + p.cursor()));
  REQUIRE(waiting->waiting());
  const auto joined = answer(node, "POST", "/send", json{{"token", p.token()}, {"action", "subscribe"}, {"channel", "open:b"}, {"id", 1}}.dump());
  REQUIRE(json::parse(joined.body)["type"] == "subscribed");
  REQUIRE(waiting->waiting());
  publish_numbers(node, "open:b", 5, 5);
  const auto told = body_of(*waiting);
  REQUIRE(told["messages"].size() == 1);
  REQUIRE(told["messages"][0]["channel"] == "open:b");
}

TEST_CASE("a channel that a session has left is not entered again with its old cursor") {
  virtual_node node;
  poll_client p{node};
  p.join("open:a", "");
  REQUIRE(p.publications().empty());
  const auto command = [&](json what) {
    what["token"] = p.token();
    REQUIRE(answer(node, "POST", "/send", what.dump()).status == 200);
  };
  command({{"action", "subscribe"}, {"channel", "open:b"}});
  publish_numbers(node, "open:b", 1, 1);
  REQUIRE(numbers(p.publications()) == std::vector{1});
  command({{"action", "unsubscribe"}, {"channel", "open:b"}});
  publish_numbers(node, "open:a", 2, 2);
  REQUIRE(numbers(p.publications()) == std::vector{1, 2});
  publish_numbers(node, "open:a", 3, 3);
  REQUIRE(numbers(p.publications()) == std::vector{1, 2, 3});
  const auto cursor = p.cursor();
  p.lose_connection();
  node.pass(2min);
  publish_numbers(node, "open:a", 4, 4);
  publish_numbers(node, "open:b", 5, 5);
  poll_client again{node};
  again.join("open:a", cursor);
  REQUIRE(numbers(again.publications()) == std::vector{4});
}

TEST_CASE("a session that polls enters as many channels as its cursor can name, and is told of the next") {
  auto settings = test_settings();
  settings.limits.sse_channels = 3;
  virtual_node node{{}, settings};
  poll_client p{node};
  p.join("open:a", "");
  REQUIRE(p.publications().empty());
  const auto enter = [&](const std::string& channel) {
    return answer(node, "POST", "/send", json{{"token", p.token()}, {"action", "subscribe"}, {"channel", channel}, {"id", 1}}.dump());
  };
  REQUIRE(enter("open:b").status == 200);
  REQUIRE(enter("open:c").status == 200);
  REQUIRE(enter("open:d").status == 429);
  publish_numbers(node, "open:c", 1, 1);
  REQUIRE(numbers(p.publications()) == std::vector{1});
  publish_numbers(node, "open:a", 2, 2);
  REQUIRE(numbers(p.publications()) == std::vector{1, 2});
}

TEST_CASE("an inbox's polls do not move what another inbox keeps, though their session has entered it") {
  virtual_node node;
  answer(node, "POST", "/send", R"({"userId":"ada","message":0})");
  const auto ada = body_of(*send_request(node, request("GET", "/poll?userId=ada")));
  answer(node, "POST", "/send", json{{"token", ada["token"]}, {"action", "subscribe"}, {"channel", "user:bob"}}.dump());
  answer(node, "POST", "/send", R"({"userId":"bob","message":1})");
  REQUIRE(body_of(*send_request(node, request("GET", "/poll?userId=ada")))["messages"].size() == 1);
  REQUIRE(body_of(*send_request(node, request("GET", "/poll?userId=bob")))["messages"].size() == 1);
}

TEST_CASE("a cursor of a log that was forgotten means nothing else in the next") {
  virtual_node node{{}, test_settings(), 1};
  poll_client p{node};
  p.join("open:a", "");
  REQUIRE(p.publications().empty());
  publish_numbers(node, "open:a", 1, 3);
  REQUIRE(numbers(p.publications()) == range(1, 3));
  const auto old = p.cursor();
  const auto command = [&](json what) {
    what["token"] = p.token();
    REQUIRE(answer(node, "POST", "/send", what.dump()).status == 200);
  };
  command({{"action", "subscribe"}, {"channel", "open:b"}}); // keeps the session in something
  command({{"action", "unsubscribe"}, {"channel", "open:a"}});
  publish_numbers(node, "open:b", 50, 50);
  REQUIRE(numbers(p.publications()).back() == 50);
  publish_numbers(node, "open:b", 51, 51);
  REQUIRE(numbers(p.publications()).back() == 51);
  node.pass(20s); // nobody of this shard is in open:a any more: its log goes
  publish_numbers(node, "open:a", 4, 10);
  command({{"action", "subscribe"}, {"channel", "open:a"}});
  publish_numbers(node, "open:a", 11, 14);
  std::vector<int> heard;
  std::string cursor = old;
  for (int i = 0; i < 5; ++i) {
    const auto sent = send_request(node, request("GET", "/poll?cursor=" + cursor));
    if (sent->waiting())
      break;
    const auto body = body_of(*sent);
    REQUIRE(body["gaps"] == json::array());
    for (const auto& m : body["messages"])
      if (m["channel"] == "open:a" && m.contains("offset"))
        heard.push_back(m["message"]);
    cursor = body["cursor"];
  }
  REQUIRE(heard == range(4, 14));
}

namespace {

troupe::config::settings with_small_pages() {
  auto settings = test_settings();
  settings.limits.page_bytes = 4096;
  settings.limits.message_bytes = 4096;
  settings.limits.log_entries = 4; // the rest is in pages
  return settings;
}

/// Polls on from `first` until it hears that it is out, and notes the rest on the way.
struct last_polls {
  last_polls(virtual_node& node, json first) {
    for (int i = 0; i < 50 && !out; ++i) {
      messages += first["messages"].size();
      for (const auto& gap : first["gaps"])
        missed += gap["missed"].get<std::size_t>();
      out = first.contains("control") && first["control"].back()["type"] == "unsubscribed";
      const auto next = send_request(node, request("GET", "/poll?cursor=" + first["cursor"].get<std::string>()));
      if (out || next->waiting())
        return;
      first = body_of(*next);
    }
  }
  std::size_t messages = 0, missed = 0;
  bool out = false;
};

} // namespace

TEST_CASE("a poll in the midst of a replay whose channel has stopped is told what is missing, and that it is out") {
  scene s{with_small_pages(), 1};
  ws_client a{s.node};
  a.join("room:1", "");
  for (int i = 0; i < 20; ++i)
    a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "say"}, {"data", std::string(1000, 'x')}});
  const std::string since = a.messages("subscribed")[0]["epoch"].get<std::string>() + "-0";
  const auto first = body_of(*send_request(s.node, request("GET", "/poll?channel=room:1&since=" + since)));
  REQUIRE_FALSE(first["messages"].empty());
  a.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "stop"}});
  const last_polls rest{s.node, first};
  REQUIRE(rest.out);
  REQUIRE(rest.missed > 0);
  REQUIRE(rest.messages + rest.missed == 20);
}

TEST_CASE("a poll is told nothing that was said after its last word, neither from the log nor from pages") {
  const int before = GENERATE(0, 20);
  INFO(before << " said before");
  virtual_node node{{}, with_small_pages(), 1};
  ws_client a{node};
  a.join("open:a", "");
  const auto say = [&](int count) {
    for (int i = 0; i < count; ++i)
      a.ask({{"action", "publish"}, {"channel", "open:a"}, {"data", std::string(1000, 'x')}});
  };
  say(before);
  const std::string since = a.messages("subscribed")[0]["epoch"].get<std::string>() + "-0";
  const auto first = body_of(*send_request(node, request("GET", "/poll?channel=open:a&since=" + since)));
  const auto token = first["token"].get<std::string>();
  api(node, "/api/unsubscribe", {{"session", token.substr(0, token.find('.'))}, {"channel", "open:a"}});
  say(5);
  const last_polls rest{node, first};
  REQUIRE(rest.out);
  REQUIRE(rest.messages == static_cast<std::size_t>(before));
  REQUIRE(rest.missed == 0);
}
