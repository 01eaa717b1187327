// What a channel and its members say to each other beyond broadcasts, on every transport: questions and their answers,
// who is there, and what is said to all but one.

#include "tests/actors/virtual_node/scene.hpp"
#include "tests/actors/virtual_node/talkers.hpp"
#include "testing/event_stream_reader.hpp"

using namespace troupe::actors::testing;
using namespace troupe;

namespace {

/// Asks all its members when called `poll`, and broadcasts what they answered; `twice` asks two questions, and `count`
/// says how often it was called. Presence tells of each what it came with.
class curious : public troupe::channel {
  join_result on_join(const member&, const payload& params) override { return accept().presence(params); }
  void setup() override {
    on<payload>("count", [this](const member&, const payload&) { return reply(++counted_); });
    on<payload>("poll", [this](const member&, const payload& what) { return ask_all(what), done(); });
    on<payload>("twice", [this](const member&, const payload& what) { return ask_all(what), ask_all(what), done(); });
    on<payload>("whisper", [this](const member& who, const payload& p) { return broadcast("said", p, except(who)), done(); });
  }
  void ask_all(const payload& what) {
    std::vector<session_id> whom;
    for (const auto& m : members())
      whom.push_back(m.id);
    ask(whom, "vote", what, {1000ms, 0}, [this](const std::vector<ask_answer>& all) {
      json told = json::array();
      for (const auto& a : all)
        told.push_back({{"who", to_string(a.who.id)}, {"said", json::parse(a.data.json())}});
      broadcast("votes", payload::json_text(told.dump()));
    });
  }
  int counted_ = 0;
};

troupe::actors::node_plan with_curious() {
  troupe::actors::node_plan p;
  p.classes.add("ask:*", [](const std::string&) { return std::make_unique<curious>(); });
  return p;
}

json call(const std::string& channel, const std::string& event, json data) {
  return {{"action", "call"}, {"channel", channel}, {"event", event}, {"data", std::move(data)}};
}

} // namespace

TEST_CASE("a channel asks and its member answers, on every transport") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    virtual_node node{with_curious()};
    const auto one = t.make(node, {});
    ws_client other{node};
    other.join("ask:a", "");
    REQUIRE(one->command({{"action", "subscribe"}, {"channel", "ask:a"}})["type"] == "subscribed");
    other.ask(call("ask:a", "poll", "tea?"));
    const auto asked = one->told("ask");
    REQUIRE(asked.size() == 1);
    REQUIRE(asked[0]["channel"] == "ask:a");
    REQUIRE(asked[0]["event"] == "vote");
    REQUIRE(asked[0]["data"] == "tea?");
    REQUIRE(asked[0]["deadline"] == 1000);
    one->command({{"action", "answer"}, {"ask", asked[0]["ask"]}, {"data", {{"yes", 1}}}});
    other.send({{"action", "answer"}, {"ask", other.messages("ask")[0]["ask"]}, {"data", "no"}});
    node.settle();
    const auto votes = other.messages("broadcast").back()["data"];
    REQUIRE(votes.size() == 2);
    std::multiset<std::string> said;
    for (const auto& v : votes)
      said.insert(v["said"].dump());
    REQUIRE(said == std::multiset<std::string>{R"("no")", R"({"yes":1})"});
    REQUIRE(one->told("broadcast").back()["data"] == votes);
  }
}

TEST_CASE("questions have numbers of the session: two channels' and two members' never meet, on every transport") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    virtual_node node{with_curious()};
    const auto one = t.make(node, {});
    ws_client other{node};
    for (const char* channel : {"ask:a", "ask:b"}) {
      other.join(channel, "");
      REQUIRE(one->command({{"action", "subscribe"}, {"channel", channel}})["type"] == "subscribed");
    }
    other.ask(call("ask:a", "twice", "a")); // so that the channels' own numbers differ from those of the session
    other.ask(call("ask:b", "poll", "b"));
    const auto asked = one->told("ask");
    REQUIRE(asked.size() == 3);
    std::set<std::uint64_t> numbers;
    for (const auto& a : asked)
      numbers.insert(a["ask"].get<std::uint64_t>());
    REQUIRE(numbers.size() == 3);
    for (auto a = asked.rbegin(); a != asked.rend(); ++a)
      one->command({{"action", "answer"}, {"ask", (*a)["ask"]}, {"data", (*a)["channel"]}});
    for (const auto& a : other.messages("ask"))
      other.send({{"action", "answer"}, {"ask", a["ask"]}, {"data", a["channel"]}});
    node.settle();
    std::map<std::string, int> votes;
    for (const auto& m : other.messages("broadcast"))
      for (const auto& v : m["data"]) {
        REQUIRE(v["said"] == m["channel"]);
        ++votes[m["channel"]];
      }
    REQUIRE(votes == std::map<std::string, int>{{"ask:a", 4}, {"ask:b", 2}});
  }
}

TEST_CASE("a bare event stream is asked by an event of its own") {
  virtual_node node{with_curious()};
  sse_client c{node};
  c.open("/events?channel=ask:a");
  ws_client other{node};
  other.join("ask:a", "");
  other.ask(call("ask:a", "poll", 1));
  const auto asked = protocol::test::read_event_stream(c.stream()).events.back();
  REQUIRE(asked.event == "$ask");
  const auto what = json::parse(asked.data);
  REQUIRE(what["channel"] == "ask:a");
  REQUIRE(what["data"] == 1);
  const auto sent = answer(node, "POST", "/send", json{{"token", c.token()}, {"action", "answer"}, {"ask", what["ask"]}, {"data", 5}}.dump());
  REQUIRE(sent.status == 200);
  other.send({{"action", "answer"}, {"ask", other.messages("ask")[0]["ask"]}, {"data", 6}});
  node.settle();
  REQUIRE(other.messages("broadcast").back()["data"].size() == 2);
}

