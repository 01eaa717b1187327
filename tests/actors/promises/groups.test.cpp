// What is said to a group, or to some alone, is told to those and to nobody else: live, on replay and on every way back,
// on every transport.

#include "tests/actors/virtual_node/coming_back.hpp"
#include "tests/actors/virtual_node/talkers.hpp"
#include "tests/seed.hpp"

#include <random>
#include <set>

using namespace troupe::actors::testing;
using namespace troupe;

namespace {

struct placing {
  std::string who, group;
  TROUPE_FIELDS(who, group)
};
struct telling {
  std::string group, only, except;
  int number = 0;
  TROUPE_FIELDS(group, only, except, number)
};

/// call me: the caller's session.  call place, displace {who, group}.
/// call tell {group, only, except, number}: says the number to whom the names that are not empty leave.
class teams : public troupe::channel {
  void setup() override {
    on<payload>("me", [](const member& who, const payload&) { return reply(payload::of(to_string(who.id))); });
    on<placing>("place", [this](const member&, const placing& p) {
      add_to_group(*parse_session_id(p.who), p.group);
      return done();
    });
    on<placing>("displace", [this](const member&, const placing& p) {
      remove_from_group(*parse_session_id(p.who), p.group);
      return done();
    });
    on<telling>("tell", [this](const member&, const telling& t) {
      delivery to;
      if (!t.group.empty())
        to = to_group(t.group, std::move(to));
      if (!t.only.empty())
        to.only = {*parse_session_id(t.only)};
      if (!t.except.empty())
        to.except = {*parse_session_id(t.except)};
      broadcast("n", t.number, std::move(to));
      return done();
    });
  }
};

/// Whose history members may read.
troupe::config::settings readable() {
  auto all = test_settings();
  troupe::config::name_space rooms;
  rooms.pattern = "room:*";
  rooms.kind = troupe::config::channel_kind::application;
  rooms.history = troupe::config::permission::members;
  all.namespaces.push_back(std::move(rooms));
  return all;
}

troupe::actors::node_plan with_teams() {
  troupe::actors::node_plan p;
  p.classes.add("room:*", [](const std::string&) { return std::make_unique<teams>(); });
  return p;
}

json call(const std::string& event, json data) {
  return {{"action", "call"}, {"channel", "room:t"}, {"event", event}, {"data", std::move(data)}};
}

/// A member over a WebSocket who puts others into groups and says things.
struct director {
  explicit director(virtual_node& node) : client(node) { client.join("room:t", ""); }

  void place(const std::string& who, const std::string& group) { client.ask(call("place", {{"who", who}, {"group", group}})); }
  void displace(const std::string& who, const std::string& group) {
    client.ask(call("displace", {{"who", who}, {"group", group}}));
  }
  void tell(int number, const std::string& group = {}, const std::string& only = {}, const std::string& except = {}) {
    client.ask(call("tell", {{"group", group}, {"only", only}, {"except", except}, {"number", number}}));
  }

  ws_client client;
};

std::string enter(talker& who) {
  REQUIRE(who.command({{"action", "subscribe"}, {"channel", "room:t"}})["type"] == "subscribed");
  return who.command(call("me", nullptr))["data"];
}

std::vector<int> heard_by(talker& who) {
  std::vector<int> all;
  for (const auto& m : who.told("broadcast"))
    all.push_back(m["data"]);
  return all;
}

std::vector<int> kept_for(talker& who) {
  std::vector<int> all;
  const auto page = who.command({{"action", "history"}, {"channel", "room:t"}});
  INFO(page.dump());
  REQUIRE(page["type"] == "reply");
  for (const auto& p : page["data"]["publications"])
    all.push_back(p["data"]);
  return all;
}

} // namespace

