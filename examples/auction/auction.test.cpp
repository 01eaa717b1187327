// The house's rules, without a node, sockets or waiting.
#include "house.hpp"

#include <troupe/testing.hpp>

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using troupe::error_code;

struct open_lot : troupe::testing::channel_under_test<lot> {
  open_lot() : channel_under_test("auction:1") { call("open", opening{"A sextant", 10, 60}); }
};

TEST_CASE("a bid is heard by all, and who led is told alone") {
  open_lot t;
  auto ada = t.join("Ada"), bob = t.join("Bob");
  CHECK(ada.joined().as<view>().start == 10);
  CHECK(ada.call("bid", 10).ok());
  CHECK(bob.call("bid", 20).ok());
  CHECK(ada.broadcasts<view>("price").back().leader == "Bob");
  CHECK(ada.pushes<int>("outbid").back() == 20);
  CHECK(bob.pushes("outbid").empty());
  CHECK(bob.call("bid", 30) == error_code::refused); // against himself
  CHECK(t.history().size() == 3);
}

TEST_CASE("three bids that are none, and their bidder is out") {
  open_lot t;
  auto eve = t.join("Eve");
  CHECK(to_string(eve.call("bid", 9)) == "error refused: bid at least 10");
  CHECK(eve.call("bid", 1'000'000'001) == error_code::refused);
  CHECK(eve.call("bid", "ten") == error_code::bad_message); // not counted: the handler did not hear it
  CHECK(eve.is_in());
  CHECK(eve.call("bid", -1) == error_code::refused);
  CHECK_FALSE(eve.is_in());
}

TEST_CASE("names are in presence, one of each") {
  open_lot t;
  auto ada = t.join("Ada", {.presence = true});
  CHECK(t.join("Ada").joined() == error_code::refused);
  CHECK(t.join("").joined() == error_code::refused);
  auto bob = t.join("Bob");
  t.pass(100ms); // presence is told ten times a second at most
  CHECK(ada.heard().back().data.as<std::map<std::string, std::string>>().at(to_string(bob.id())) == "Bob");
  bob.leave();
  CHECK(t.join("Bob").is_in());
}

TEST_CASE("a late bid gives ten seconds more") {
  open_lot t;
  auto ada = t.join("Ada");
  t.pass(59s);
  CHECK(ada.call("bid", 10).ok());
  CHECK(ada.broadcasts<view>("price").back().left == 10'000);
  t.pass(9s);
  CHECK(ada.broadcasts("over").empty());
  t.pass(1s);
  CHECK(ada.broadcasts<view>("over").back().amount == 10);
  CHECK(ada.pushes<int>("won") == std::vector{10});
  CHECK(ada.call("bid", 20) == error_code::refused);
}

TEST_CASE("the three that bid highest decide on another round, and two are enough") {
  open_lot t;
  auto eve = t.join("Eve"), ada = t.join("Ada"), bob = t.join("Bob"), joe = t.join("Joe");
  int amount = 10;
  for (auto* who : {&eve, &ada, &bob, &joe})
    CHECK(who->call("bid", amount += 10).ok());
  t.pass(60s);
  CHECK(eve.asks("another round").empty());
  CHECK(joe.asks<view>("another round").back().amount == 50);
  ada.reply(true);
  bob.reply(true);
  CHECK(eve.broadcasts<view>("lot").back().left == 15'000);
  t.pass(15s);
  ada.reply(true);
  bob.reply("perhaps"); // no answer to the question
  CHECK(eve.broadcasts<view>("over").back().leader == "Joe");
}

TEST_CASE("a bid that was taken outlives a crash, and the hammer falls all the same") {
  open_lot t;
  auto ada = t.join("Ada");
  CHECK(ada.call("bid", 10).ok());
  t.crash();
  CHECK(ada.broadcasts<view>("lot").back().leader == "Ada");
  ada.drop();
  t.pass(61s); // nobody looks any more
  CHECK(t.broadcasts<view>("over").back().leader == "Ada");
}

TEST_CASE("only the house opens, closes and removes") {
  open_lot t;
  auto ada = t.join("Ada");
  CHECK(ada.call("open", opening{"Mine", 1, 1}) == error_code::refused);
  CHECK(ada.call("hammer") == error_code::refused);
  CHECK(ada.call("remove", "s1") == error_code::refused);
  CHECK(t.call("remove", to_string(ada.id())).ok());
  CHECK(ada.heard().back().words == "shown the door by the auctioneer");
  CHECK(t.call("hammer").ok());
  CHECK(t.broadcasts<view>("over").back().amount == 0);
}

TEST_CASE("the desk is for who has the key") {
  troupe::testing::node_under_test n;
  n.on_connect(doorkeeper("k")).channel("admin", [](const auto&) { return std::make_unique<desk>(troupe::outlet{}); }, {.subscribe = troupe::nobody});
  CHECK(n.connect({.query = "key=x"}).refused() == 401);
  CHECK(n.connect().join("admin") == error_code::refused);
  auto auctioneer = n.connect({.query = "key=k"});
  CHECK(auctioneer.join("admin").ok());
  CHECK(auctioneer.call("admin", "order", order{"1", "hammer", {}}) == error_code::unavailable); // of no node
}