TEST_CASE("who asked for presence is told who comes and goes, who did not is not, on every transport") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    virtual_node node;
    const auto curious_one = t.make(node, {});
    const auto other = t.make(node, {});
    REQUIRE(curious_one->command({{"action", "subscribe"}, {"channel", "open:p"}, {"presence", true}})["type"] == "subscribed");
    REQUIRE(other->command({{"action", "subscribe"}, {"channel", "open:p"}})["type"] == "subscribed");
    ws_client comes{node};
    comes.join("open:p", "");
    node.pass(1s);
    const auto who = comes.session();
    comes.close();
    node.pass(1s);
    int joined = 0, left = 0;
    for (const auto& m : curious_one->told("presence")) {
      REQUIRE(m["channel"] == "open:p");
      for (const auto& one : m.value("joined", json::array()))
        joined += one["session"] == who;
      for (const auto& one : m.value("left", json::array()))
        left += one["session"] == who;
    }
    REQUIRE(joined == 1);
    REQUIRE(left == 1);
    REQUIRE(other->told("presence").empty());
  }
}

TEST_CASE("the list of who is there is the same for all, on every transport") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    virtual_node node;
    const auto one = t.make(node, {});
    REQUIRE(one->command({{"action", "subscribe"}, {"channel", "open:p"}})["type"] == "subscribed");
    ws_client other{node};
    other.join("open:p", "");
    const auto list = one->command({{"action", "presence"}, {"channel", "open:p"}});
    REQUIRE(list["type"] == "reply");
    REQUIRE(list["data"]["members"].size() == 2);
    REQUIRE(list["data"]["members"] == other.ask({{"action", "presence"}, {"channel", "open:p"}})["data"]["members"]);
  }
}

TEST_CASE("presence tells who a member is and what its channel says of it, in lists and changes, on every transport") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    virtual_node node{with_curious()};
    const auto one = t.make(node, {});
    REQUIRE(one->command({{"action", "subscribe"}, {"channel", "ask:p"}, {"presence", true}, {"params", 1}})["type"] == "subscribed");
    publish_numbers(node, "user:ann", 1, 1); // for which her poll is answered
    const auto ann = json::parse(answer(node, "GET", "/poll?userId=ann").body)["token"];
    const auto came = answer(node, "POST", "/send", json{{"token", ann}, {"action", "subscribe"}, {"id", 1}, {"channel", "ask:p"},
                                                         {"params", {{"nick", "A"}}}}.dump());
    REQUIRE(json::parse(came.body)["type"] == "subscribed");
    const auto list = one->command({{"action", "presence"}, {"channel", "ask:p"}})["data"];
    REQUIRE(list["count"] == 2);
    const auto second = list["members"][1].contains("user");
    const auto self = list["members"][second ? 0 : 1], it = list["members"][second ? 1 : 0];
    REQUIRE(self["data"] == 1);
    REQUIRE(it["user"] == "ann");
    REQUIRE(it["data"] == json{{"nick", "A"}});
    node.pass(1s);
    answer(node, "POST", "/send", json{{"token", ann}, {"action", "unsubscribe"}, {"id", 2}, {"channel", "ask:p"}}.dump());
    node.pass(1s);
    json joined = json::array(), left = json::array();
    for (const auto& m : one->told("presence")) {
      for (const char* which : {"members", "joined"})
        for (const auto& j : m.value(which, json::array()))
          joined.push_back(j);
      for (const auto& l : m.value("left", json::array()))
        left.push_back(l);
    }
    REQUIRE(joined == json::array({self, it}));
    REQUIRE(left == json::array({{{"session", it["session"]}, {"user", "ann"}}}));
    REQUIRE(one->command({{"action", "presence"}, {"channel", "ask:p"}, {"limit", 0}})["data"] ==
            json{{"members", json::array()}, {"count", 1}, {"more", true}});
  }
}

TEST_CASE("a call repeated with its key is heard once, on every transport") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    virtual_node node{with_curious()};
    const auto one = t.make(node, {});
    REQUIRE(one->command({{"action", "subscribe"}, {"channel", "ask:k"}})["type"] == "subscribed");
    const auto count = [&](const char* key) {
      auto what = call("ask:k", "count", nullptr);
      what["key"] = key;
      return one->command(std::move(what))["data"];
    };
    REQUIRE(count("a") == 1);
    REQUIRE(count("a") == 1);
    REQUIRE(count("b") == 2);
    api(node, "/api/kill", {{"channel", "ask:k"}}); // its object; the next counts anew
    REQUIRE(count("b") == 2);
    REQUIRE(count("c") == 1);
  }
}

TEST_CASE("what is said to all but one is not told to that one, live, on every transport") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    virtual_node node{with_curious()};
    const auto one = t.make(node, {});
    const auto two = t.make(node, {});
    for (auto* who : {one.get(), two.get()})
      REQUIRE(who->command({{"action", "subscribe"}, {"channel", "ask:a"}})["type"] == "subscribed");
    ws_client third{node};
    third.join("ask:a", "");
    REQUIRE(one->command(call("ask:a", "whisper", 1))["type"] == "reply");
    REQUIRE(two->command(call("ask:a", "whisper", 2))["type"] == "reply");
    third.ask(call("ask:a", "whisper", 3));
    const auto heard = [](talker& who) {
      std::vector<int> all;
      for (const auto& m : who.told("broadcast"))
        all.push_back(m["data"]);
      return all;
    };
    REQUIRE(heard(*one) == std::vector{2, 3});
    REQUIRE(heard(*two) == std::vector{1, 3});
    REQUIRE(numbers(third.publications()) == range(1, 2));
  }
}
