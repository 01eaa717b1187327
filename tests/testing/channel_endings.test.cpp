// A channel under test: clients that drop and return, crashes, the store, ends and beginnings.

#include "tests/testing/lounge.hpp"

#include <troupe/testing.hpp>

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using troupe::error_code;
using troupe::payload;
using troupe::testing::heard_exactly;
using troupe::testing::test::lounge;
using troupe::testing::test::remark;

using kit = troupe::testing::channel_under_test<lounge>;
using texts = std::vector<std::string>;

namespace {

/// Whose members say who they are.
class introduced : public troupe::channel {
  troupe::join_result on_join(const troupe::member&, const payload& params) override {
    return troupe::accept().presence(params);
  }
};

} // namespace

// -- clients ------------------------------------------------------------------

TEST_CASE("who drops stays a member, and hears on return what it missed") {
  kit t{"lounge:a"};
  auto ada = t.join();
  auto bob = t.join();
  const auto owed = bob.call("wait");
  bob.drop();
  REQUIRE(t.members().size() == 2);
  CHECK(t.members().back().away);
  ada.call("say", remark{"still there?"});
  ada.call("serve", "soup");
  CHECK(bob.news() == "subscribed 1");
  CHECK(owed.waiting());
  CHECK_THROWS_AS(bob.call("count"), troupe::testing::unmet);
  bob.come_back();
  CHECK(bob.news() == "broadcast said {\"text\":\"still there?\"}\nreply \"soup\"");
  CHECK(owed.as<std::string>() == "soup");
  CHECK(t.object().notes == texts{"away s2", "back s2"});
}

TEST_CASE("who stays away for longer than the resume window is lost") {
  kit t{"lounge:a", "[session]\nresume_window = \"5s\"\n"};
  auto ada = t.join();
  auto bob = t.join();
  bob.drop();
  t.pass(4999ms);
  CHECK(bob.is_in());
  t.pass(1ms);
  CHECK_FALSE(bob.is_in());
  CHECK(t.object().notes == texts{"away s2", "leave s2 lost"});
  CHECK_THROWS_AS(bob.come_back(), troupe::testing::unmet);
  CHECK(bob.join().ok());
}

TEST_CASE("leaves have their reasons, and each is told once") {
  kit t{"lounge:a"};
  auto ada = t.join();
  auto bob = t.join();
  auto eve = t.join();
  auto joe = t.join();
  CHECK(ada.leave().ok());
  bob.lose();
  t.kick(eve);
  t.join().call("kick", to_string(joe.id()));
  CHECK(t.object().notes == texts{"leave s1 left", "leave s2 lost", "leave s3 kicked", "leave s4 kicked"});
  CHECK(heard_exactly(ada.heard(), {"subscribed", "unsubscribed left"}));
  CHECK(heard_exactly(bob.heard(), {"subscribed"}));
  CHECK(heard_exactly(eve.heard(), {"subscribed", "unsubscribed kicked"}));
  CHECK(heard_exactly(joe.heard(), {"subscribed", "unsubscribed too loud"}));
  CHECK(t.members().size() == 1);
}

TEST_CASE("who reads presence is told who is there, and what changes") {
  kit t{"lounge:a"};
  auto ada = t.join({}, {.user = "ada", .presence = true});
  auto bob = t.join({}, {.user = "bob"});
  t.pass(100ms);
  bob.leave();
  t.pass(100ms);
  CHECK(ada.news() == "subscribed 0\npresence all +s1\npresence +s2 came bob\npresence -s2 gone bob");
}

TEST_CASE("what a member says of itself is in the presence that others hear") {
  troupe::testing::channel_under_test<introduced> t{"lounge:a"};
  auto ada = t.join("Ada", {.presence = true});
  auto bob = t.join("Bob");
  t.pass(100ms);
  CHECK(ada.heard().back().data == payload::of(std::map<std::string, std::string>{{to_string(bob.id()), "Bob"}}));
  bob.leave();
  t.pass(100ms);
  CHECK(ada.heard().back().data.is_null());
}

// -- crashes ------------------------------------------------------------------

TEST_CASE("a crash costs the state since the last snapshot, and no member") {
  kit t{"lounge:a"};
  auto ada = t.join();
  CHECK(ada.call("vote").as<int>() == 1);
  ada.call("count");
  t.crash("a test");
  CHECK(t.restarts() == 1);
  CHECK(ada.is_in());
  CHECK(ada.call("count").as<int>() == 2);
  t.pass(1s);
  t.crash();
  CHECK(ada.call("count").as<int>() == 3);
}

