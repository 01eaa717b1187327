// docs/channels.md: its samples compile as they stand there, and do what the page says. What docs/testing.md tests of them
// is not repeated here.

#include "channels_guide.hpp" // made of the page

#include <troupe/testing.hpp>

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;
using troupe::testing::channel_under_test;
using troupe::testing::heard_exactly;

TEST_CASE("the guide's auction takes a higher bid and tells all") {
  channel_under_test<auction> t{"auction:42"};
  auto ada = t.join();
  CHECK(ada.call("bid", bid{7}).ok());
  CHECK(ada.call("bid", bid{7}) == error_code::refused);
  CHECK(ada.call("bid", payload::json_text(R"({"amount":"much"})")) == error_code::bad_message);
  CHECK(heard_exactly(ada.heard(), {"subscribed null", R"(broadcast price {"amount":7,"bidder":"s1"})", "reply null",
                                    "error refused", "error bad_message"}));
}

TEST_CASE("the guide's club greets after its answer, and hears of each that goes") {
  channel_under_test<club> t{"room:1"};
  auto ada = t.join(entry{"Ada"});
  CHECK(ada.news() == "subscribed 0\npush rules \"no shouting\"");
  CHECK(t.join(payload::json_text("{}")).joined() == error_code::bad_message);
  auto bob = t.join(entry{"Bob"});
  ada.leave();
  CHECK(bob.broadcasts<std::string>("went").back() == "Ada");
}

TEST_CASE("the guide's tug of war tells each side its own, two their duel, and asks one side") {
  channel_under_test<tug_of_war> t{"room:1"};
  auto ada = t.join(side{"red"});
  auto bob = t.join(side{"blue"});
  auto eve = t.join(side{"red"});
  CHECK(t.join(side{"green"}).joined() == error_code::refused);
  CHECK(ada.broadcasts<std::string>("came") == std::vector{to_string(eve.id())});
  CHECK(eve.broadcasts<std::string>("came").empty());
  CHECK(bob.broadcasts<std::string>("came").empty());
  ada.call("plan", "pull");
  CHECK(bob.call("change", side{"green"}) == error_code::refused);
  CHECK(bob.call("change", side{"red"}).ok()); // too late for that plan
  ada.call("plan", "now");
  CHECK(eve.broadcasts<std::string>("plan") == std::vector<std::string>{"pull", "now"});
  CHECK(bob.broadcasts<std::string>("plan") == std::vector<std::string>{"now"});
  CHECK(ada.call("challenge", to_string(bob.id())).ok());
  CHECK(ada.call("challenge", "s99") == error_code::refused);
  CHECK(bob.broadcasts<std::string>("duel").size() == 1);
  CHECK(eve.broadcasts<std::string>("duel").empty());
  ada.call("ready");
  for (auto* who : {&ada, &bob, &eve})
    who->reply(true);
  CHECK(eve.broadcasts<int>("ready") == std::vector{3});
}

TEST_CASE("the guide's wall decides what is said, kept, or too large") {
  channel_under_test<wall> t{"room:1", "[[namespace]]\npattern = \"room:*\"\npublish = \"members\""};
  auto ada = t.join();
  CHECK(ada.publish("cursor", 1).ok());
  CHECK(ada.broadcasts("cursor").empty());
  t.at_once([&] { // twice with the same key, before the first is decided
    ada.publish("note", 1, {.key = "k"});
    ada.publish("note", 1, {.key = "k"});
  });
  CHECK(ada.broadcasts<int>("note") == std::vector{1});
  CHECK(ada.publish("note", std::string(1998, 'x')).ok()); // as it says: 2,000 bytes are not too many, one more is
  CHECK(ada.publish("note", std::string(1999, 'x')) == error_code::too_large);
}

TEST_CASE("the guide's ledger begins anew when its sum is negative") {
  channel_under_test<ledger> t{"room:1"};
  auto ada = t.join();
  CHECK(ada.call("add", -1) == error_code::internal);
  CHECK(t.restarts() == 1);
  CHECK(ada.call("add", 1).ok());
}

