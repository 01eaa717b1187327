// GET /poll and POST /send as the article's clients and better ones use them.

#include "tests/actors/virtual_node/scene.hpp"

using namespace troupe::actors::testing;

namespace {

/// Says to each of its members privately, too, what it is sent.
class whispering_inbox : public troupe::channel {
  void setup() override {}
  troupe::publish_result on_publish(const troupe::member&, troupe::draft& d) override {
    for (const auto& m : members())
      push(m, "aside", d.data);
    return troupe::done();
  }
};

} // namespace

TEST_CASE("a poll waits until something arrives and is then answered at once") {
  virtual_node node;
  const auto poll = send_request(node, request("GET", "/poll?userId=ada"), 1);
  REQUIRE(poll->waiting());
  node.pass(10s);
  REQUIRE(poll->waiting());
  const auto sent = answer(node, "POST", "/send", R"({"userId":"ada","message":{"text":"hi"}})");
  REQUIRE(sent.status == 200);
  REQUIRE(sent.body == R"({"success":true})");
  const auto messages = body_of(*poll)["messages"];
  REQUIRE(messages.size() == 1);
  REQUIRE(messages[0]["message"]["text"] == "hi");
  REQUIRE(messages[0]["timestamp"].is_number_integer());
}

TEST_CASE("a poll that has nothing to tell is answered after 30 s with an empty list") {
  virtual_node node;
  const auto poll = send_request(node, request("GET", "/poll?userId=ada"));
  node.pass(29s);
  REQUIRE(poll->waiting());
  node.pass(2s);
  REQUIRE(body_of(*poll)["messages"] == json::array());
}

TEST_CASE("an inbox keeps what is sent before anybody polled, also for a user never seen, and tells it once") {
  virtual_node node;
  for (int i = 1; i <= 3; ++i)
    answer(node, "POST", "/send", json{{"userId", "new one/%&"}, {"message", i}}.dump());
  const auto first = send_request(node, request("GET", "/poll?userId=new%20one%2F%25%26"));
  REQUIRE(body_of(*first)["messages"].size() == 3);
  REQUIRE(send_request(node, request("GET", "/poll?userId=new%20one%2F%25%26"))->waiting());
}

TEST_CASE("the position of an inbox outlives its sessions and its channel") {
  virtual_node node;
  answer(node, "POST", "/send", R"({"userId":"ada","message":1})");
  REQUIRE(body_of(*send_request(node, request("GET", "/poll?userId=ada")))["messages"].size() == 1);
  node.pass(4min); // session and channel are gone, history and position are not
  REQUIRE(node.counters(0).sessions[transport_kind::poll] + node.counters(1).sessions[transport_kind::poll] == 0);
  answer(node, "POST", "/send", R"({"userId":"ada","message":2})");
  const auto later = body_of(*send_request(node, request("GET", "/poll?userId=ada")));
  REQUIRE(later["messages"].size() == 1);
  REQUIRE(later["messages"][0]["message"] == 2);
}

TEST_CASE("a poll that comes right behind an answer is not told the same again") {
  virtual_node node;
  const auto waiting = send_request(node, request("GET", "/poll?userId=ada"));
  answer(node, "POST", "/send", R"({"userId":"ada","message":1})");
  REQUIRE(body_of(*waiting)["messages"].size() == 1);
  answer(node, "POST", "/send", R"({"userId":"ada","message":2})");
  const auto home = home_of(node, waiting->request());
  const auto first = std::make_shared<test_exchange>(node, request("GET", "/poll?userId=ada"));
  const auto second = std::make_shared<test_exchange>(node, request("GET", "/poll?userId=ada"));
  node.router(home).handle(first);
  node.router(home).handle(second); // in the same turn
  REQUIRE(body_of(*first)["messages"].size() == 1);
  REQUIRE(second->waiting());
}

TEST_CASE("polls by user hear an ephemeral publication once") {
  for (const int before : {0, 1}) {
    virtual_node node;
    for (int i = 0; i < before; ++i)
      REQUIRE(answer(node, "POST", "/send", R"({"userId":"ada","message":1})").status == 200);
    auto poll = send_request(node, request("GET", "/poll?userId=ada"));
    if (before)
      poll = send_request(node, request("GET", "/poll?userId=ada"));
    REQUIRE(poll->waiting());
    api(node, "/api/publish", {{"channel", "user:ada"}, {"data", 2}, {"ephemeral", true}});
    REQUIRE(body_of(*poll)["messages"].size() == 1);
    REQUIRE(send_request(node, request("GET", "/poll?userId=ada"))->waiting());
  }
}

