// What members of a channel hear when its actor dies, stops, or cannot be had.

#include "effects.hpp"
#include "shard_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

TEST_CASE("a slow reader of a channel that is lost stays where it stands and reads nothing twice", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.commands();
  d.admit(who, 0);
  d.client(who).entries_max = 1;
  for (offset_t o = 1; o <= 3; ++o)
    d.publish(o);
  CHECK(d.read(who) == "subscribed 0; +1");
  d.inside().lost("room:1", false);
  d.client(who).entries_max = 99;
  CHECK(d.read(who).empty());
  d.found();
  CHECK(d.commands() == "s1 join since 1 again");
  d.take({skipped{{"e", 4}},
          joined{session_id{who}, {{}, "room:1", {"e", 1}, true, {}}, of({2, 3, 4}), true}}, {session_id{who}});
  d.publish(5);
  CHECK(d.read(who) == "+2; +3; +4; +5");
}

TEST_CASE("a lost channel that has forgotten tells how much", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, 3);
  d.publish(4);
  CHECK(d.read(who) == "subscribed 3; +4");
  d.inside().lost("room:1", false);
  d.found();
  d.take({skipped{{"e", 9}}, joined{session_id{who}, {{}, "room:1", {"e", 9}, false, {}}, {}, true}});
  d.publish(10);
  CHECK(d.read(who) == "gap 9 -5; +10");
}

TEST_CASE("what is told after a loss is counted as long as it waits, and not longer", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, 3);
  d.read(who);
  auto& s = *d.inside().find_session(session_id{who});
  CHECK(s.waiting_bytes() == 0);
  d.inside().lost("room:1", false);
  d.found();
  d.client(who).entries_max = 0;
  d.take({skipped{{"e", 9}}, joined{session_id{who}, {{}, "room:1", {"e", 9}, false, {}}, {}, true, 9}});
  CHECK(s.waiting_bytes() > 0);
  d.client(who).entries_max = 9;
  CHECK(d.read(who) == "gap 9 -6");
  CHECK(s.waiting_bytes() == 0);
}

TEST_CASE("a member that the channel does not take again is told why", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, 0);
  d.inside().lost("room:1", false);
  d.found();
  d.take({join_refused{session_id{who}, {{}, {error_code::refused, "not you"}, "room:1"}}}, {session_id{who}});
  CHECK(d.read(who) == "subscribed 0; unsubscribed not you");
}

TEST_CASE("a join under way when the channel is lost keeps its id and its position", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who, position{"e", 5});
  d.found();
  CHECK(d.commands() == "s1 join since 5");
  d.say(who, protocol::publish{"room:1", "e", {}, {}, true, false}, std::int64_t{7});
  d.inside().lost("room:1", false);
  d.found();
  CHECK(d.commands() == "s1 other; s1 join since 5");
  d.admit(who, 5, of({6}), true);
  CHECK(d.read(who) == "error unavailable 7; subscribed 5; +6");
}

TEST_CASE("an unsubscribe under way when the channel is lost still ends", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, 0);
  d.read(who);
  d.say(who, protocol::unsubscribe{"room:1"}, std::int64_t{2});
  d.commands();
  d.inside().lost("room:1", false);
  d.found();
  CHECK(d.commands().empty());
  CHECK(d.read(who).find("unsubscribed left") != std::string::npos);
  d.subscribe(who);
  CHECK(d.commands() == "s1 join");
}

TEST_CASE("a page that was asked for of a lost channel is asked for again", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who, position{"e", 0});
  d.found();
  d.admit(who, 0, of({1}, false), true);
  CHECK(d.read(who) == "subscribed 0; +1");
  d.inside().lost("room:1", false);
  d.found();
  d.commands();
  d.take({joined{session_id{who}, {{}, "room:1", {"e", 1}, true, {}}, of({2}, false), true}});
  CHECK(d.read(who) == "+2");
  CHECK(d.commands() == "s1 read 2");
}

