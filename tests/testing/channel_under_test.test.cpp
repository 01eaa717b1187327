// A channel under test: its clients, what they hear, and what goes wrong.

#include "tests/testing/lounge.hpp"

#include <troupe/testing.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace std::chrono_literals;
using troupe::error_code;
using troupe::payload;
using troupe::testing::heard_exactly;
using troupe::testing::heard_in_order;
using troupe::testing::never_heard;
using troupe::testing::test::lounge;
using troupe::testing::test::remark;

using kit = troupe::testing::channel_under_test<lounge>;

// -- hearing ------------------------------------------------------------------

TEST_CASE("a client hears its answer behind what its call caused, and what it was pushed in its place") {
  kit t{"lounge:a"};
  auto ada = t.join();
  CHECK(ada.is_in());
  CHECK(ada.joined().as<int>() == 0);
  CHECK(ada.call("say", remark{"hi"}).as<std::string>() == "said");
  CHECK(heard_exactly(ada.heard(), {"subscribed 0", R"(broadcast said {"text":"hi"})", "push echo \"hi\"", "reply \"said\""}));
  CHECK(ada.pushes<std::string>("echo").front() == "hi");
  CHECK(ada.broadcasts<remark>("said").back().text == "hi");
}

TEST_CASE("what is said but to some is heard by the others, and stands in what was said") {
  kit t{"lounge:a"};
  auto ada = t.join();
  auto bob = t.join();
  CHECK(bob.call("whisper", "psst").ok());
  CHECK(ada.news() == "subscribed 0\nbroadcast psst null");
  CHECK(never_heard(bob.heard(), "broadcast psst"));
  CHECK(t.broadcasts("psst").size() == 1);
}

TEST_CASE("who comes in hears what is said from then on, and from a position what was said since") {
  kit t{"lounge:a"};
  auto ada = t.join();
  ada.call("say", remark{"one"});
  const auto between = ada.at();
  ada.call("say", remark{"two"});
  auto bob = t.join();
  CHECK(heard_exactly(bob.heard(), {"subscribed 1"}));
  auto eve = t.join({}, {.since = between});
  CHECK(heard_exactly(eve.heard(), {"subscribed recovered 2", R"(broadcast said {"text":"two"})"}));
  CHECK(eve.broadcasts("said").size() == 1);
}

