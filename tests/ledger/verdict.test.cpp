// The checker of the ledger: it finds each way in which a client can be wronged, and nothing else.

#include "tests/ledger/verdict.hpp"
#include "tests/seed.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace troupe::ledger;
using seen::chance;

namespace {

/// Channel `a` of epoch `e`: five publications, of which the third is not for s1.
truth five() {
  truth all;
  for (std::uint64_t i = 1; i <= 5; ++i)
    all.add("a", "e", {i, std::to_string(i), i == 3 ? "s1" : ""});
  return all;
}

seen::published heard(std::uint64_t offset) { return {"a", offset, std::to_string(offset)}; }

const event fresh = seen::opened{"s1", chance::none, "poll"};
const event entered = seen::subscribed{"a", {"e", 0}, {}};

std::vector<event> whole() { return {fresh, entered, heard(1), heard(2), heard(4), heard(5)}; }

verdict of(std::vector<event> events, promise what = {}) { return judge(five(), {{"c", std::move(events)}}, what); }

/// Exactly one fault, of that kind.
void is(const verdict& v, fault_kind kind) {
  INFO(v.text());
  REQUIRE(v.faults.size() == 1);
  CHECK(to_string(v.faults[0].kind) == to_string(kind));
}

} // namespace

TEST_CASE("who heard all of it, each once and in order, has no complaint") {
  const auto v = of(whole());
  INFO(v.text());
  CHECK(v.clean());
  CHECK(v.all.publications == 4);
}

TEST_CASE("a publication that is missing in the midst, or at the end, is found") {
  auto events = whole();
  SECTION("in the midst") {
    events.erase(events.begin() + 3);
  }
  SECTION("at the end") {
    events.pop_back();
  }
  SECTION("all of them") {
    events.resize(2);
  }
  is(of(events), fault_kind::lost_in_silence);
}

TEST_CASE("a publication that comes twice, or behind a later one, is found") {
  auto events = whole();
  SECTION("at once") {
    events.insert(events.begin() + 3, heard(1));
    is(of(events), fault_kind::twice);
  }
  SECTION("after a return") {
    events.push_back(seen::resumed{"s1"});
    events.push_back(heard(5));
    is(of(events), fault_kind::twice);
  }
  SECTION("in the wrong order") {
    std::swap(events[3], events[4]);
    const auto v = of(events);
    CHECK(v.has(fault_kind::twice));
    CHECK(v.has(fault_kind::lost_in_silence));
  }
}

TEST_CASE("what nobody said, or said to others, is found") {
  auto events = whole();
  SECTION("other data") {
    events[3] = seen::published{"a", 2, "two"};
  }
  SECTION("a publication that is not for its own sender") {
    events.insert(events.begin() + 4, heard(3));
  }
  SECTION("an offset that there is not") {
    events.push_back(heard(6));
  }
  SECTION("to who is not in") {
    events.insert(events.begin() + 1, heard(1));
  }
  is(of(events), fault_kind::never_said);
}

TEST_CASE("a publication that is not for one session is for the next of the same client") {
  const event other = seen::opened{"s2", chance::is_over, "SSE"};
  const event again = seen::subscribed{"a", {"e", 2}, true};
  auto v = of({fresh, entered, heard(1), heard(2), other, again, heard(3), heard(4), heard(5)});
  INFO(v.text());
  CHECK(v.clean());
  is(of({fresh, entered, heard(1), heard(2), other, again, heard(4), heard(5)}), fault_kind::lost_in_silence);
}

TEST_CASE("a gap must be as large as it says, and go forward") {
  const promise told{.resumes = false};
  const auto with = [&](std::uint64_t from, seen::gap g) {
    std::vector<event> events{fresh, entered};
    for (std::uint64_t i = 1; i <= from; ++i)
      if (i != 3)
        events.push_back(heard(i));
    events.push_back(std::move(g));
    events.push_back(heard(5));
    return events;
  };
  CHECK(of(with(1, {"a", {"e", 4}, 3}), told).clean());
  CHECK(of(with(1, {"a", {"e", 4}, {}}), told).clean());
  is(of(with(1, {"a", {"e", 4}, 2}), told), fault_kind::gap_is_wrong);
  CHECK(of(with(4, {"a", {"e", 2}, {}}), told).has(fault_kind::gap_is_wrong));
  is(of(with(1, {"a", {"e", 3}, 2}), told), fault_kind::lost_in_silence); // not told of all
  is(of(with(1, {"a", {"e", 4}, 3})), fault_kind::told_within_window);
  CHECK(of(with(1, {"a", {"e", 4}, 3}), told).all.gaps == 1);
}