TEST_CASE("a poll by user does not skip what a poll with a cursor further on has read") {
  auto settings = test_settings();
  settings.limits.page_bytes = 4096;
  settings.limits.message_bytes = 4096;
  settings.namespaces.back().history_size = 400;
  virtual_node node{{}, settings};
  for (int i = 1; i <= 300; ++i)
    answer(node, "POST", "/send", json{{"userId", "ada"}, {"message", i}}.dump());
  const auto doomed = std::make_shared<test_exchange>(node, request("GET", "/poll?userId=ada"));
  doomed->break_line();
  node.router(home_of(node, doomed->request())).handle(doomed);
  node.settle();
  const auto first = body_of(*doomed);
  REQUIRE(first["messages"].size() < 300);
  const auto ahead = send_request(node, request("GET", "/poll?cursor=" + first["cursor"].get<std::string>()));
  REQUIRE(body_of(*ahead)["messages"][0]["message"] == first["messages"].size() + 1);
  const auto behind = send_request(node, request("GET", "/poll?userId=ada"));
  REQUIRE(body_of(*behind)["messages"][0]["message"] == 1);
}

TEST_CASE("all polls that wait for a user get what arrives, private messages too") {
  auto settings = test_settings();
  settings.namespaces.back().kind = troupe::config::channel_kind::application;
  settings.namespaces.back().publish = troupe::config::permission::anyone;
  troupe::actors::node_plan plan;
  plan.classes.add("user:*", [](const std::string&) { return std::make_unique<whispering_inbox>(); });
  virtual_node node{std::move(plan), std::move(settings)};
  std::vector<std::shared_ptr<test_exchange>> tabs;
  for (int i = 0; i < 3; ++i)
    tabs.push_back(send_request(node, request("GET", "/poll?userId=ada")));
  ws_client speaker{node};
  speaker.join("user:ada", "");
  speaker.ask({{"action", "publish"}, {"channel", "user:ada"}, {"data", 1}});
  for (const auto& t : tabs)
    REQUIRE(body_of(*t)["messages"].size() == 2);
  REQUIRE(send_request(node, request("GET", "/poll?userId=ada"))->waiting()); // they were told
}

TEST_CASE("a poll with cursor does not move what polls by user get") {
  virtual_node node;
  answer(node, "POST", "/send", R"({"userId":"ada","message":1})");
  const auto by_user = std::make_shared<test_exchange>(node, request("GET", "/poll?userId=ada"));
  by_user->break_line(); // not written: the position stays
  node.router(home_of(node, by_user->request())).handle(by_user);
  node.settle();
  const std::string cursor = body_of(*by_user)["cursor"];
  const auto with_cursor = send_request(node, request("GET", "/poll?cursor=" + cursor));
  REQUIRE(with_cursor->waiting()); // its cursor says that it has message 1
  REQUIRE(body_of(*send_request(node, request("GET", "/poll?userId=ada")))["messages"].size() == 1);
}

TEST_CASE("requests that name nothing, or nonsense, get a clear 400") {
  virtual_node node;
  REQUIRE(answer(node, "GET", "/poll").status == 400);
  REQUIRE(answer(node, "GET", "/poll?userId=").status == 400);
  REQUIRE(answer(node, "GET", "/poll?cursor=nonsense").status == 400);
  REQUIRE(answer(node, "GET", "/poll?cursor=s1.t~kqF1kZ").status == 400);
  REQUIRE(answer(node, "POST", "/poll?userId=a").status == 405);
  REQUIRE(answer(node, "POST", "/send", "not json").status == 400);
  REQUIRE(answer(node, "POST", "/send", "[]").status == 400);
  REQUIRE(answer(node, "POST", "/send", R"({"message":1})").status == 400);
  REQUIRE(answer(node, "POST", "/send", R"({"userId":[7],"message":1})").status == 400);
  REQUIRE(answer(node, "PUT", "/send", "{}").status == 405);
  REQUIRE(answer(node, "GET", "/poll?channel=secret:a").status == 400);
}

