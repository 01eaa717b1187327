// A channel that does not answer a join, because a handler of it does not return: its client waits no longer than for one
// that takes its time to decide.

#include "shard_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;

namespace {

/// A session whose join nobody answers, for 9.9 s so far.
std::uint64_t at_a_closed_door(shard_fixture& d) {
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  CHECK(d.commands() == "s1 join");
  d.pass(9900ms);
  CHECK(d.read(who).empty());
  return who;
}

left goodbye_to(std::uint64_t who) { return {session_id{who}, {{}, "room:1", "left"}, leave_reason::left}; }

} // namespace

TEST_CASE("a join that a stuck channel does not answer is told timeout, and its session leaves behind it", "[shard]") {
  shard_fixture d;
  const auto who = at_a_closed_door(d);
  d.pass(200ms);
  CHECK(d.read(who) == "error timeout 1");
  CHECK(d.commands() == "s1 leave left");
  d.pass(1min);
  CHECK(d.read(who).empty());
  CHECK(d.commands().empty());
}

TEST_CASE("what is said of a join after its time is not told, and it may be asked for again then", "[shard]") {
  shard_fixture d;
  const auto who = at_a_closed_door(d);
  d.pass(200ms);
  d.read(who);
  d.commands();
  d.subscribe(who);
  CHECK(d.read(who) == "error unavailable 1");
  CHECK(d.commands().empty());
  const session_id id{who};
  SECTION("it came in, and went") {
    d.admit(who, 5);
    d.publish(6);
    d.take({said{id, protocol::push{"room:1", "hello", {}, 0}}, said{id, protocol::ask{1, "room:1", "well?", {}, 1000}}});
    d.take({goodbye_to(who)}, {id});
  }
  SECTION("it was refused") {
    d.take({join_refused{id, {std::int64_t{1}, {error_code::refused, "no"}, "room:1"}}}, {id});
    d.take({}, {id});
  }
  SECTION("its actor is lost") {
    d.lost();
    d.found();
    CHECK(d.commands().empty()); // nobody comes in again
  }
  CHECK(d.read(who).empty());
  CHECK(d.inside().find_session(id)->under_way() == 0);
  CHECK(d.inside().find_session(id)->subscriptions().empty());
  d.subscribe(who);
  CHECK(d.commands() == "s1 join");
  d.admit(who, 6);
  CHECK(d.read(who) == "subscribed 6");
}

TEST_CASE("a join that is answered in time has no deadline left, nor has one that is repeated for a lost channel", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, 0);
  CHECK(d.read(who) == "subscribed 0");
  d.lost();
  d.found();
  d.commands();
  d.pass(1min);
  CHECK(d.read(who).empty());
  CHECK(d.commands().empty());
}

TEST_CASE("one that has asked to leave again waits for the answer to that", "[shard]") {
  shard_fixture d;
  const auto who = at_a_closed_door(d);
  d.say(who, protocol::unsubscribe{"room:1"});
  CHECK(d.commands() == "s1 leave left");
  d.pass(1s);
  CHECK(d.read(who).empty());
  CHECK(d.commands().empty());
}
