#include "shard_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

page of(std::vector<offset_t> offsets, bool last = true) {
  page p;
  for (const auto o : offsets)
    p.items.push_back(shard_fixture::publication(o));
  p.last = last;
  return p;
}

effect push_to(std::uint64_t who, const char* name) {
  return said{session_id{who}, protocol::push{"room:1", name, {}, 0}};
}

effect last_word(std::uint64_t who, protocol::request_id id = {}) {
  return left{session_id{who}, {std::move(id), "room:1", "left"}, leave_reason::left};
}

config::settings small_log(std::size_t entries) {
  config::settings s;
  s.limits.log_entries = entries;
  return s;
}

} // namespace

TEST_CASE("private messages are read where they were said between publications", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  CHECK(d.commands() == "s1 join");
  d.admit(who, 4);
  d.take({published{shard_fixture::publication(5)}, push_to(who, "a"), published{shard_fixture::publication(6)}, push_to(who, "b")});
  CHECK(d.read(who) == "subscribed 4; +5; push a; +6; push b");
}

TEST_CASE("a slow reader keeps its place; unsubscribed drops nothing said before", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, 0);
  d.client(who).entries_max = 1;
  d.take({published{shard_fixture::publication(1)}, push_to(who, "a"), published{shard_fixture::publication(2)}, last_word(who),
          published{shard_fixture::publication(3)}});
  CHECK(d.read(who) == "subscribed 0; +1");
  d.client(who).entries_max = 9;
  CHECK(d.read(who) == "push a; +2; unsubscribed left");
}

TEST_CASE("a replay is read before the log, page by page, with what was said on the way", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who, position{"e", 1});
  d.found();
  CHECK(d.commands() == "s1 join since 1");
  d.admit(who, 1, of({2, 3}, false), true);
  d.publish(7);
  d.take({push_to(who, "a")});
  CHECK(d.read(who) == "subscribed 1; +2; +3");
  CHECK(d.commands() == "s1 read 3");
  d.take({read_page{session_id{who}, of({4, 6, 7})}});
  CHECK(d.read(who) == "+4; +6; +7; push a");
  d.publish(8);
  CHECK(d.read(who) == "+8");
}

TEST_CASE("a page tells what it misses", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  auto replay = of({5});
  replay.missed = protocol::gap{"room:1", {"e", 4}, 3};
  d.admit(who, 1, std::move(replay));
  CHECK(d.read(who) == "subscribed 1; gap 4 -3; +5");
}

TEST_CASE("a reader behind the log's tail is told a gap, and reads what is excepted as a hole", "[shard]") {
  shard_fixture d{small_log(2)};
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, 0);
  d.client(who).entries_max = 0;
  for (offset_t o = 1; o <= 5; ++o)
    d.publish(o);
  CHECK(d.read(who) == "subscribed 0; gap 3 -3");
  d.client(who).entries_max = 99;
  CHECK(d.read(who) == "+4; +5");
  d.take({published{shard_fixture::publication(6, {session_id{who}})}, published{shard_fixture::publication(7)}});
  CHECK(d.read(who) == "+7");
}

TEST_CASE("the latest of each event: as far as there is room, for whom it is, then how much is missing", "[shard]") {
  config::settings how = small_log(8);
  how.namespaces.push_back({});
  how.namespaces.back().pattern = "room:*";
  how.namespaces.back().overflow = config::overflow_policy::latest;
  how.namespaces.back().publish = config::permission::anyone;
  shard_fixture d{how};
  const auto slow = d.open(), other = d.open();
  for (const auto who : {slow, other})
    d.subscribe(who);
  d.found();
  d.admit(slow, 0);
  d.admit(other, 0);
  d.client(slow).entries_max = d.client(other).entries_max = 0;
  for (offset_t o = 1; o <= 17; ++o)
    d.take({published{shard_fixture::publication(o, {}, o % 2 ? "odd" : "even")}});
  d.take({push_to(slow, "a"), published{shard_fixture::publication(18, {session_id{slow}}, "even")},
          published{shard_fixture::publication(19, {}, "once")}, published{shard_fixture::publication(0, {}, "odd")}});
  CHECK(d.read(slow) == "subscribed 0");
  d.client(slow).entries_max = 1;
  CHECK(d.read(slow) == "+16");
  d.client(slow).entries_max = 99;
  CHECK(d.read(slow) == "push a; +19; ~; gap 19 -17"); // 1-15, 17, and 18, which was not for it
  d.client(other).entries_max = 99;
  CHECK(d.read(other) == "+18; +19; ~; gap 19 -17");
  d.publish(20);
  CHECK(d.read(slow) == "+20");
}

TEST_CASE("skipped is told as a gap to those behind, and to nobody who comes after", "[shard]") {
  shard_fixture d;
  const auto a = d.open(), b = d.open();
  d.subscribe(a);
  d.subscribe(b);
  d.found();
  d.admit(a, 0);
  d.take({skipped{{"e", 9}}, joined{session_id{b}, {std::int64_t{1}, "room:1", {"e", 9}, {}, {}}, {}, false, false},
          published{shard_fixture::publication(10)}});
  CHECK(d.read(a) == "subscribed 0; gap 9 -9; +10");
  CHECK(d.read(b) == "subscribed 9; +10");
}