TEST_CASE("the guide's ballot loses no vote that it confirmed, and begins anew when it has too many options") {
  channel_under_test<ballot> t{"room:1", "[limits]\nsnapshot_bytes = 2000"};
  auto ada = t.join();
  CHECK(ada.call("vote", vote{"tea"}).ok());
  t.crash();
  t.restart();
  CHECK(t.snapshot()->json() == R"({"tea":1})");
  ada.join();
  CHECK(ada.call("vote", vote{std::string(3000, 'x')}) == error_code::internal);
  CHECK(ada.call("vote", vote{"milk"}).ok());
  CHECK(t.snapshot()->json() == R"({"milk":1})");
}

TEST_CASE("the guide's shopping list is what a newcomer gets and what it hears afterwards") {
  channel_under_test<shopping_list> t{"room:1"};
  auto ada = t.join();
  auto bob = t.client();
  t.at_once([&] {
    ada.call("add", "tea");
    ada.call("clear");
    ada.call("add", "milk");
    bob.join();
    ada.call("add", "sugar");
  });
  CHECK(bob.news() == "subscribed [\"milk\"]\nbroadcast added \"sugar\"");
  CHECK(t.broadcasts<std::string>("added") == std::vector<std::string>{"tea", "milk", "sugar"});
}

TEST_CASE("the guide's table tells who is waited for") {
  channel_under_test<table> t{"room:1"};
  auto ada = t.join({}, {.user = "ada"});
  auto bob = t.join({}, {.user = "bob"});
  bob.drop();
  bob.come_back();
  bob.leave();
  CHECK(heard_exactly(ada.heard(), {"subscribed", "broadcast sat down", "broadcast sat down", "broadcast waiting for",
                                    "broadcast here again", "broadcast stood up"}));
}

TEST_CASE("the guide's clock says the time until nobody looks") {
  channel_under_test<speaking_clock> t{"room:1"};
  auto ada = t.join();
  t.pass(1s);
  CHECK(ada.news() == "subscribed null\nephemeral time 1700000001000");
  ada.leave();
  t.pass(1s);
  CHECK_FALSE(t.lives());
}

TEST_CASE("the guide's export goes on when nobody looks, and after a crash") {
  channel_under_test<export_job> t{"room:1", "[channels]\nidle = \"1s\""};
  auto ada = t.join();
  ada.call("start", 500);
  ada.leave();
  t.pass(2s);
  t.crash();
  t.pass(2s);
  CHECK(t.lives());
  t.pass(10s);
  CHECK_FALSE(t.lives());
}

TEST_CASE("the guide's waiting room calls one after the other, or lets go after the deadline") {
  channel_under_test<waiting_room> t{"room:1"};
  auto first = t.join().call("next");
  auto second = t.join().call("next");
  t.pass(100ms);
  CHECK(first.as<std::string>() == "your turn");
  CHECK(second.waiting());
  t.pass(100ms);
  CHECK(second.as<std::string>() == "your turn");
}

TEST_CASE("the guide's jury says what most of those who answered said") {
  channel_under_test<jury> t{"room:1"};
  auto ada = t.join();
  auto bob = t.join();
  auto eve = t.join();
  ada.call("charge", "theft");
  ada.reply(verdict{true});
  bob.reply(verdict{true});
  CHECK(t.broadcasts<std::string>("verdict").back() == "guilty");
  ada.call("charge", "arson");
  ada.reply("what?");
  bob.reply(verdict{true});
  CHECK(t.broadcasts<std::string>("verdict").back() == "not guilty"); // nonsense is no vote, and keeps nobody's back
  CHECK(t.restarts() == 0);
}

TEST_CASE("the guide's quiz keeps points of members, through a crash, and of nobody else") {
  channel_under_test<quiz> t{"room:1"};
  auto ada = t.join("Ada");
  auto bob = t.join("Bob");
  CHECK(ada.call("score", 3).as<player>().points == 3);
  CHECK(bob.call("points of", "s1").as<int>() == 3);
  CHECK(bob.call("points of", "s7") == error_code::refused);
  t.crash();
  CHECK(bob.call("points of", "s1").as<int>() == 3);
  CHECK(ada.call("next round").ok());
  CHECK_FALSE(bob.is_in());
  CHECK(ada.broadcasts<player>("went home").back().name == "Bob");
  CHECK(ada.call("points of", "s1").as<int>() == 0);
  CHECK(t.join("Eve").joined().as<int>() == 1);
}

