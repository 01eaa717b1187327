// Presence: on every transport, who reads it knows who is there, and which users; whatever happens to clients, their links
// and the channel.

#include "actors/sessions/session.hpp"
#include "actors/sessions/shard.hpp"
#include "tests/actors/promises/presence_hall.hpp"
#include "tests/seed.hpp"

#include <random>
#include <set>

using namespace troupe::actors::testing;
using namespace troupe;

TEST_CASE("who subscribes with presence is told who is there, and then what changes, on every transport") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    virtual_node node{with_hall(std::make_shared<diary>())};
    const auto one = t.make(node, "ann"), tab = t.make(node, "ann"), other = t.make(node, "bob");
    REQUIRE(tab->command(subscribe("hall:p", false, 1))["type"] == "subscribed");
    REQUIRE(one->command(subscribe("hall:p", true, 2))["type"] == "subscribed");
    auto told = one->told("presence");
    REQUIRE(told.size() == 1);
    REQUIRE(told[0]["channel"] == "hall:p");
    REQUIRE(told[0]["members"].size() == 2); // itself, too
    REQUIRE(told[0]["count"] == 2);
    REQUIRE_FALSE(told[0].contains("joined"));
    REQUIRE(other->command(subscribe("hall:p", false, 3))["type"] == "subscribed");
    node.pass(1s);
    told = one->told("presence");
    REQUIRE(told.size() == 2);
    REQUIRE(told[1]["joined"].size() == 1);
    REQUIRE(told[1]["joined"][0]["data"] == 3);
    REQUIRE(told[1]["joined"][0]["user"] == "bob");
    REQUIRE(told[1]["came"] == json{"bob"});
    REQUIRE(told[1]["count"] == 3);
    tab->command({{"action", "unsubscribe"}, {"channel", "hall:p"}});
    other->command({{"action", "unsubscribe"}, {"channel", "hall:p"}});
    node.pass(1s);
    told = one->told("presence");
    REQUIRE(told.size() == 3);
    REQUIRE(told[2]["left"].size() == 2);
    REQUIRE(told[2]["gone"] == json{"bob"}); // ann has another session there
    check(node, *one, "hall:p");
    REQUIRE(tab->told("presence").empty());
  }
}

TEST_CASE("changes of presence are told together, and who comes and goes in between is not mentioned, on every transport") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    auto settings = test_settings();
    settings.channels.presence_interval = 500ms;
    virtual_node node{with_hall(std::make_shared<diary>()), settings};
    const auto one = t.make(node, {});
    REQUIRE(one->command(subscribe("hall:p", true))["type"] == "subscribed");
    ws_client stays{node}, passes{node};
    stays.join("hall:p", "");
    passes.join("hall:p", "");
    node.pass(100ms);
    passes.close();
    node.pass(300ms);
    REQUIRE(one->told("presence").size() == 1); // the list
    node.pass(200ms);
    const auto told = one->told("presence");
    REQUIRE(told.size() == 2);
    REQUIRE(told[1]["joined"].size() == 1);
    REQUIRE(told[1]["joined"][0]["session"] == stays.session());
    REQUIRE(told[1]["left"].empty());
    check(node, *one, "hall:p");
  }
}

TEST_CASE("a member whose client is away stays in presence, marked, on every transport") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    virtual_node node{with_hall(std::make_shared<diary>())};
    const auto one = t.make(node, {});
    REQUIRE(one->command(subscribe("hall:p", true))["type"] == "subscribed");
    ws_client other{node, "troupe.v1.json", 1, "/ws", {{"x-user", "bob"}}};
    other.join("hall:p", "");
    node.pass(1s);
    const auto who = other.session();
    auto& session = *node.shard_at(1).find_session(*parse_session_id(who));
    session.say_whereabouts(false);
    node.settle();
    node.pass(1s);
    auto told = one->told("presence");
    REQUIRE(told.size() == 3);
    REQUIRE(told[2]["away"] == json{who});
    REQUIRE(told[2]["left"].empty());
    REQUIRE_FALSE(told[2].contains("gone"));
    REQUIRE(listed(node, "hall:p").at(who)["away"] == true);
    check(node, *one, "hall:p");
    const auto late = t.make(node, {});
    REQUIRE(late->command(subscribe("hall:p", true))["type"] == "subscribed");
    REQUIRE(followed(*late).members.at(who)["away"] == true);
    session.say_whereabouts(true);
    session.say_whereabouts(false);
    session.say_whereabouts(true);
    node.settle();
    node.pass(1s);
    told = one->told("presence");
    REQUIRE(told.back()["back"] == json{who});
    check(node, *one, "hall:p");
    check(node, *late, "hall:p");
  }
}

TEST_CASE("too many to name are counted, and named again when they are half as many, on every transport") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    auto settings = test_settings();
    settings.limits.presence_members = 4;
    virtual_node node{with_hall(std::make_shared<diary>()), settings};
    const auto one = t.make(node, {});
    REQUIRE(one->command(subscribe("hall:p", true))["type"] == "subscribed");
    std::vector<std::unique_ptr<ws_client>> crowd;
    for (int i = 0; i < 6; ++i) {
      crowd.push_back(std::make_unique<ws_client>(node));
      crowd.back()->join("hall:p", "");
    }
    node.pass(1s);
    REQUIRE(one->told("presence").back() == json{{"type", "presence"}, {"channel", "hall:p"}, {"count", 7}});
    const auto late = t.make(node, {});
    REQUIRE(late->command(subscribe("hall:p", true))["type"] == "subscribed");
    REQUIRE(late->told("presence").back()["count"] == 8);
    REQUIRE_FALSE(followed(*late).named);
    const auto page = one->command({{"action", "presence"}, {"channel", "hall:p"}, {"limit", 5}})["data"];
    REQUIRE(page["members"].size() == 5);
    REQUIRE(page["more"] == true);
    for (int i = 0; i < 5; ++i)
      crowd[static_cast<std::size_t>(i)]->close();
    node.pass(1s);
    REQUIRE(followed(*one).count == 3);
    REQUIRE_FALSE(followed(*one).named);
    crowd.back()->close();
    node.pass(1s);
    check(node, *one, "hall:p");
    check(node, *late, "hall:p");
    REQUIRE(node.metric("limits.presence_members") == 1);
  }
}

