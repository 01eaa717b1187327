// A node under test: clients over each wire, what they hear, and what goes wrong.

#include "tests/testing/lounge.hpp"

#include <troupe/testing.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace std::chrono_literals;
using troupe::error_code;
using troupe::payload;
using troupe::testing::all_wires;
using troupe::testing::heard_in_order;
using troupe::testing::node_under_test;
using troupe::testing::wire;
using troupe::testing::test::lounge;
using troupe::testing::test::remark;

namespace {

std::vector<int> range(int from, int to) {
  std::vector<int> all;
  for (int i = from; i <= to; ++i)
    all.push_back(i);
  return all;
}

} // namespace

TEST_CASE("a client joins, calls and hears, over each wire") {
  for (const auto over : all_wires) {
    INFO(over);
    node_under_test n;
    n.channel<lounge>("lounge:*");
    auto ada = n.connect({.over = over});
    REQUIRE(ada.connected());
    CHECK_FALSE(ada.session().empty());
    CHECK(ada.join("lounge:a").as<int>() == 0);
    CHECK(ada.call("lounge:a", "say", remark{"hi"}).as<std::string>() == "said");
    CHECK(ada.broadcasts<remark>("said").back().text == "hi");
    CHECK(ada.pushes<std::string>("echo").back() == "hi");
    CHECK(heard_in_order(ada.heard(), {"broadcast said", "push echo"}));
    CHECK(ada.call("lounge:a", "say", 7) == error_code::bad_message);
    CHECK(ada.call("lounge:b", "say", remark{"hi"}) == error_code::not_joined);
    CHECK(ada.leave("lounge:a").ok());
    CHECK(ada.call("lounge:a", "count") == error_code::not_joined);
  }
}

TEST_CASE("bytes are bytes over each wire, and what is published has its position") {
  for (const auto over : all_wires) {
    INFO(over);
    node_under_test n;
    n.open_channel("open:*");
    auto ada = n.connect({.over = over});
    auto bob = n.connect();
    ada.join("open:a");
    bob.join("open:a");
    const auto bytes = payload::binary(std::string{"\0\1\xff", 3});
    CHECK(ada.publish("open:a", "raw", bytes).ok());
    CHECK(bob.broadcasts("raw").back() == bytes);
    CHECK(ada.broadcasts("raw").back() == bytes);
    CHECK(ada.publish("open:a", "n", 1, {.echo = false}).ok());
    CHECK(bob.broadcasts<int>("n") == std::vector{1});
    CHECK(ada.broadcasts("n").empty());
  }
}

TEST_CASE("who drops goes on over any other wire, and hears what it missed, once") {
  for (const auto before : all_wires)
    for (const auto after : all_wires) {
      INFO(before << " and " << after);
      node_under_test n;
      n.channel<lounge>("lounge:*");
      auto ada = n.connect({.over = before});
      ada.join("lounge:a");
      n.publish("lounge:a", "n", 1);
      const auto session = ada.session();
      ada.drop();
      CHECK_FALSE(ada.connected());
      n.publish("lounge:a", "n", 2);
      CHECK(ada.come_back(after));
      CHECK(ada.session() == session);
      n.publish("lounge:a", "n", 3);
      CHECK(ada.broadcasts<int>("n") == range(1, 3));
      CHECK(ada.call("lounge:a", "count").ok());
    }
}

TEST_CASE("a session that was away for too long is over, and its client has a new one") {
  for (const auto over : all_wires) {
    INFO(over);
    node_under_test n{"[session]\nresume_window = \"1s\"\npoll_lease = \"31s\"\npoll_hold = \"30s\""};
    n.channel<lounge>("lounge:*");
    auto ada = n.connect({.over = over});
    ada.join("lounge:a");
    const auto session = ada.session();
    ada.drop();
    n.pass(32s);
    CHECK_FALSE(ada.come_back());
    CHECK(ada.session() != session);
    CHECK(ada.call("lounge:a", "count") == error_code::not_joined);
    CHECK(ada.join("lounge:a").as<int>() == 0);
  }
}

TEST_CASE("the hook sees what a client shows, and who is refused has the status") {
  for (const auto over : all_wires) {
    INFO(over);
    node_under_test n;
    n.channel<lounge>("lounge:*").on_connect([](const troupe::handshake& who) -> troupe::connect_result {
      if (who.cookie("login").empty() && who.parameter("key").empty())
        return troupe::refuse(error_code::unauthorised, "log in first");
      return troupe::identity{std::string{who.cookie("login")}};
    });
    auto eve = n.connect({.over = over});
    CHECK_FALSE(eve.connected());
    CHECK(eve.refused() == 401);
    CHECK(eve.session().empty());
    CHECK_THROWS_AS(eve.join("lounge:a"), troupe::testing::unmet);
    auto ada = n.connect({.over = over, .headers = {{"cookie", "login=ada"}}});
    CHECK(ada.join("lounge:a", {}, {.presence = true}).ok());
    auto bob = n.connect({.over = over, .query = "key=1"});
    CHECK(bob.join("lounge:a").as<int>() == 1);
    n.pass(200ms);
    CHECK(heard_in_order(ada.heard(), {"presence all +" + ada.session(), "presence +" + bob.session()}));
  }
}

TEST_CASE("questions are asked and answered over each wire") {
  for (const auto over : all_wires) {
    INFO(over);
    node_under_test n;
    n.channel<lounge>("lounge:*");
    auto ada = n.connect({.over = over});
    auto bob = n.connect();
    ada.join("lounge:a");
    bob.join("lounge:a");
    bob.call("lounge:a", "ask", "tea?");
    CHECK(ada.asks("tea?").size() == 1);
    ada.reply(true);
    bob.reply(true);
    CHECK(ada.broadcasts<int>("answered") == std::vector{2});
    CHECK_THROWS_AS(ada.reply(true), troupe::testing::unmet);
  }
}

