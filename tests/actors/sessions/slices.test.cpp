// What takes longer than a slice of writing goes on in the next, and handlers have their turns between.

#include "shard_fixture.hpp"

#include <algorithm>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;

TEST_CASE("a crowd is written to in slices, everybody all of it and in order, though some go between", "[shard]") {
  shard_fixture d;
  constexpr std::size_t many = 100;
  std::vector<std::uint64_t> all;
  for (std::size_t i = 0; i < many; ++i) {
    all.push_back(d.open());
    d.subscribe(all.back());
  }
  d.found();
  for (const auto who : all) {
    d.admit(who, 0);
    d.read(who);
  }
  const auto reached = [&] {
    return std::count_if(all.begin(), all.end(), [&](auto who) { return !d.client(who).heard().empty(); });
  };
  d.each_look = 1ms; // a slow machine: each look at the clock finds a slice over
  d.publish(1);
  CHECK(reached() > 0);
  CHECK(reached() < 20);
  while (reached() < 70)
    d.flush();
  const auto gone = GENERATE(from_range(std::vector<std::size_t>{0, 50, 80, many - 1}));
  d.inside().disconnect(session_id{all[gone]}, "out"); // at the end of the next slice, when all wait to be written to
  d.publish(2);
  std::size_t slices = 0;
  while (d.inside().flush())
    REQUIRE(++slices < many);
  CHECK(slices > 3);
  for (std::size_t i = 0; i < many; ++i)
    if (i != gone)
      CHECK(d.client(all[i]).heard() == "+1; +2");
}

namespace {

constexpr std::size_t said_per_turn_max = 512; // commands to channels, by what ends or is away

std::vector<std::uint64_t> crowd_in_room(shard_fixture& d, std::size_t many) {
  std::vector<std::uint64_t> all;
  for (std::size_t i = 0; i < many; ++i) {
    all.push_back(d.open());
    d.subscribe(all.back());
    if (i == 0)
      d.found();
    d.admit(all.back(), 0); // one by one: few commands are under way at once
  }
  d.commands();
  return all;
}

void lose(shard_fixture& d, std::uint64_t who) {
  d.inside().find_session(session_id{who})->lost_connection(leave_reason::lost, protocol::close_code::none, "");
}

/// Commands to the channel since it was asked last.
std::size_t commands_said(shard_fixture& d) {
  const auto line = d.commands();
  return line.empty() ? 0 : 1 + static_cast<std::size_t>(std::count(line.begin(), line.end(), ';'));
}

} // namespace

TEST_CASE("a crowd that is lost is told to its channels in many turns, each once, and others are served between", "[shard]") {
  shard_fixture d;
  const auto crowd = crowd_in_room(d, 2000);
  const auto other = d.open();
  for (const auto who : crowd)
    lose(d, who);
  std::size_t all = 0, turns = 0;
  for (bool more = true; more; ++turns) {
    more = d.inside().flush();
    const auto said = commands_said(d);
    CHECK(said <= said_per_turn_max);
    all += said;
    d.inside().find_session(session_id{other})->handle({std::int64_t{1}, protocol::ping{}});
    CHECK(d.client(other).read() == "reply");
  }
  CHECK(all == crowd.size());
  CHECK(turns >= crowd.size() / said_per_turn_max);
}

TEST_CASE("a crowd whose time is over leaves its channels in many turns, and who is sent away meanwhile goes at once", "[shard]") {
  shard_fixture d;
  const auto crowd = crowd_in_room(d, 2000);
  const auto other = d.open();
  for (const auto who : crowd)
    lose(d, who);
  while (d.inside().flush())
    continue;
  d.commands();
  std::size_t left = 0, turns = 0;
  for (int steps = 0; left < crowd.size() && steps < 1000; ++steps) {
    if (left > 0 && !d.client(other).closed) {
      d.inside().disconnect(session_id{other}, "out");
      d.flush();
      CHECK(d.client(other).closed);
    } else {
      d.pass(100ms);
    }
    const auto said = commands_said(d);
    CHECK(said <= said_per_turn_max);
    left += said;
    turns += said > 0 ? 1 : 0;
  }
  CHECK(left == crowd.size());
  CHECK(turns >= crowd.size() / said_per_turn_max);
}

TEST_CASE("who is back before its channels have heard that it was away was not away for them", "[shard]") {
  shard_fixture d;
  const auto who = crowd_in_room(d, 1).front();
  lose(d, who);
  const auto by = d.open();
  const auto token = d.inside().find_session(session_id{who})->token();
  d.inside().find_session(session_id{by})->handle({std::int64_t{1}, protocol::resume{token, 0, {}}});
  while (d.inside().flush())
    continue;
  CHECK_FALSE(d.inside().find_session(session_id{who})->is_away());
  CHECK(d.commands().empty());
}
