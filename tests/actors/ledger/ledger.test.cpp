// The ledger, in short: whatever becomes of connections, each client gets what was said, once and in order, or is told.

#include "tests/actors/ledger/schedule.hpp"
#include "tests/seed.hpp"

#include <iostream>

using namespace troupe;
using namespace troupe::actors::testing;

TEST_CASE("in ten thousand short schedules nothing is lost, told twice, or out of order") {
  constexpr std::uint32_t schedules = 10'000, in_a_node = 100;
  const auto seed = troupe::test::seed();
  ledger::sums all;
  std::unique_ptr<virtual_node> node;
  for (std::uint32_t i = 0; i < schedules; ++i) {
    if (i % in_a_node == 0) {
      node = nullptr;
      node = std::make_unique<virtual_node>(plan_for_schedules(), settings_for_schedules());
      node->log().least = actors::log_level::error;
    }
    schedule one{*node, seed + i, i};
    const auto found = one.run({});
    INFO("TROUPE_SEED=" << seed + i << " begins with this one; here it was number " << i);
    INFO(found.text() << found.lives(one.lives()));
    REQUIRE(one.restless().empty());
    REQUIRE(found.clean());
    all += found.all;
  }
  CHECK(all.publications > schedules);
  CHECK(all.privates > schedules);
  CHECK(all.answers > schedules);
}