TEST_CASE("a client that takes nothing is told how much it missed, and loses nobody else anything") {
  node_under_test n{"[limits]\nlog_entries = 16\n"};
  n.channel<lounge>("lounge:*", {.history = {.size = 16}});
  auto ada = n.connect();
  auto bob = n.connect();
  ada.join("lounge:a");
  bob.join("lounge:a");
  ada.stop_reading();
  for (int i = 1; i <= 200; ++i)
    n.publish("lounge:a", "n", std::string(2000, 'x'));
  CHECK(bob.broadcasts("n").size() == 200);
  CHECK(ada.broadcasts("n").size() < 200);
  ada.read_again();
  CHECK(heard_in_order(ada.heard(), {"gap"}));
  std::size_t missed = 0;
  for (const auto& one : ada.heard())
    missed += one.type == "gap" ? std::stoul(one.words) : 0;
  CHECK(ada.broadcasts("n").size() + missed == 200);
}

TEST_CASE("a channel crashes, a shard fails, and clients go on") {
  node_under_test n;
  n.channel<lounge>("lounge:*");
  auto ada = n.connect();
  ada.join("lounge:a");
  CHECK(ada.call("lounge:a", "vote").as<int>() == 1);
  CHECK(n.crash("lounge:a"));
  CHECK(ada.call("lounge:a", "vote").as<int>() == 2);
  CHECK_FALSE(n.crash("lounge:none"));
  n.fail_actor("shard-0");
  CHECK_FALSE(ada.connected());
  CHECK(ada.close_code() == 1011);
  n.pass(1s);
  CHECK_FALSE(ada.come_back()); // its session went with the shard
  CHECK(ada.connected());
  CHECK_THROWS_AS(n.fail_actor("nobody"), troupe::testing::unmet);
  CHECK_FALSE(n.log().empty());
}

TEST_CASE("a node that drains says so to its clients") {
  node_under_test n;
  n.channel<lounge>("lounge:*");
  auto ada = n.connect();
  n.drain();
  n.pass(5s);
  CHECK(heard_in_order(ada.heard(), {"closing drain"}));
  CHECK_FALSE(ada.connected());
  CHECK(ada.close_code() == 1001);
}

TEST_CASE("the node's own answers are there, and its limits count") {
  node_under_test n{"[limits]\nchannels_per_session = 16\n"};
  n.channel<lounge>("lounge:*");
  CHECK(n.request("GET", "/healthz").status == 200);
  CHECK(n.request("GET", "/nothing").status == 404);
  auto ada = n.connect();
  for (int i = 0; i < 16; ++i)
    CHECK(ada.join("lounge:" + std::to_string(i)).ok());
  CHECK(ada.join("lounge:16") == error_code::limit);
  CHECK(n.limit_passed("limits.channels_per_session") == 1);
  const auto before = n.now();
  n.pass(1s);
  CHECK(n.now() == before + 1000);
  CHECK(n.publish("nowhere", "n", 1) == error_code::not_found);
}

TEST_CASE("a node takes settings from code, and options beside a class") {
  troupe::node_settings said;
  said.set("limits.channels_per_session", 16);
  node_under_test n{said};
  n.channel<lounge>("lounge:*", {.call = troupe::anyone}).open_channel("open:*", {.publish = troupe::nobody});
  auto ada = n.connect();
  CHECK(ada.call("lounge:a", "count").ok());
  CHECK(ada.join("open:a").ok());
  CHECK(ada.publish("open:a", "n", 1) == error_code::refused);
  node_under_test wrong;
  wrong.channel<lounge>("lounge:*", {.subscribe = troupe::members});
  CHECK_THROWS_AS(wrong.connect(), troupe::settings_error);
}

TEST_CASE("what is added after the start is refused, and so is a bad pattern or configuration") {
  node_under_test n;
  CHECK_THROWS_AS(n.channel<lounge>("a*b"), std::invalid_argument);
  n.channel<lounge>("lounge:*");
  n.connect();
  CHECK_THROWS_AS(n.channel<lounge>("other:*"), std::logic_error);
  CHECK_THROWS_AS(node_under_test{"[limits]\nchanels = 1"}, std::invalid_argument);
}

TEST_CASE("in a storm nobody loses what is kept, whatever the seed") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    node_under_test n{"[[namespace]]\npattern = \"lounge:*\"\nhistory_size = 1000\n"
                      "[channels]\nrestart_intensity = 1000"};
    n.channel<lounge>("lounge:*");
    std::vector<troupe::testing::node_client> all;
    for (const auto over : all_wires) {
      all.push_back(n.connect({.over = over}));
      REQUIRE(all.back().join("lounge:a").ok());
    }
    int said = 0;
    n.storm({.seed = seed, .steps = 150, .crashes = seed % 2 == 0},
            [&](std::size_t) { n.publish("lounge:a", "n", ++said); });
    CHECK(said == 150);
    for (const auto& one : all)
      CHECK(one.broadcasts<int>("n") == range(1, said));
  }
}

TEST_CASE("a storm of one seed is the same each time") {
  const auto run = [](std::uint64_t seed) {
    node_under_test n;
    n.channel<lounge>("lounge:*");
    auto ada = n.connect();
    auto bob = n.connect({.over = wire::poll});
    ada.join("lounge:a");
    bob.join("lounge:a");
    n.storm({.seed = seed}, [&](std::size_t step) { n.publish("lounge:a", "n", static_cast<int>(step)); });
    return to_string(ada.heard()) + to_string(bob.heard()) + std::to_string(n.now());
  };
  CHECK(run(3) == run(3));
  CHECK(run(3) != run(4));
}
