#include "effects.hpp"
#include "shard_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

config::settings small_log(std::size_t entries) {
  config::settings s;
  s.limits.log_entries = entries;
  return s;
}

} // namespace

TEST_CASE("a reader behind the log's tail is told a gap, and reads what is excepted as a hole", "[shard]") {
  shard_fixture d{small_log(2)};
  const auto who = d.open();
  d.subscribe(who);
  d.found();
  d.admit(who, 0);
  d.client(who).entries_max = 0;
  for (offset_t o = 1; o <= 5; ++o)
    d.publish(o);
  CHECK(d.read(who) == "subscribed 0; gap 5 -5");
  d.client(who).entries_max = 99;
  CHECK(d.read(who).empty());
  d.take({published{shard_fixture::publication(6, {session_id{who}})}, published{shard_fixture::publication(7)}});
  CHECK(d.read(who) == "+7");
}

TEST_CASE("the latest of each event: as far as there is room, for whom it is, then how much is missing", "[shard]") {
  config::settings how = small_log(8);
  how.namespaces.push_back({});
  how.namespaces.back().overflow = config::overflow_policy::latest;
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
  d.take({pushed_to(slow, "a"), published{shard_fixture::publication(18, {session_id{slow}}, "even")},
          published{shard_fixture::publication(19, {}, "once")}, published{shard_fixture::publication(0, {}, "odd")}});
  CHECK(d.read(slow) == "subscribed 0");
  d.client(slow).entries_max = 1;
  CHECK(d.read(slow) == "+16");
  d.client(slow).entries_max = 99;
  CHECK(d.read(slow) == "push a; +19; ~; gap 19 -17"); // 1-15, 17, and 18, which was not for it
  d.client(other).entries_max = 99;
  CHECK(d.read(other) == "subscribed 0; +18; +19; ~; gap 19 -17");
  d.publish(20);
  CHECK(d.read(slow) == "+20");
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

TEST_CASE("who catches up goes on in the store where the log moved on meanwhile: nothing is missed", "[shard]") {
  shard_fixture d{small_log(2)};
  const auto who = d.open();
  d.subscribe(who, position{"e", 0});
  d.found();
  d.commands();
  d.client(who).entries_max = 0;
  d.admit(who, 0, of({1, 2}), true);
  for (offset_t o = 3; o <= 7; ++o)
    d.publish(o);
  d.client(who).entries_max = 99;
  CHECK(d.read(who) == "subscribed 0; +1; +2");
  d.flush();
  CHECK(d.commands() == "s1 read 2");
  d.publish(8);
  d.take({read_page{session_id{who}, of({3, 4, 5, 6, 7, 8})}});
  d.publish(9);
  CHECK(d.read(who) == "+3; +4; +5; +6; +7; +8; +9");
}