TEST_CASE("what is said to a group is told to those in it and to nobody else, on every transport") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    virtual_node node{with_teams(), readable()};
    director says{node};
    const auto one = t.make(node, {}), two = t.make(node, {});
    const auto first = enter(*one), second = enter(*two);
    says.tell(1, "red");
    says.place(first, "red");
    says.tell(2, "red");
    says.place(second, "red");
    says.tell(3, "red");
    says.displace(first, "red");
    says.tell(4, "red");
    says.tell(5);
    says.tell(6, {}, first);
    says.tell(7, "red", {}, second);
    REQUIRE(heard_by(*one) == std::vector{2, 3, 5, 6});
    REQUIRE(heard_by(*two) == std::vector{3, 4, 5});
    REQUIRE(numbers(says.client.publications()) == std::vector{5});
    REQUIRE(kept_for(*one) == std::vector{2, 3, 5, 6});
    REQUIRE(kept_for(*two) == std::vector{3, 4, 5});
    for (const auto& m : one->told("broadcast")) // whom it is for is nobody's business
      for (const char* key : {"group", "only", "except"})
        REQUIRE_FALSE(m.contains(key));
  }
}

TEST_CASE("who was between two things said to others hears no gap for them, on every transport") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    virtual_node node{with_teams()};
    director says{node};
    const auto one = t.make(node, {});
    const auto first = enter(*one);
    for (int i = 1; i <= 9; ++i)
      says.tell(i, {}, i % 4 == 1 ? first : says.client.session());
    node.pass(1s);
    REQUIRE(heard_by(*one) == std::vector{1, 5, 9});
    REQUIRE(one->told("gap").empty());
    REQUIRE(numbers(says.client.publications()) == std::vector{2, 3, 4, 6, 7, 8});
  }
}

TEST_CASE("who leaves is out of its groups, also when it comes in again, on every transport") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    virtual_node node{with_teams(), readable()};
    director says{node};
    const auto one = t.make(node, {});
    says.place(enter(*one), "red");
    one->command({{"action", "unsubscribe"}, {"channel", "room:t"}});
    says.tell(1, "red");
    enter(*one);
    says.tell(2, "red");
    says.tell(3);
    REQUIRE(heard_by(*one) == std::vector{3});
    REQUIRE(kept_for(*one) == std::vector{3});
  }
}

TEST_CASE("who comes back to its session hears what was said to its groups while it was away, as these were then") {
  virtual_node node{with_teams()};
  director says{node};
  ws_client a{node, "troupe.v1.msgpack", 1};
  a.join("room:t", "");
  const auto who = a.session();
  const auto token = token_of(a).get<std::string>();
  says.place(who, "red");
  says.tell(1, "red");
  auto received = counted(a.messages());
  a.lose_connection();
  says.tell(2, "red");
  says.displace(who, "red");
  says.tell(3, "red");
  says.place(who, "red");
  says.tell(4, "red");
  says.tell(5, {}, {}, who);
  says.tell(6);

  sse_client b{node, 1};
  b.open("/events?format=envelope&channel=&token=" + token + "&received=" + std::to_string(received));
  node.settle();
  CHECK(in_stream(b) == std::vector{2, 4, 6});
  received += 3;
  b.lose_connection();
  says.tell(7, "red");
  says.displace(who, "red");
  says.tell(8, "red");

  const auto polled = body_of(*send_request(node, request("GET", "/poll?format=envelope&token=" + token + "&received=" + std::to_string(received))));
  std::vector<int> by_poll;
  for (const auto& m : polled["messages"])
    if (m["type"] == "broadcast")
      by_poll.push_back(m["data"]);
  CHECK(by_poll == std::vector{7});
  received += 1;

  auto c = come_back(node, token, received);
  says.tell(9, "red");
  says.tell(10);
  CHECK(numbers(c.publications()) == std::vector{10});
}

TEST_CASE("who comes back in a new session gets nothing that was said to the groups of the old one, on every transport") {
  for (const auto& t : all_transports()) {
    INFO(t.name);
    virtual_node node{with_teams()};
    director says{node};
    says.tell(1);
    const auto epoch_at = [&] {
      const auto all = says.client.messages("subscribed");
      return all.at(0)["epoch"].get<std::string>() + "-0";
    }();
    ws_client old{node};
    old.join("room:t", "");
    says.place(old.session(), "red");
    says.tell(2, "red");
    old.close();
    says.tell(3, "red");
    says.tell(4);
    const auto fresh = t.make(node, 0);
    fresh->join("room:t", epoch_at);
    REQUIRE(numbers(fresh->publications()) == std::vector{1, 4});
    REQUIRE(fresh->gaps().empty());
  }
}

