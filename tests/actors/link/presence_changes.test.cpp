#include "actors/link/presence_changes.hpp"
#include "outbound_items.hpp"
#include "tests/seed.hpp"

#include <map>
#include <random>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

using protocol::member_info;
using protocol::presence_change;

member_info info(std::uint64_t who, std::string user = {}, bool away = false) {
  return {session_id{who}, std::move(user), {}, away};
}

std::string taken(presence_changes& from) {
  const auto all = from.take();
  return all ? text_of(presence_changed{*all}) : "nothing";
}

} // namespace

TEST_CASE("who came and went in between is not mentioned", "[link]") {
  presence_changes changes{"room:1"};
  changes.came(info(1, "u"));
  changes.came(info(2));
  changes.went(session_id{2}, "");
  changes.went(session_id{3}, "");
  changes.came(info(3));
  const auto all = changes.take();
  REQUIRE(all);
  CHECK(text_of(presence_changed{*all}) == "presence +s1 +s3 -s3");
  CHECK(all->joined[0].user == "u");
  CHECK(taken(changes) == "nothing");
}

TEST_CASE("who was away and is back in between is not mentioned", "[link]") {
  presence_changes changes{"room:1"};
  changes.turned(session_id{1}, true);
  changes.turned(session_id{2}, true);
  changes.turned(session_id{1}, false);
  CHECK(taken(changes) == "presence away s2");
  changes.turned(session_id{2}, false);
  changes.went(session_id{3}, "");
  changes.turned(session_id{4}, true);
  changes.went(session_id{4}, "");
  CHECK(taken(changes) == "presence -s3 -s4 back s2");
  changes.came(info(5));
  changes.turned(session_id{5}, true);
  CHECK(taken(changes) == "presence +s5(away)");
}

TEST_CASE("what a list has said of somebody is not taken back unsaid", "[link]") {
  presence_changes changes{"room:1"};
  changes.came(info(1));
  changes.turned(session_id{2}, true);
  changes.listed();
  changes.came(info(3));
  changes.went(session_id{1}, "");
  changes.turned(session_id{2}, false);
  changes.went(session_id{3}, "");
  CHECK(taken(changes) == "presence -s1 back s2");
}

TEST_CASE("later changes are merged into a list of all who are there", "[link]") {
  presence_changes changes{"room:1"};
  changes.add({"room:1", {info(9)}, {info(1)}});
  changes.add({"room:1", {info(1), info(2), info(3)}, {}, {}, {}, 3, presence_change::kind::everybody});
  changes.add({"room:1", {info(4)}, {info(2)}, {{session_id{3}, true}}, {{"u", true}}, 3});
  const auto all = changes.take();
  REQUIRE(all);
  CHECK(text_of(presence_changed{*all}) == "presence all +s1 +s3(away) +s4");
  CHECK(all->count == 3);
  changes.add({"room:1", {info(1)}, {}});
  changes.add({"room:1", {}, {}, {}, {}, 70, presence_change::kind::number});
  CHECK(taken(changes) == "presence 70");
}

TEST_CASE("a user that came and went in between is not mentioned", "[link]") {
  presence_changes changes{"room:1"};
  changes.add({"room:1", {info(1, "ann"), info(2, "bob")}, {}, {}, {{"ann", true}, {"bob", true}}, 2});
  changes.add({"room:1", {}, {info(1, "ann")}, {}, {{"ann", false}}, 1});
  CHECK(taken(changes) == "presence +s2 came bob");
}

/// As a reader of presence keeps it.
namespace {

using knowledge = std::map<session_id, bool>;

void apply(knowledge& to, const presence_change& what) {
  if (what.is == presence_change::kind::everybody)
    to.clear();
  for (const auto& m : what.left)
    to.erase(m.session);
  for (const auto& m : what.joined)
    to[m.session] = m.away;
  for (const auto& t : what.turned)
    to.at(t.who) = t.away;
}

} // namespace

TEST_CASE("changes that were merged make the same of what was known as one by one", "[link]") {
  std::mt19937 random{test::seed()};
  const auto chance = [&](unsigned n) { return random() % n; };
  for (int round = 0; round < 2'000; ++round) {
    knowledge truth, merged;
    for (std::uint64_t who = 1; who <= 5; ++who)
      if (chance(2) == 0)
        truth[session_id{who}] = merged[session_id{who}] = chance(2) == 0;
    presence_changes at_once{"room:1"}, together{"room:1"};
    for (int step = 0; step < 12; ++step) {
      const session_id who{1 + chance(5)};
      const auto there = truth.find(who);
      if (there == truth.end()) {
        const bool away = chance(2) == 0;
        truth[who] = away;
        at_once.came(info(who.value(), "", away));
      } else if (chance(2) == 0) {
        truth.erase(there);
        at_once.went(who, "");
      } else {
        there->second = !there->second;
        at_once.turned(who, there->second);
      }
      if (chance(3) == 0)
        if (auto some = at_once.take())
          together.add(*std::move(some));
      if (chance(5) == 0) { // a reader of a list, which is the truth, knows that from here on
        if (auto some = at_once.take())
          together.add(*std::move(some));
        merged = truth;
        together.listed();
      }
    }
    if (auto some = at_once.take())
      together.add(*std::move(some));
    if (const auto all = together.take())
      apply(merged, *all);
    REQUIRE(merged == truth);
  }
}