TEST_CASE("who is out in the midst of a replay whose channel ends is told what is missing and its last word", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who, position{"e", 1});
  d.found();
  d.admit(who, 1, of({2, 3}, false), true, false, 7);
  CHECK(d.read(who) == "subscribed 1; +2; +3");
  const auto gone = [&](bool on_next_use) {
    d.inside().lost("room:1", on_next_use);
    d.flush();
  };
  SECTION("it stopped by itself") {
    d.take({last_word(who)});
    CHECK(d.read(who).empty()); // the page that it has asked for comes before that
    gone(true);
    CHECK(d.read(who) == "gap 7 -4; unsubscribed left");
  }
  SECTION("its actor died") {
    d.take({pushed_to(who, "a"), last_word(who)});
    gone(false);
    CHECK(d.read(who) == "gap 7 -4; push a; unsubscribed left");
  }
  SECTION("it is blocked just then") {
    d.client(who).entries_max = 0;
    d.take({last_word(who)});
    gone(true);
    CHECK(d.read(who).empty());
    d.client(who).entries_max = 9;
    CHECK(d.read(who) == "gap 7 -4; unsubscribed left");
  }
  SECTION("it was on its way out") {
    d.say(who, protocol::unsubscribe{"room:1"}, std::int64_t{2});
    gone(false);
    CHECK(d.read(who) == "gap 7 -4; unsubscribed left!");
  }
  SECTION("the next actor does not take it") {
    gone(false);
    d.found();
    d.take({join_refused{session_id{who}, {{}, {error_code::refused, "not you"}, "room:1"}}}, {session_id{who}});
    CHECK(d.read(who) == "gap 7 -4; unsubscribed not you");
  }
  SECTION("it gave up") {
    d.inside().refused("room:1", {error_code::unavailable, "failed"}, true);
    d.flush();
    CHECK(d.read(who) == "gap 7 -4; unsubscribed channel failed");
  }
  SECTION("its link missed something") {
    d.take({last_word(who)});
    d.lose();
    d.publish(9);
    CHECK(d.read(who) == "gap 7 -4; unsubscribed left");
  }
  SECTION("it goes on in another epoch") {
    d.take({epoch_changed{{"f", 2}}, last_word(who)});
    gone(true);
    CHECK(d.read(who) == "gap 2; unsubscribed left");
  }
  d.commands();
  d.subscribe(who);
  d.found();
  CHECK(d.commands() == "s1 join");
  d.admit(who, 7);
  CHECK(d.read(who) == "subscribed 7");
  CHECK(d.inside().find_session(session_id{who})->waiting_bytes() == 0);
}

TEST_CASE("a command to a channel that stopped by itself has it looked for", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, 0);
  d.client(who).entries_max = 0; // its last word waits
  d.take({published{shard_fixture::publication(1)}, said{session_id{who}, protocol::ask{1, "room:1", "well", {}, 1000}},
          last_word(who)});
  d.inside().lost("room:1", true);
  d.flush();
  const auto asked = d.asked_broker();
  d.commands();
  d.say(who, protocol::answer{1, {}});
  CHECK(d.asked_broker() == asked + 1);
  d.found();
  CHECK(d.commands() == "s1 other");
  d.take({}, {session_id{who}});
  CHECK(d.inside().find_session(session_id{who})->under_way() == 0);
}

TEST_CASE("a channel that stopped by itself is looked for again only when somebody asks", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, 0);
  d.take({last_word(who)});
  const auto asked = d.asked_broker();
  d.inside().lost("room:1", true);
  d.flush();
  CHECK(d.read(who) == "subscribed 0; unsubscribed left");
  CHECK(d.asked_broker() == asked);
  d.subscribe(who);
  CHECK(d.asked_broker() == asked + 1);
}

TEST_CASE("a channel that gave up leaves its last words to be read", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, 0);
  d.client(who).entries_max = 0;
  d.take({published{shard_fixture::publication(1)}, left{session_id{who}, {{}, "room:1", "channel failed"}, leave_reason::channel_failed}});
  d.inside().refused("room:1", {error_code::unavailable, "failed"}, false);
  d.client(who).entries_max = 9;
  CHECK(d.read(who) == "subscribed 0; +1; unsubscribed channel failed");
}

TEST_CASE("a refused channel answers the join under its id", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.inside().refused("room:1", {error_code::unavailable, "failed"}, false);
  CHECK(d.read(who) == "error unavailable 1");
}