TEST_CASE("what a handler threw stands in its caller's answer and among the failures") {
  kit t{"lounge:a"};
  auto ada = t.join();
  const auto told = ada.call("boom");
  CHECK(told == error_code::internal);
  CHECK(to_string(told).find("boom: out of tea") != std::string::npos);
  CHECK(t.failures() == texts{"boom: out of tea"});
  t.store().fail();
  const auto unkept = ada.call("vote");
  CHECK(to_string(unkept).find("out of tea") == std::string::npos); // which was not its doing
  CHECK(t.restarts() == 0);
}

TEST_CASE("a channel that crashes too often gives up, and begins again on next use") {
  kit t{"lounge:a", "[channels]\nrestart_intensity = 2\n"};
  auto ada = t.join();
  for (int i = 0; i < 3; ++i)
    t.crash();
  CHECK_FALSE(t.lives());
  CHECK_THROWS_AS(t.object(), troupe::testing::unmet);
  CHECK(heard_exactly(ada.heard(), {"subscribed", "unsubscribed channel failed"}));
  CHECK(ada.join().ok());
  CHECK(t.lives());
}

TEST_CASE("when the actor dies members come in again, and what was under way is answered") {
  kit t{"lounge:a"};
  auto ada = t.join();
  ada.call("vote");
  const auto owed = ada.call("wait");
  t.kill_actor();
  CHECK(owed == error_code::unavailable);
  CHECK(ada.is_in());
  CHECK(t.restarts() == 0);
  CHECK(ada.call("vote").as<int>() == 2);
  t.publish("news", 1);
  CHECK(ada.broadcasts("news").size() == 1);
  CHECK(heard_exactly(ada.heard(), {"subscribed", "reply 1", "error unavailable", "reply 2", "broadcast news"}));
}

// -- ends and beginnings ------------------------------------------------------

TEST_CASE("a channel that stops sends its members away, and begins again with its snapshot and history") {
  kit t{"lounge:a"};
  auto ada = t.join();
  ada.call("say", remark{"hi"});
  ada.call("count");
  ada.call("stop");
  CHECK_FALSE(t.lives());
  CHECK_FALSE(ada.is_in());
  CHECK(ada.heard().back().words == "closing time");
  CHECK(t.snapshot()->as<int>() == 1);
  CHECK(t.history().size() == 1);
  CHECK(ada.join().ok());
  CHECK(ada.call("count").as<int>() == 2);
}

TEST_CASE("a channel that nobody needs is stopped after its time, and not before") {
  kit t{"lounge:a", "[channels]\nidle = \"10s\"\n"};
  auto ada = t.join();
  t.pass(60s);
  CHECK(t.lives());
  ada.leave();
  t.pass(9999ms);
  CHECK(t.lives());
  t.pass(1ms);
  CHECK_FALSE(t.lives());
}

TEST_CASE("an object is given the snapshot of an earlier version, and one that throws is no end") {
  kit t{"lounge:a"};
  t.restart_from(41);
  auto ada = t.join();
  CHECK(ada.call("count").as<int>() == 42);
  t.restart();
  CHECK(ada.join().ok());
  CHECK(ada.call("count").as<int>() == 43);
  t.restart_from("what?");
  CHECK_FALSE(t.failures().empty());
  CHECK(ada.join().ok());
}

// -- the store ----------------------------------------------------------------

TEST_CASE("a store that takes its time holds back what waits for it, and nothing else") {
  kit t{"lounge:a"};
  auto ada = t.join();
  t.store().hold();
  const auto told = ada.call("vote");
  const auto quick = ada.call("count");
  CHECK(told.waiting());
  CHECK(quick.ok());
  CHECK(t.store().waiting() == 1);
  t.store().answer();
  CHECK(told.ok());
  const auto more = ada.call("vote");
  t.store().let_go();
  CHECK(more.ok());
  CHECK(ada.call("vote").ok());
}

TEST_CASE("a store that fails costs the answers that waited for it") {
  kit t{"lounge:a"};
  auto ada = t.join();
  t.store().fail();
  CHECK(ada.call("vote") == error_code::internal);
  CHECK(t.failures().size() == 1);
  CHECK(ada.call("vote").ok());
  t.store().fail();
  CHECK(t.publish("news", 1) == error_code::unavailable);
  CHECK(t.broadcasts("news").empty());
}

TEST_CASE("history on disk is read after the handler, and what it holds is heard") {
  kit t{"lounge:a", "[[namespace]]\npattern = \"lounge:*\"\nhistory_store = \"disk\"\n"};
  auto ada = t.join();
  CHECK(ada.call("say", remark{"hi"}).ok());
  CHECK(ada.call("vote").ok());
  CHECK(t.history().size() == 1);
  t.store().hold();
  const auto told = ada.call("say", remark{"later"});
  CHECK(ada.broadcasts("said").size() == 1);
  t.kill_actor(); // with what it asked the store for
  t.store().let_go();
  CHECK(ada.broadcasts("said").size() == 1);
  CHECK(ada.call("say", remark{"again"}).ok());
  CHECK(ada.broadcasts("said").size() == 2);
}
