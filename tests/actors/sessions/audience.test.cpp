// Publications for some alone in a shard's log, which all read from.

#include "actors/sessions/log_budget.hpp"
#include "effects.hpp"
#include "shard_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

publication_ptr to_some(offset_t offset, std::vector<session_id> whom, std::string event = {}) {
  auto p = *shard_fixture::publication(offset, {}, std::move(event));
  p.only = std::make_shared<const audience>(audience{"red", std::move(whom)});
  return std::make_shared<const publication>(std::move(p));
}

struct shelf {
  shelf() : log("room:1", {}, total) { log.restart({"e", 0}); }
  log_budget total{1 << 20};
  channel_log log;
};

} // namespace

TEST_CASE("entries for some alone are passed over by all others, and encoded once for those", "[shard]") {
  shelf s;
  const log_reader red{session_id{1}, false}, also_red{session_id{3}, false}, other{session_id{2}, false};
  s.log.append(to_some(1, {session_id{1}, session_id{3}}));
  s.log.append(shard_fixture::publication(2));
  s.log.append(to_some(3, {}));
  const auto offsets = [&](const log_reader& who) {
    std::vector<offset_t> all;
    for (auto at = s.log.tail(); at < s.log.head(); ++at)
      if (s.log.is_for(at, who))
        all.push_back(s.log.offset_before(at + 1));
    return all;
  };
  CHECK(offsets(red) == std::vector<offset_t>{1, 2});
  CHECK(offsets(other) == std::vector<offset_t>{2});
  constexpr auto form = protocol::wire_form_id::ws_json;
  const auto read = [&](const log_reader& who) { // as a whole, as a shard does
    std::size_t entries = 0;
    for (auto at = s.log.tail(); at < s.log.head();) {
      const auto run = s.log.read(at, s.log.head(), form, who, 1 << 20);
      entries += run.entries;
      at = run.next;
    }
    return entries;
  };
  CHECK(read(red) == 2);
  CHECK(read(other) == 1); // not the run that was read for another
  CHECK(read(also_red) == 2);
  CHECK(s.log.encodings() == 2);
  CHECK(s.log.value_at(s.log.tail(), red).said);
  CHECK_FALSE(s.log.value_at(s.log.tail(), other).said);
}

TEST_CASE("whom a publication is for counts with its log", "[shard]") {
  shelf few, many;
  few.log.append(to_some(1, {session_id{1}}));
  many.log.append(to_some(1, std::vector<session_id>(1000, session_id{1})));
  CHECK(many.log.bytes() >= few.log.bytes() + 999 * sizeof(session_id));
}

TEST_CASE("a reader passes what is for others without a word, and hears its own behind it", "[shard]") {
  shard_fixture d;
  const auto who = d.open(), other = d.open();
  for (const auto one : {who, other})
    d.subscribe(one);
  d.found();
  d.admit(who, 0);
  d.admit(other, 0);
  d.take({published{to_some(1, {session_id{other}})}, published{to_some(2, {session_id{other}})}});
  CHECK(d.read(who) == "subscribed 0");
  CHECK(d.read(other) == "subscribed 0; +1; +2");
  d.take({published{to_some(3, {session_id{who}})}, published{to_some(0, {session_id{other}})}, published{shard_fixture::publication(4)}});
  CHECK(d.read(who) == "+3; +4");
  CHECK(d.read(other) == "~; +4");
}

TEST_CASE("the latest of each event is the latest that is for the reader", "[shard]") {
  config::settings how;
  how.limits.log_entries = 6;
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
  for (offset_t o = 1; o <= 6; ++o)
    d.take({published{shard_fixture::publication(o, {}, "x")}});
  d.take({published{to_some(7, {session_id{slow}}, "x")}, published{to_some(8, {session_id{other}}, "x")},
          published{to_some(9, {session_id{other}}, "y")}});
  d.client(slow).entries_max = d.client(other).entries_max = 99;
  CHECK(d.read(slow) == "subscribed 0; +7; gap 9 -8");
  CHECK(d.read(other) == "subscribed 0; +8; +9; gap 9 -7");
}