TEST_CASE("where the operator did not allow it, nobody sends to or polls for a user") {
  auto settings = test_settings();
  for (auto& n : settings.namespaces)
    n.send = troupe::config::permission::nobody;
  virtual_node node{{}, settings};
  REQUIRE(answer(node, "POST", "/send", R"({"userId":"ada","message":1})").status == 403);
  REQUIRE(answer(node, "GET", "/poll?userId=ada").status == 403);
  REQUIRE(api(node, "/api/send", {{"userId", "ada"}, {"message", 1}})["success"] == true);
}

TEST_CASE("an old cursor goes on after its session is gone, in a new one") {
  virtual_node node;
  poll_client p{node};
  p.join("open:a", "");
  publish_numbers(node, "open:a", 1, 3);
  REQUIRE(numbers(p.publications()) == range(1, 3));
  const auto cursor = p.cursor();
  p.lose_connection();
  node.pass(2min);
  REQUIRE(node.counters(0).sessions[transport_kind::poll] == 0);
  publish_numbers(node, "open:a", 4, 5);
  poll_client again{node, 1};
  again.join("open:a", cursor);
  REQUIRE(numbers(again.publications()) == range(4, 5));
}

TEST_CASE("a poll session hears pushes and answers, and acknowledges them by polling on") {
  scene s;
  poll_client p{s.node};
  p.join("room:1", "");
  ws_client speaker{s.node};
  speaker.join("room:1", "");
  speaker.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "say"}, {"data", 1}});
  REQUIRE(numbers(p.publications()) == std::vector{1});
  const auto sent = send_request(s.node, request("POST", "/send",
      json{{"token", p.token()}, {"action", "call"}, {"channel", "room:1"}, {"event", "both"}, {"id", 5}}.dump()), 1);
  REQUIRE(sent->response());
  REQUIRE(json::parse(sent->response()->body)["data"] == 3);
  REQUIRE(numbers(p.publications()) == std::vector{1, 1, 2}); // say 1, push 1, told 2
}

TEST_CASE("a push that waits behind much else in its channel is not taken for told when another channel's is") {
  scene s;
  poll_client p{s.node};
  p.join("room:1", "");
  publish_numbers(s.node, "room:1", 1, 1);
  REQUIRE(numbers(p.publications()) == std::vector{1}); // leaves a poll waiting
  const auto say = [&](json what) {
    what["token"] = p.token();
    REQUIRE(send_request(s.node, request("POST", "/send", what.dump()))->response());
  };
  say({{"action", "subscribe"}, {"channel", "room:2"}, {"id", 4}});
  REQUIRE(p.publications().size() == 1);
  publish_numbers(s.node, "room:1", 2, 2); // answers the poll: what follows waits
  for (int i = 0; i < 20; ++i)
    api(s.node, "/api/publish", {{"channel", "room:1"}, {"data", std::string(60'000, 'x')}});
  for (const auto* room : {"room:1", "room:2"})
    say({{"action", "call"}, {"channel", room}, {"event", "both"}, {"id", 5}});
  std::map<std::string, int> hints;
  for (const auto& h : p.publications())
    hints[h.channel] += h.event == "hint" ? 1 : 0;
  REQUIRE(hints == std::map<std::string, int>{{"room:1", 1}, {"room:2", 1}});
}

TEST_CASE("sessions whose clients are away are limited: the oldest goes, and goes on when it returns") {
  auto settings = test_settings();
  settings.limits.sessions_detached = 4;
  virtual_node node{{}, settings, 1};
  std::vector<std::unique_ptr<poll_client>> clients;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(std::make_unique<poll_client>(node));
    clients.back()->join("open:a", "");
  }
  publish_numbers(node, "open:a", 1, 1); // answers all: now they are away
  for (auto& c : clients) {
    REQUIRE(c->publications().size() == 1);
    c->lose_connection();
  }
  node.pass(6s); // longer than a client is between two polls
  REQUIRE(node.counters(0).sessions[transport_kind::poll] == 4);
  publish_numbers(node, "open:a", 2, 2);
  for (auto& c : clients)
    REQUIRE(numbers(c->publications()) == range(1, 2));
}