TEST_CASE("the guide's minutes tell what was said lately, and find a word") {
  channel_under_test<minutes> t{"room:1"};
  auto ada = t.join();
  CHECK(ada.joined().as<std::string>().empty());
  ada.call("say", remark{"tea is ready"});
  t.pass(20s);
  ada.call("say", remark{"more cake"});
  CHECK(ada.call("lately", 10).as<std::vector<std::string>>() == std::vector<std::string>{"more cake"});
  CHECK(ada.call("lately", 60).as<std::vector<std::string>>().size() == 2);
  CHECK(ada.call("find", "tea").as<remark>().text == "tea is ready");
  CHECK(ada.call("find", "milk").data().is_null());
  CHECK(t.join().joined().as<std::string>() == "more cake");
}

TEST_CASE("the guide's bulletin says what is JSON, and refuses the rest with the place") {
  channel_under_test<bulletin> t{"room:1"};
  auto ada = t.join();
  CHECK(ada.call("post", R"({"a":[1]})").ok());
  CHECK(ada.broadcasts("posted").back().json() == R"({"a":[1]})");
  const auto no = ada.call("post", R"({"a":})");
  CHECK(no == error_code::bad_message);
  REQUIRE(no.why_not());
  CHECK(no.why_not()->message.starts_with("byte 5: not JSON"));
  CHECK(reading_of("\x91\x07").json() == "[7]");
  CHECK_THROWS_AS(reading_of("\x91\x91\x91\x91\x91\x07"), payload_error);
}

TEST_CASE("the guide's raffle lets in what is not too dear, and draws with a pause and a question") {
  channel_under_test<raffle> t{"room:1"};
  auto ada = t.join();
  t.pass(200ms);
  CHECK(ada.is_in());
  const auto told = ada.call("draw", "a car");
  t.pass(3s);
  ada.reply(true);
  CHECK(told.as<int>() == 1);
  const auto second = ada.call("draw", "a boat");
  t.pass(3s);
  ada.reply(false);
  CHECK(second == error_code::refused);
  t.pass(1min);
  CHECK(ada.broadcasts("still open").size() == 1);
}

TEST_CASE("the guide's alarm clock rings once, at the last time that it was told, also after a crash") {
  channel_under_test<alarm_clock> t{"clock:1"};
  auto ada = t.join();
  CHECK(ada.call("wake me in", 10).ok());
  CHECK(ada.call("wake me in", 20).ok());
  t.pass(15s);
  CHECK(ada.broadcasts("ring").empty());
  t.crash();
  t.pass(1min);
  CHECK(ada.broadcasts("ring").size() == 1);
}

TEST_CASE("the guide's desk changes by what an actor says, and says so where that says no") {
  channel_under_test<exchange_desk> t{"desk:1"};
  auto ada = t.join();
  CHECK(ada.call("change", 2).as<int>() == 14);
  CHECK(ada.call("change", 1).as<int>() == 21);
  CHECK(ada.call("change", -1) == error_code::unavailable);
}

TEST_CASE("the guide's programs show their key in a header or the address, and read what others may not") {
  std::vector<std::string> log;
  troupe::testing::node_under_test node;
  node.open_channel("figures:*", {.subscribe = troupe::nobody});
  node.on_connect(know_programs([](const std::string& key, const std::function<void(bool)>& then) { then(key == "k"); },
                                [&](const std::string& line) { log.push_back(line); }));
  CHECK(node.connect({.query = "key=k"}).join("figures:7").ok());
  CHECK(node.connect({.headers = {{"x-key", "k"}}}).join("figures:7").ok());
  CHECK(node.connect({.query = "key=x"}).refused() == 401);
  REQUIRE(log.size() == 3);
  CHECK(log[0].ends_with(" /ws troupe.v1.json"));
}

TEST_CASE("the guide's rules are tested without a channel") { CHECK(the_same_price_is_no_offer()); }