TEST_CASE("another epoch is a gap of unknown size", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, 7);
  d.epoch = std::string(1, 'f'); // GCC 12 warns of a copy it invents for "f"
  d.take({epoch_changed{{"f", 0}}, published{shard_fixture::publication(1)}});
  CHECK(d.read(who) == "subscribed 7; gap 0; +1");
}

// -- joins --------------------------------------------------------------------

TEST_CASE("a refused join ends it; the error of another command does not", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.say(who, protocol::publish{"room:1", "e", {}, {}, true, false}, std::int64_t{7});
  d.take({said{session_id{who}, protocol::error{std::int64_t{7}, {error_code::refused, "no"}, "room:1"}}},
         {session_id{who}});
  d.admit(who, 3);
  d.publish(4);
  CHECK(d.read(who) == "error refused 7; subscribed 3; +4");
  const auto other = d.open();
  d.subscribe(other);
  d.take({join_refused{session_id{other}, {std::int64_t{1}, {error_code::refused, "no"}, "room:1"}}}, {session_id{other}});
  CHECK(d.read(other) == "error refused 1");
  d.subscribe(other);
  CHECK(d.read(other).empty()); // may try again
}

TEST_CASE("the answer to a leave that came too late ends nothing that began since", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, 0);
  d.read(who);
  d.say(who, protocol::unsubscribe{"room:1"}, std::int64_t{2});
  d.take({left{session_id{who}, {{}, "room:1", "kicked"}, leave_reason::kicked}});
  CHECK(d.read(who) == "unsubscribed kicked");
  d.subscribe(who);
  d.take({said{session_id{who}, protocol::unsubscribed{std::int64_t{2}, "room:1", "left"}}}, {session_id{who}});
  d.admit(who, 0);
  d.publish(1);
  CHECK(d.read(who) == "unsubscribed left!; subscribed 0; +1");
}

TEST_CASE("a last word that waits answers the leave that came meanwhile", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, 0);
  d.client(who).entries_max = 0;
  d.publish(1);
  d.say(who, protocol::unsubscribe{"room:1"}, std::int64_t{2});
  d.take({left{session_id{who}, {{}, "room:1", "kicked"}, leave_reason::kicked}});
  d.take({said{session_id{who}, protocol::unsubscribed{std::int64_t{2}, "room:1", "left"}}}, {session_id{who}});
  CHECK(d.read(who) == "subscribed 0");
  d.client(who).entries_max = 9;
  CHECK(d.read(who) == "+1; unsubscribed kicked!");
}

TEST_CASE("what comes between a last word and its writing takes nothing away from who is leaving", "[shard]") {
  shard_fixture d;
  const auto a = d.open(), b = d.open();
  d.subscribe(a);
  d.found();
  d.admit(a, 0);
  d.subscribe(b);
  // The next one finds that something was published while nobody was in.
  d.take({published{shard_fixture::publication(1)}, published{shard_fixture::publication(2)}, last_word(a), skipped{{"e", 3}},
          joined{session_id{b}, {std::int64_t{1}, "room:1", {"e", 3}, {}, {}}, {}, false, false, 3},
          published{shard_fixture::publication(4)}});
  CHECK(d.read(a) == "subscribed 0; +1; +2; unsubscribed left");
  CHECK(d.read(b) == "subscribed 3; +4");
}

TEST_CASE("who is slow reads up to what is missing, is told how much, and goes on", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, 0);
  d.client(who).entries_max = 0;
  d.take({published{shard_fixture::publication(1)}, skipped{{"e", 5}}, published{shard_fixture::publication(6)}, skipped{{"e", 6}},
          published{shard_fixture::publication(7)}});
  d.client(who).entries_max = 9;
  CHECK(d.read(who) == "subscribed 0; +1; gap 5 -4; +6; +7");
}

// -- haste --------------------------------------------------------------------

namespace {

/// The commands of one write, each with the id that follows: "s2 u3 s4".
void hurry(shard_fixture& d, std::uint64_t who, const std::string& commands) {
  for (std::size_t i = 0; i + 1 < commands.size(); i += 3) {
    const protocol::request_id id = std::int64_t{commands[i + 1] - '0'};
    if (commands[i] == 's')
      d.say(who, protocol::subscribe{"room:1", {}, {}, false}, id);
    else if (commands[i] == 'u')
      d.say(who, protocol::unsubscribe{"room:1"}, id);
    else
      d.say(who, protocol::publish{"room:1", "e", {}, {}, true, false}, id);
  }
}

effect let_in_by(std::uint64_t who, std::int64_t id, offset_t at) {
  return joined{session_id{who}, {protocol::request_id{id}, "room:1", {"e", at}, {}, {}}, {}, false, false, at};
}

} // namespace