TEST_CASE("a crash of the object leaves groups as they are, on every transport") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    virtual_node node{with_teams()};
    director says{node};
    const auto one = t.make(node, {});
    says.place(enter(*one), "red");
    says.tell(1, "red");
    api(node, "/api/kill", {{"channel", "room:t"}});
    says.tell(2, "red");
    REQUIRE(heard_by(*one) == std::vector{1, 2});
  }
}

TEST_CASE("one that is too slow for the log is told what is for it and gaps, never what was for others") {
  auto settings = test_settings();
  settings.limits.log_entries = 8;
  settings.limits.outbox_bytes = 4096;
  virtual_node node{with_teams(), settings, 1};
  director says{node};
  ws_client slow{node}, other{node};
  for (auto* who : {&slow, &other})
    who->join("room:t", "");
  says.place(slow.session(), "red");
  says.place(other.session(), "blue");
  slow.stop_reading();
  std::vector<int> expected;
  for (int i = 1; i <= 200; ++i) {
    const bool red = i % 3 == 0;
    says.tell(i, red ? "red" : "blue");
    if (red)
      expected.push_back(i);
  }
  slow.read_again();
  const auto got = numbers(slow.publications());
  const std::set<int> allowed(expected.begin(), expected.end());
  for (const int n : got)
    CHECK(allowed.count(n) == 1);
  CHECK(std::is_sorted(got.begin(), got.end()));
  CHECK((got == expected || !slow.gaps().empty()));
  says.tell(201, "red");
  CHECK(numbers(slow.publications()).back() == 201);
  CHECK(numbers(other.publications()).size() == 200 - expected.size());
}

TEST_CASE("the API's history has what was said to a few, and to whom") {
  virtual_node node{with_teams()};
  director says{node};
  says.place(says.client.session(), "red");
  says.tell(1, "red");
  says.tell(2);
  const auto all = api_get(node, "/api/history?channel=room:t")["publications"];
  REQUIRE(all.size() == 2);
  CHECK(all[0]["group"] == "red");
  CHECK(all[0]["only"] == json::array({says.client.session()}));
  CHECK_FALSE(all[1].contains("only"));
}

TEST_CASE("random groups, clients that stop and go on, on every transport: each hears what was for it, in order, once") {
  const auto seed = troupe::test::seed();
  INFO("seed " << seed);
  std::mt19937 random{seed};
  const auto pick = [&](std::size_t below) { return std::uniform_int_distribution<std::size_t>{0, below - 1}(random); };
  const std::vector<std::string> names{"red", "blue"};
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    virtual_node node{with_teams()};
    director says{node};
    std::vector<std::unique_ptr<talker>> all;
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i)
      ids.push_back(enter(*all.emplace_back(t.make(node, {}))));
    std::map<std::string, std::set<std::size_t>> groups;
    std::vector<std::vector<int>> expected(all.size());
    for (int i = 1; i <= 60; ++i) {
      const auto who = pick(all.size());
      const auto& name = names[pick(names.size())];
      switch (pick(6)) {
      case 0:
        says.place(ids[who], name);
        groups[name].insert(who);
        break;
      case 1:
        says.displace(ids[who], name);
        groups[name].erase(who);
        break;
      case 2:
        pick(2) == 0 ? all[who]->stop_reading() : all[who]->read_again();
        break;
      default: {
        const auto what = pick(4);
        says.tell(i, what < 2 ? name : "", what == 2 ? ids[who] : "", what == 1 ? ids[who] : "");
        for (std::size_t m = 0; m < all.size(); ++m)
          if ((what >= 2 || groups[name].count(m) == 1) && (what != 2 || m == who) && (what != 1 || m != who))
            expected[m].push_back(i);
      }
      }
    }
    for (std::size_t m = 0; m < all.size(); ++m) {
      all[m]->read_again();
      INFO("member " << m);
      REQUIRE(heard_by(*all[m]) == expected[m]);
    }
  }
}
