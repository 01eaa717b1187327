/// What a session notices of its shard's links: nothing, or an answer.

#include "tests/actors/sessions/shard_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;

namespace {

protocol::call call(std::optional<std::int64_t> timeout = {}) { return {"room:1", "act", {}, timeout}; }

effect answer(std::uint64_t who, std::int64_t id, command_number to) {
  return said{session_id{who}, protocol::reply{id, {}}, to};
}

/// One member, whose join was command 1.
std::uint64_t a_member(shard_fixture& d, offset_t at = 0) {
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, at);
  d.read(who);
  d.commands();
  return who;
}

} // namespace

TEST_CASE("a call whose channel is busy is told timeout when it is due, and its late answer comes to nobody", "[link]") {
  shard_fixture d;
  const auto who = a_member(d);
  d.say(who, call(500), std::int64_t{2});
  d.say(who, call(), std::int64_t{3}); // the default
  CHECK(d.inside().find_session(session_id{who})->under_way() == 2);
  d.pass(400ms);
  CHECK(d.read(who).empty());
  d.pass(200ms);
  CHECK(d.read(who) == "error timeout 2");
  // The channel still has it to do: else one client fills its queue with calls that are due at once.
  CHECK(d.inside().find_session(session_id{who})->under_way() == 2);
  d.take_numbered({answer(who, 2, 2)}, {2});
  CHECK(d.read(who).empty());
  CHECK(d.inside().find_session(session_id{who})->under_way() == 1);
  d.pass(10s);
  CHECK(d.read(who) == "error timeout 3");
  d.take_numbered({answer(who, 3, 3)}, {3});
  CHECK(d.read(who).empty());
  CHECK(d.inside().find_session(session_id{who})->under_way() == 0);
}

TEST_CASE("a call that waits for its channel to be found is told timeout, too", "[link]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.say(who, call(300), std::int64_t{2});
  d.pass(400ms);
  CHECK(d.read(who) == "error timeout 2");
}

TEST_CASE("after a later answer and a dead actor each command has one answer", "[link]") {
  shard_fixture d;
  const auto who = a_member(d);
  d.say(who, call(), std::int64_t{2});
  d.say(who, call(), std::int64_t{3});
  d.take_numbered({answer(who, 3, 3)}, {3}); // the later one first
  CHECK(d.read(who) == "reply");
  d.lost();
  CHECK(d.read(who) == "error unavailable 2");
  CHECK(d.inside().find_session(session_id{who})->under_way() == 1); // its join, that is repeated
}

TEST_CASE("a call that was told timeout is not told of its channel's death as well", "[link]") {
  shard_fixture d;
  const auto who = a_member(d);
  d.say(who, call(100), std::int64_t{2});
  d.pass(200ms);
  CHECK(d.read(who) == "error timeout 2");
  d.lost();
  CHECK(d.read(who).empty());
  CHECK(d.inside().find_session(session_id{who})->under_way() == 1);
}

TEST_CASE("a batch that comes twice is taken once", "[link]") {
  shard_fixture d;
  const auto who = a_member(d);
  d.publish(1);
  d.repeat();
  CHECK(d.read(who) == "+1");
  d.publish(2);
  CHECK(d.read(who) == "+2");
}

TEST_CASE("after a batch that did not come members go on from where they stand, and commands are answered", "[link]") {
  shard_fixture d;
  const auto who = a_member(d, 4);
  d.publish(5);
  CHECK(d.read(who) == "+5");
  d.say(who, call(), std::int64_t{2});
  d.commands();
  d.lose();
  d.publish(7);
  CHECK(d.read(who) == "error unavailable 2");
  CHECK(d.commands() == "s1 join since 5 again");
  d.repeat(); // of the link before
  CHECK(d.read(who).empty());
  page rest;
  rest.items = {shard_fixture::publication(6), shard_fixture::publication(7)};
  d.admit(who, 5, rest, true, true);
  d.publish(8);
  CHECK(d.read(who) == "+6; +7; +8");
}

TEST_CASE("a link that is broken is named anew at once, also with nobody to come in again", "[link]") {
  shard_fixture d;
  const auto who = a_member(d);
  d.say(who, protocol::unsubscribe{"room:1"}, std::int64_t{2});
  d.take({left{session_id{who}, {std::int64_t{2}, "room:1", "left"}, leave_reason::left}}, {session_id{who}});
  CHECK(d.read(who) == "unsubscribed left!");
  const auto before = d.link();
  d.commands();
  d.lose();
  d.take({});
  CHECK(d.link().slot > before.slot);
  CHECK(d.commands().empty());
}

TEST_CASE("a silent link with commands under way is asked", "[link]") {
  shard_fixture d;
  const auto who = a_member(d);
  d.say(who, protocol::publish{"room:1", "e", {}, {}, true, false}, std::int64_t{2});
  CHECK(d.probes() == 0);
  d.pass(25s);
  CHECK(d.probes() > 0);
  d.take({}, {session_id{who}});
  const auto so_far = d.probes();
  d.pass(60s);
  CHECK(d.probes() == so_far);
}

TEST_CASE("who leaves is answered, also if its link had no room for the answer to its join", "[link]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.take({join_refused{session_id{who}, {std::int64_t{1}, {error_code::busy, "no room"}, "room:1"}}}, {session_id{who}});
  CHECK(d.read(who) == "error busy 1");
  d.take({left{session_id{who}, {std::int64_t{2}, "room:1", "left"}, leave_reason::left}});
  CHECK(d.read(who) == "unsubscribed left!");
}

TEST_CASE("a channel that is refused leaves nothing behind on the shard", "[link]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.say(who, protocol::publish{"room:1", "e", {}, {}, true, false}, std::int64_t{2});
  CHECK(d.inside().describe().channels == 1);
  d.inside().refused("room:1", {error_code::limit, "too many channels"}, false);
  d.flush();
  CHECK(d.read(who) == "error limit 2; error limit 1");
  CHECK(d.inside().describe().channels == 0);
  CHECK(d.inside().find_session(session_id{who})->under_way() == 0);
}
