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