TEST_CASE("in, out, in, out in one breath ends out, in that order", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  hurry(d, who, "s1 u2 s3 u4");
  d.found();
  CHECK(d.commands() == "s1 join; s1 leave left");
  d.take({let_in_by(who, 1, 0), last_word(who, std::int64_t{2})}, {session_id{who}, session_id{who}});
  CHECK(d.read(who) == "subscribed 0; unsubscribed left!");
  d.flush();
  CHECK(d.commands() == "s1 join; s1 leave left");
  d.take({let_in_by(who, 3, 0), last_word(who, std::int64_t{4})}, {session_id{who}, session_id{who}});
  CHECK(d.read(who) == "subscribed 0; unsubscribed left!");
  CHECK(d.commands().empty());
  CHECK(d.inside().find_session(session_id{who})->under_way() == 0);
  CHECK(d.inside().find_session(session_id{who})->waiting_bytes() == 0);
}

TEST_CASE("what is published after coming in again is not published before", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  hurry(d, who, "s1 u2 s3 p4 p5");
  d.found();
  CHECK(d.commands() == "s1 join; s1 leave left");
  d.take({let_in_by(who, 1, 0), last_word(who, std::int64_t{2})}, {session_id{who}, session_id{who}});
  d.flush();
  CHECK(d.commands() == "s1 join; s1 other; s1 other");
}

TEST_CASE("in, out and in again while the broker refuses: each is answered, and it may try again", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  hurry(d, who, "s1 u2 s3");
  const auto asked = d.asked_broker();
  d.inside().refused("room:1", {error_code::unavailable, "failed"}, false);
  CHECK(d.read(who) == "error unavailable 1; unsubscribed left!");
  CHECK(d.asked_broker() == asked + 1); // for the third
  d.inside().refused("room:1", {error_code::unavailable, "failed"}, false);
  CHECK(d.read(who) == "error unavailable 3");
  hurry(d, who, "s4");
  CHECK(d.asked_broker() == asked + 2);
  d.found();
  CHECK(d.commands() == "s1 join");
  d.take({let_in_by(who, 4, 0)}, {session_id{who}});
  CHECK(d.read(who) == "subscribed 0");
  CHECK(d.inside().find_session(session_id{who})->under_way() == 0);
}

TEST_CASE("in, out and in again while the channel is lost: each is answered, and it is in", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  hurry(d, who, "s1 u2 s3");
  d.found();
  d.commands();
  d.inside().lost("room:1", false);
  d.flush();
  CHECK(d.read(who) == "error unavailable 1; unsubscribed left!");
  d.found();
  CHECK(d.commands() == "s1 join");
  d.take({let_in_by(who, 3, 0)}, {session_id{who}});
  CHECK(d.read(who) == "subscribed 0");
  CHECK(d.inside().find_session(session_id{who})->under_way() == 0);
}

TEST_CASE("the API takes out one that has only asked to come in again", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  hurry(d, who, "s1");
  d.found();
  d.take({let_in_by(who, 1, 0)}, {session_id{who}});
  hurry(d, who, "u2 s3");
  d.commands();
  auto& s = *d.inside().find_session(session_id{who});
  CHECK(s.dismiss("room:1"));
  CHECK_FALSE(s.dismiss("room:1")); // is on its way out for good
  d.take({last_word(who, std::int64_t{2})}, {session_id{who}});
  d.flush();
  CHECK(d.commands() == "s1 join; s1 leave kicked");
}

TEST_CASE("an unsubscribe under way when the channel is lost is answered by the last word", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  hurry(d, who, "s1");
  d.found();
  d.take({let_in_by(who, 1, 0)}, {session_id{who}});
  d.read(who);
  hurry(d, who, "u2");
  d.inside().lost("room:1", false);
  CHECK(d.read(who) == "unsubscribed left!");
}

// -- a channel that is lost ---------------------------------------------------

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
          joined{session_id{who}, {{}, "room:1", {"e", 1}, true, {}}, of({2, 3, 4}), false, true}}, {session_id{who}});
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
  d.take({skipped{{"e", 9}}, joined{session_id{who}, {{}, "room:1", {"e", 9}, false, {}}, {}, false, true}});
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
  d.take({skipped{{"e", 9}}, joined{session_id{who}, {{}, "room:1", {"e", 9}, false, {}}, {}, false, true, 9}});
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
  d.take({joined{session_id{who}, {{}, "room:1", {"e", 1}, true, {}}, of({2}, false), false, true}});
  CHECK(d.read(who) == "+2");
  CHECK(d.commands() == "s1 read 2");
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

// -- credit -------------------------------------------------------------------

TEST_CASE("credit comes back in time, however tight it is", "[shard]") {
  config::settings tight;
  tight.limits.link_batches = GENERATE(1u, 4u, 256u);
  shard_fixture d{tight};
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, 0);
  std::uint32_t sent = 1;
  for (offset_t o = 1; o <= 1000; ++o) {
    ++sent;
    d.publish(o);
    REQUIRE(sent - d.acknowledged() < tight.limits.link_batches);
  }
}
