#include "effects.hpp"
#include "shard_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

TEST_CASE("private messages are read where they were said between publications", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  CHECK(d.commands() == "s1 join");
  d.admit(who, 4);
  d.take({published{shard_fixture::publication(5)}, pushed_to(who, "a"), published{shard_fixture::publication(6)}, pushed_to(who, "b")});
  CHECK(d.read(who) == "subscribed 4; +5; push a; +6; push b");
}

TEST_CASE("a slow reader keeps its place; unsubscribed drops nothing said before", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, 0);
  d.client(who).entries_max = 1;
  d.take({published{shard_fixture::publication(1)}, pushed_to(who, "a"), published{shard_fixture::publication(2)}, last_word(who),
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
  d.take({pushed_to(who, "a")});
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

TEST_CASE("skipped is told as a gap to those behind, and to nobody who comes after", "[shard]") {
  shard_fixture d;
  const auto a = d.open(), b = d.open();
  d.subscribe(a);
  d.subscribe(b);
  d.found();
  d.admit(a, 0);
  d.take({skipped{{"e", 9}}, joined{session_id{b}, {std::int64_t{1}, "room:1", {"e", 9}, {}, {}}, {}, false},
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

TEST_CASE("a replay whose channel goes on in another epoch ends there, with a gap and what was said at its place", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who, position{"e", 1});
  d.found();
  d.admit(who, 1, of({2, 3}, false), true, false, 7);
  CHECK(d.read(who) == "subscribed 1; +2; +3");
  d.take({epoch_changed{{"f", 0}}, published{shard_fixture::publication(1)}, pushed_to(who, "a")});
  CHECK(d.read(who).empty());
  d.take({read_page{session_id{who}, of({4})}}); // of the new one, whose offsets are others
  CHECK(d.read(who) == "gap 0; +1; push a");
  d.publish(2);
  CHECK(d.read(who) == "+2");
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
          joined{session_id{b}, {std::int64_t{1}, "room:1", {"e", 3}, {}, {}}, {}, false, 3},
          published{shard_fixture::publication(4)}});
  CHECK(d.read(a) == "subscribed 0; +1; +2; unsubscribed left");
  CHECK(d.read(b) == "subscribed 3; +4");
}

TEST_CASE("nothing follows a last word that is read before what a page misses", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.client(who).entries_max = 0;
  auto replay = of({5});
  replay.missed = protocol::gap{"room:1", {"e", 4}, 3};
  d.admit(who, 1, std::move(replay), {}, false, 1);
  d.take({last_word(who)});
  d.client(who).entries_max = 9;
  CHECK(d.read(who) == "subscribed 1; unsubscribed left");
  d.commands();
  d.subscribe(who);
  CHECK(d.commands() == "s1 join"); // it is out
}

TEST_CASE("who has its last word leaves nobody when its session ends", "[shard]") {
  shard_fixture d;
  const auto a = d.open(), b = d.open();
  for (const auto who : {a, b})
    d.subscribe(who);
  d.found();
  for (const auto who : {a, b}) {
    d.admit(who, 0);
    d.client(who).entries_max = 0;
  }
  d.take({published{shard_fixture::publication(1)}, last_word(a)});
  d.commands();
  for (const auto who : {a, b})
    d.inside().disconnect(session_id{who}, "out");
  d.flush();
  CHECK(d.commands() == "s2 leave kicked"); // a second leave of s1 might end what it has begun since
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

TEST_CASE("a page that was read for a client that is away is given back, and read again", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  auto& s = *d.inside().find_session(session_id{who});
  s.deliver_by(std::make_unique<recorded_client>(s), true);
  const auto client = [&]() -> recorded_client& { return static_cast<recorded_client&>(s.how()); };
  client().entries_max = 0;
  d.subscribe(who, position{"e", 1});
  d.found();
  d.commands();
  const bool comes_while_away = GENERATE(false, true);
  const std::vector<offset_t> ten{2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  if (!comes_while_away)
    d.admit(who, 1, of(ten), true);
  s.lost_connection(leave_reason::lost, protocol::close_code::none, "");
  d.flush();
  if (comes_while_away)
    d.admit(who, 1, of(ten), true);
  d.commands();
  CHECK(d.inside().find_session(session_id{who})->waiting_bytes() < 10 * d.publication(2)->size());
  s.resume(std::make_unique<recorded_client>(s), {{}, 0, {}});
  d.flush();
  client().read();
  CHECK(d.commands().find("s1 read 1") != std::string::npos);
  d.take({read_page{session_id{who}, of({2, 3})}});
  CHECK(client().read().ends_with("+2; +3"));
}

TEST_CASE("who comes back to a channel that has begun anew is told a gap, and all of the new", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  auto& s = *d.inside().find_session(session_id{who});
  s.deliver_by(std::make_unique<recorded_client>(s), true);
  const auto client = [&]() -> recorded_client& { return static_cast<recorded_client&>(s.how()); };
  d.subscribe(who);
  d.found();
  d.admit(who, 0);
  for (offset_t o = 1; o <= 5; ++o)
    d.publish(o);
  d.epoch = std::string(1, 'f');
  d.take({epoch_changed{{"f", 0}}, published{shard_fixture::publication(1)}});
  d.publish(2);
  d.publish(3);
  CHECK(client().read() == "subscribed 0; +1; +2; +3; +4; +5; gap 0; +1; +2; +3");
  s.lost_connection(leave_reason::lost, protocol::close_code::none, "");
  d.flush();
  s.resume(std::make_unique<recorded_client>(s), {{}, 1 + 2, {}}); // `subscribed`, +1 and +2 have arrived
  d.flush();
  CHECK(client().read() == "gap 0; +1; +2; +3");
}