TEST_CASE("who comes back goes on where it stood, or is told") {
  const event other = seen::opened{"s2", chance::open, "SSE"};
  const std::vector<event> tail{heard(3), heard(4), heard(5)};
  const auto with = [&](seen::subscribed how, std::size_t skip) {
    std::vector<event> events{fresh, entered, heard(1), heard(2), other, std::move(how)};
    events.insert(events.end(), tail.begin() + static_cast<std::ptrdiff_t>(skip), tail.end());
    return events;
  };
  CHECK(of(with({"a", {"e", 2}, true}, 0)).clean());
  CHECK(of(with({"a", {"e", 4}, false}, 2)).clean());
  is(of(with({"a", {"e", 4}, true}, 2)), fault_kind::position_is_wrong);
  is(of(with({"a", {"e", 4}, {}}, 2)), fault_kind::position_is_wrong);
  const auto early = of(with({"a", {"e", 1}, true}, 0));
  CHECK(early.has(fault_kind::position_is_wrong));
}

TEST_CASE("within the window a session goes on, and nothing is told to be missing") {
  const auto back = [](event how) { return std::vector<event>{fresh, entered, heard(1), heard(2), std::move(how)}; };
  const auto on = [&](event how, std::vector<event> more) {
    auto all = back(std::move(how));
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  CHECK(of(on(seen::resumed{"s1"}, {heard(4), heard(5)})).clean());
  is(of(on(seen::resumed{"s1", chance::goes_on, false}, {heard(4), heard(5)})), fault_kind::told_within_window);
  is(of(on(seen::resumed{"s1", chance::is_over}, {heard(4), heard(5)})), fault_kind::raised_dead);
  const event gone = seen::opened{"s2", chance::goes_on, "SSE"};
  const auto lost = on(gone, {seen::subscribed{"a", {"e", 2}, true}, heard(3), heard(4), heard(5)});
  is(of(lost), fault_kind::not_resumed);
  CHECK(of(lost, {.resumes = false}).clean());
  const auto other = of(on(seen::resumed{"s9"}, {heard(3), heard(4), heard(5)}));
  CHECK(other.has(fault_kind::not_resumed));
  auto twice = on(seen::resumed{"s1"}, {heard(4), heard(5), seen::doubled{}});
  is(of(twice), fault_kind::old_line_stands);
}

TEST_CASE("what is said to one alone comes once, and where it was said") {
  const auto with = [](std::vector<event> more) {
    std::vector<event> all{fresh, entered};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  const event one = seen::pushed{"a", 1, 1}, two = seen::pushed{"a", 2, 4};
  const event at_end = seen::answered{1, true, "a", 5, 2};
  const event question = seen::asked{1};
  CHECK(of(with({question, heard(1), one, heard(2), heard(4), two, heard(5), at_end})).clean());
  is(of(with({heard(1), heard(2), one, heard(4), two, heard(5)})), fault_kind::private_out_of_place);
  is(of(with({one, heard(1), heard(2), heard(4), two, heard(5)})), fault_kind::private_out_of_place);
  is(of(with({heard(1), heard(2), heard(4), two, heard(5)})), fault_kind::private_lost);
  is(of(with({heard(1), one, one, heard(2), heard(4), two, heard(5)})), fault_kind::private_twice);
  is(of(with({question, heard(1), one, heard(2), heard(4), heard(5), at_end})), fault_kind::private_lost); // the last
  is(of(with({question, heard(1), one, heard(2), heard(4), two, at_end, heard(5)})), fault_kind::private_out_of_place);
  const event lost = seen::resumed{"s1", chance::goes_on, false};
  CHECK(of(with({lost, heard(1), heard(2), heard(4), two, heard(5)}), {.resumes = false}).clean());
}

TEST_CASE("a private message whose place was skipped may come behind the gap, and no other") {
  const promise told{.resumes = false};
  const event skip = seen::gap{"a", {"e", 4}, 4}, one = seen::pushed{"a", 1, 2}, two = seen::pushed{"a", 2, 4};
  CHECK(of({fresh, entered, skip, one, two, heard(5)}, told).clean());
  is(of({fresh, entered, skip, one, heard(5), two}, told), fault_kind::private_out_of_place);
}

TEST_CASE("within the window a gap is told only of a channel that its client is out of, right before its last word") {
  const seen::gap gap{"a", {"e", 5}, {}};
  CHECK(of({fresh, entered, heard(1), gap, seen::left{"a", true}}).clean());
  is(of({fresh, entered, heard(1), gap}), fault_kind::told_within_window);
  is(of({fresh, entered, heard(1), gap, seen::pushed{"a", 1, 5}, seen::left{"a", true}}), fault_kind::told_within_window);
}

TEST_CASE("where logs are short a gap is told to whoever has heard something over its connection, not to who comes back") {
  const promise may_lag{.keeps_up = false};
  const event gap = seen::gap{"a", {"e", 4}, {}}, back = seen::resumed{"s1"};
  CHECK(of({fresh, entered, heard(1), gap, heard(5)}, may_lag).clean());
  is(of({fresh, entered, heard(1), back, gap, heard(5)}, may_lag), fault_kind::told_within_window);
  CHECK(of({fresh, entered, heard(1), back, heard(2), gap, heard(5)}, may_lag).clean());
}

TEST_CASE("each command is answered once, or as often as it was sent with its key") {
  const auto with = [](std::vector<event> more) {
    auto all = whole();
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  const event asked = seen::asked{1}, keyed = seen::asked{1, true}, answered = seen::answered{1};
  CHECK(of(with({asked, answered})).clean());
  CHECK(of(with({asked, asked, answered})).clean()); // the first was not heard
  is(of(with({asked})), fault_kind::answer_lost);
  is(of(with({answered})), fault_kind::answered_twice);
  is(of(with({asked, answered, answered})), fault_kind::answered_twice);
  is(of(with({asked, asked, answered, answered})), fault_kind::answered_twice);
  CHECK(of(with({keyed, keyed, answered, answered})).clean());
  is(of(with({keyed, answered, answered})), fault_kind::answered_twice);
  CHECK(of(with({asked, seen::unsure{1}})).clean());
  CHECK(of(with({asked, seen::unsure{1}, answered})).clean());
  is(of(with({asked, seen::unsure{1}, asked})), fault_kind::answer_lost);
}

TEST_CASE("a command speaks once if it is answered well, and never twice") {
  truth said;
  said.add("a", "e", {1, "1", {}, "c/7"});
  const auto life = [](std::vector<event> more) {
    std::vector<event> all{fresh, entered, heard(1)};
    all.insert(all.end(), more.begin(), more.end());
    return std::vector<record>{{"c", all}};
  };
  CHECK(judge(said, life({seen::asked{7, false, true}, seen::answered{7}})).clean());
  is(judge(said, life({seen::asked{8, false, true}, seen::answered{8}})), fault_kind::not_carried_out);
  said.add("b", "e", {1, "1", {}, "c/7"});
  is(judge(said, life({seen::asked{7, false, true}, seen::answered{7}})), fault_kind::carried_out_twice);
}

TEST_CASE("witnesses that differ are found") {
  truth said;
  said.add("a", "e", {1, "1"});
  said.add("a", "e", {1, "1"});
  CHECK(judge(said, {}).clean());
  CHECK(said.size() == 1);
  said.add("a", "e", {1, "one"});
  is(judge(said, {}), fault_kind::witnesses_differ);
}

// A life in which nothing is wrong, drawn by seed; then one thing in it is taken away, said again, or moved.
namespace {

struct drawn_life {
  truth said;
  record of{"c", {}};
  std::vector<std::size_t> matter; // of its events
};

drawn_life draw(std::mt19937& dice) {
  drawn_life d;
  auto& events = d.of.events;
  events = {seen::opened{"s1", chance::none, "SSE"}, seen::subscribed{"a", {"e", 0}, {}}, seen::subscribed{"b", {"e", 0}, {}}};
  std::uint64_t offsets[2]{}, pushes[2]{}, asked = 0;
  const std::string names[2]{"a", "b"};
  for (int i = 0; i < 30; ++i) {
    const auto c = dice() % 2;
    switch (dice() % 4) {
    case 0: events.push_back(seen::pushed{names[c], ++pushes[c], offsets[c]}); break;
    case 1: events.push_back(seen::resumed{"s1"}); continue;
    default:
      ++offsets[c];
      d.said.add(names[c], "e", {offsets[c], std::to_string(i)});
      events.push_back(seen::published{names[c], offsets[c], std::to_string(i)});
    }
    d.matter.push_back(events.size() - 1);
  }
  for (const auto c : {0, 1}) {
    events.push_back(seen::asked{++asked});
    events.push_back(seen::answered{asked, true, names[c], offsets[c], pushes[c]});
  }
  return d;
}

const std::string& channel_of(const event& e) {
  if (const auto* p = std::get_if<seen::published>(&e))
    return p->channel;
  return std::get<seen::pushed>(e).channel;
}

/// Whether the order of two events next to each other means something: two pushes, or publications, or both, of a channel.
bool ordered(const event& one, const event& next) {
  const auto speaks = [](const event& e) {
    return std::holds_alternative<seen::published>(e) || std::holds_alternative<seen::pushed>(e);
  };
  return speaks(one) && speaks(next) && channel_of(one) == channel_of(next);
}

} // namespace

TEST_CASE("in any life, whatever is taken away, said again or moved is found") {
  std::mt19937 dice{troupe::test::seed()};
  for (int i = 0; i < 2000; ++i) {
    const auto life = draw(dice);
    const auto untouched = judge(life.said, {life.of});
    INFO(untouched.text());
    REQUIRE(untouched.clean());
    if (life.matter.empty())
      continue;
    const auto which = life.matter[dice() % life.matter.size()];
    auto less = life.of, more = life.of, moved = life.of;
    less.events.erase(less.events.begin() + static_cast<std::ptrdiff_t>(which));
    CHECK_FALSE(judge(life.said, {less}).clean());
    more.events.insert(more.events.begin() + static_cast<std::ptrdiff_t>(which), more.events[which]);
    CHECK_FALSE(judge(life.said, {more}).clean());
    if (!ordered(moved.events[which], moved.events[which + 1]))
      continue;
    std::swap(moved.events[which], moved.events[which + 1]);
    CHECK_FALSE(judge(life.said, {moved}).clean());
  }
}
