#include "actors/telemetry/load_history.hpp"

#include <catch2/catch.hpp>

using namespace troupe::actors;

TEST_CASE("a sample has what came since the one before, and an hour of them is kept") {
  load_history hour;
  load_sample totals;
  hour.add(totals);
  CHECK(hour.told().samples.empty());
  constexpr auto more = load_history::samples_max + 10;
  for (std::size_t i = 1; i <= more; ++i) {
    totals.at = static_cast<std::int64_t>(i);
    totals.published += i;
    totals.sessions = i;
    hour.add(totals);
  }
  const auto all = hour.told().samples;
  REQUIRE(all.size() == load_history::samples_max);
  CHECK(all.front().published == 11);
  CHECK(all.back().published == more);
  CHECK(all.back().sessions == more);
  CHECK(load_history::period * load_history::samples_max == std::chrono::hours{1});
}