TEST_CASE("more than a page of history is read on, and what was said meanwhile comes behind it") {
  kit t{"lounge:a"};
  auto ada = t.join();
  const auto before = ada.at();
  const std::string much(10'000, '.');
  for (int i = 0; i < 50; ++i)
    ada.call("say", remark{std::to_string(i) + much});
  auto bob = t.join({}, {.since = before});
  const auto said = bob.broadcasts<remark>("said");
  REQUIRE(said.size() == 50);
  for (std::size_t i = 0; i < 50; ++i)
    CHECK(said[i].text == std::to_string(i) + much);
}

TEST_CASE("what is said while nobody is there is known, if it is kept") {
  kit t{"lounge:a"};
  CHECK(t.publish("news", 1).ok());
  CHECK(t.publish("whiff", 2, {.ephemeral = true}).ok());
  CHECK(t.broadcasts<int>("news") == std::vector{1});
  CHECK(t.broadcasts("whiff").empty());
  auto ada = t.join();
  t.publish("whiff", 3, {.ephemeral = true});
  t.publish("news", 4);
  CHECK(t.broadcasts<int>("news") == std::vector{1, 4});
  CHECK(ada.news() == "subscribed 0\nephemeral whiff 3\nbroadcast news 4");
  REQUIRE(t.history().size() == 2);
  CHECK(t.history().back()->data.as<int>() == 4);
}

TEST_CASE("thousands of broadcasts with nobody to command are all heard") {
  kit t{"lounge:a"};
  auto ada = t.join();
  CHECK(ada.call("tick", 1000).ok());
  t.pass(2000s);
  CHECK(ada.broadcasts("tick").size() == 2000);
}

TEST_CASE("what an outlet would call is heard from member 0, and answered, also without members") {
  kit t{"lounge:a"};
  CHECK(t.call("say", remark{"hi"}).as<std::string>() == "said");
  CHECK(t.broadcasts<remark>("said").back().text == "hi");
  CHECK(t.call("say", remark{""}) == error_code::refused);
  CHECK(t.call("sing") == error_code::unknown_event);
  const auto late = t.call("wait", {}, {.timeout = 5s});
  CHECK(late.waiting());
  t.pass(5s);
  CHECK(late == error_code::timeout);
}

// -- refusals -----------------------------------------------------------------

TEST_CASE("a refusal is an answer that says why, and data of the wrong shape one that names the field") {
  kit t{"lounge:a"};
  auto ada = t.join();
  const auto told = ada.call("say", remark{""});
  CHECK(told == error_code::refused);
  CHECK(to_string(told) == "error refused: say something");
  CHECK(ada.call("say", 7) == error_code::bad_message);
  CHECK(ada.call("sing") == error_code::unknown_event);
  CHECK_THROWS_WITH(told.as<int>(), "call say of s1 has no reply: error refused: say something");
}

TEST_CASE("who is not let in is out, and may ask again") {
  kit t{"lounge:a"};
  auto eve = t.join("no");
  CHECK(eve.joined() == error_code::refused);
  CHECK_FALSE(eve.is_in());
  CHECK(t.members().empty());
  CHECK(eve.call("say", remark{"hi"}) == error_code::not_joined);
  CHECK(eve.join().ok());
  CHECK(eve.is_in());
}

TEST_CASE("rights are those of the namespace that fits the name") {
  const auto with = [](const std::string& line) { return "[[namespace]]\npattern = \"lounge:*\"\n" + line + "\n"; };
  kit closed{"lounge:a", with("subscribe = \"nobody\"")};
  CHECK(closed.join().joined() == error_code::refused);
  CHECK(closed.join({}, {.invited = true}).joined().ok());
  kit anyone{"lounge:a", with("call = \"anyone\"")};
  CHECK(anyone.client().call("say", remark{"hi"}).ok());
  kit spoken{"lounge:a", with("publish = \"members\"")};
  CHECK(spoken.join().publish("note", 1).ok());
  CHECK(spoken.client().publish("note", 1) == error_code::not_joined);
  kit silent{"lounge:a"};
  CHECK(silent.join().publish("note", 1) == error_code::refused);
}

TEST_CASE("options beside the class hold, and a namespace of the configuration has the last word") {
  kit spoken{"lounge:a", {.publish = troupe::members, .history = {.size = 1}}};
  auto ada = spoken.join();
  CHECK(ada.publish("note", 1).ok());
  CHECK(ada.publish("note", 2).ok());
  CHECK(spoken.history().size() == 1);
  troupe::node_settings said;
  said.set("limits.calls_per_session", 1).load_text("[[namespace]]\npattern = \"lounge:*\"\npublish = \"nobody\"", "file");
  kit silent{"lounge:a", said, {.publish = troupe::members}};
  auto bob = silent.join();
  CHECK(bob.publish("note", 1) == error_code::refused);
  bob.call("wait");
  CHECK(bob.call("wait") == error_code::limit);
  CHECK_THROWS_AS((kit{"lounge:a", {.subscribe = troupe::members}}), troupe::settings_error); // anyone, nobody
}

TEST_CASE("a bad name or configuration is refused with all that is wrong") {
  CHECK_THROWS_AS((kit{""}), std::invalid_argument);
  CHECK_THROWS_WITH((kit{"lounge:a", "[limits]\nchanels = 1\n[channels]\nidle = \"soon\"\n"}),
                    Catch::Matchers::Contains("limits.chanels") && Catch::Matchers::Contains("channels.idle"));
}

TEST_CASE("a repeated key is heard once, and limits that are passed are known") {
  kit t{"lounge:a", "[limits]\ncalls_per_session = 2\n"};
  auto ada = t.join();
  CHECK(ada.call("count", {}, {.key = "k"}).as<int>() == 1);
  CHECK(ada.call("count", {}, {.key = "k"}).as<int>() == 1);
  CHECK(ada.call("count").as<int>() == 2);
  ada.call("wait");
  ada.call("wait");
  CHECK(ada.call("wait") == error_code::limit);
  CHECK(t.limits_passed() == std::vector<std::string>{"limits.calls_per_session"});
}

// -- promises, questions, timers ----------------------------------------------

TEST_CASE("a promise is an answer that waits, until it is kept or its time is over") {
  kit t{"lounge:a"};
  auto ada = t.join();
  const auto kept = ada.call("wait");
  const auto late = ada.call("wait", {}, {.timeout = 50ms});
  CHECK(kept.waiting());
  CHECK(to_string(kept) == "no answer yet");
  CHECK_THROWS_AS(kept.data(), troupe::testing::unmet);
  t.pass(60ms);
  CHECK(late == error_code::timeout);
  CHECK(kept.waiting());
  CHECK(ada.call("serve", "soup").ok());
  CHECK(kept.as<std::string>() == "soup");
}

TEST_CASE("questions are answered in their order, and a quorum is enough") {
  kit t{"lounge:a"};
  auto ada = t.join();
  auto bob = t.join();
  auto eve = t.join();
  ada.call("ask", "tea?");
  CHECK(bob.asks("tea?").size() == 1);
  ada.reply(true);
  CHECK(t.broadcasts("answered").empty());
  eve.reply(false);
  CHECK(t.broadcasts<int>("answered").back() == 2);
  CHECK_THROWS_AS(ada.reply(true), troupe::testing::unmet);
  ada.call("ask", "cake?");
  t.pass(5s);
  CHECK(t.broadcasts<int>("answered").back() == 0);
}

TEST_CASE("time passes at once, in the channel's clock and its timers") {
  kit t{"lounge:a"};
  auto ada = t.join();
  ada.call("tick", 250);
  const auto before = t.now();
  t.pass(1s);
  CHECK(t.now() == before + 1000);
  CHECK(ada.broadcasts<std::int64_t>("tick") == std::vector<std::int64_t>{before + 250, before + 500, before + 750, before + 1000});
}