TEST_CASE("who joins far back knows who is there, whoever comes while it reads what it missed, on every transport") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    auto settings = test_settings();
    settings.limits.page_bytes = 4096;
    settings.channels.presence_interval = 0ms;
    virtual_node node{with_hall(std::make_shared<diary>()), settings};
    for (int i = 0; i < 60; ++i)
      api(node, "/api/publish", {{"channel", "hall:p"}, {"data", std::string(500, 'x')}});
    const auto epoch = api_get(node, "/api/history?channel=hall:p&limit=1")["epoch"].get<std::string>();
    ws_client other{node, "troupe.v1.json", 1};
    const auto one = t.make(node, {});
    auto ask = subscribe("hall:p", true);
    ask["since"] = {{"epoch", epoch}, {"offset", 0}};
    other.send(subscribe("hall:p", false)); // heard in one turn with the next
    one->command(ask);
    other.send({{"action", "unsubscribe"}, {"channel", "hall:p"}});
    node.pass(1s);
    check(node, *one, "hall:p");
    REQUIRE(one->told("broadcast").size() == 60);
  }
}

TEST_CASE("who fell behind the log is told anew who is there, on every transport") {
  for (const auto& t : all_talkers()) {
    INFO(t.name);
    auto settings = test_settings();
    settings.limits.log_entries = 8;
    settings.limits.outbox_bytes = 4096;
    virtual_node node{with_hall(std::make_shared<diary>()), settings};
    const auto one = t.make(node, {});
    REQUIRE(one->command(subscribe("hall:p", true))["type"] == "subscribed");
    ws_client leaves{node}, comes{node};
    leaves.join("hall:p", "");
    node.pass(1s);
    check(node, *one, "hall:p");
    one->stop_reading();
    const auto flood = [&] {
      for (int i = 0; i < 40; ++i)
        api(node, "/api/publish", {{"channel", "hall:p"}, {"data", std::string(1000, 'x')}});
    };
    flood();
    leaves.close();
    comes.join("hall:p", "");
    node.pass(1s);
    flood();
    one->read_again();
    node.pass(1s);
    check(node, *one, "hall:p");
    REQUIRE(followed(*one).lists > 1);
  }
}

TEST_CASE("after any storm of joins, drops, kills and restarts presence on the wire is the truth, on every transport") {
  const auto seed = troupe::test::seed();
  INFO("TROUPE_SEED=" << seed);
  std::mt19937 random{seed};
  const auto chance = [&](std::size_t n) { return random() % n; };
  const auto notes = std::make_shared<diary>();
  auto settings = test_settings();
  settings.channels.restart_intensity = 1000;
  settings.heartbeat.interval = 1h; // these clients answer no pings
  virtual_node node{with_hall(notes), settings};
  std::vector<std::unique_ptr<talker>> watchers, others;
  for (const auto& t : all_talkers()) {
    watchers.push_back(t.make(node, "watcher"));
    watchers.back()->command(subscribe("hall:p", true));
  }
  ws_client killer{node};
  killer.join("hall:p", "");
  const char* const users[] = {"ann", "bob", "cem", ""};
  for (int step = 1; step <= 400; ++step) {
    auto* some = others.empty() ? nullptr : others[chance(others.size())].get();
    switch (chance(12)) {
    case 0: case 1: case 2:
      if (others.size() < 30)
        others.push_back(all_talkers()[chance(4)].make(node, users[chance(4)]));
      others.back()->command(subscribe("hall:p", chance(3) == 0, step));
      break;
    case 3: case 4:
      if (some)
        some->command(subscribe("hall:p", chance(3) == 0, step));
      break;
    case 5: case 6:
      if (some)
        some->command({{"action", "unsubscribe"}, {"channel", "hall:p"}});
      break;
    case 7:
      if (some) {
        some->lose();
        std::erase_if(others, [&](const auto& o) { return o.get() == some; });
      }
      break;
    case 8:
      killer.send({{"action", "call"}, {"channel", "hall:p"}, {"event", chance(3) == 0 ? "die" : "crash"}});
      node.pass(milliseconds{chance(2) * 3000});
      break;
    default:
      node.pass(milliseconds{chance(400)});
    }
    if (step % 40 != 0)
      continue;
    node.pass(5s);
    for (const auto& w : watchers)
      check(node, *w, "hall:p");
  }
  const auto pass_leases = [&] { // of those who poll no more; the watchers do
    for (int i = 0; i < 4; ++i) {
      node.pass(20s);
      for (const auto& w : watchers)
        check(node, *w, "hall:p");
    }
  };
  pass_leases();
  for (auto& o : others)
    o->lose();
  killer.close();
  pass_leases();
  for (const auto& w : watchers) {
    const auto f = followed(*w);
    REQUIRE(f.members.size() == watchers.size());
    REQUIRE(f.users == std::set<std::string>{"watcher"});
    REQUIRE(f.lists > 1);
  }
}
