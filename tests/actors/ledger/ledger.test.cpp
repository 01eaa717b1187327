// The ledger, in short: whatever becomes of connections, each client gets what was said, once and in order, or is told.

#include "tests/actors/ledger/schedule.hpp"
#include "tests/seed.hpp"

using namespace troupe;
using namespace troupe::actors::testing;

namespace {

/// So many schedules, one after the other, by seed; a hundred in a node.
ledger::sums run_schedules(std::uint32_t count, const config::settings& settings, ledger::promise what) {
  constexpr std::uint32_t in_a_node = 100;
  const auto seed = troupe::test::seed();
  ledger::sums all;
  std::unique_ptr<virtual_node> node;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i % in_a_node == 0) {
      node = nullptr;
      node = std::make_unique<virtual_node>(plan_for_schedules(), settings);
      node->log().least = actors::log_level::error;
    }
    schedule one{*node, seed + i, i, what.resumes};
    const auto found = one.run(what);
    INFO("TROUPE_SEED=" << seed + i << " begins with this one; here it was number " << i);
    INFO(one.restless() << found.text() << found.lives(one.lives()));
    REQUIRE(one.restless().empty());
    REQUIRE(found.clean());
    all += found.all;
  }
  return all;
}

} // namespace

TEST_CASE("in ten thousand short schedules nothing is lost, told twice, or out of order") {
  constexpr std::uint32_t count = 10'000;
  const auto all = run_schedules(count, settings_for_schedules(), {});
  CHECK(all.publications > count);
  CHECK(all.privates > count);
  CHECK(all.answers > count);
  CHECK(all.resumed > count);
  CHECK(all.expired > 0);
}

TEST_CASE("in a thousand schedules with short memories all that is missing is told, and how much, if that is known") {
  auto settings = settings_for_schedules();
  settings.limits.log_entries = 6;
  settings.limits.journal_stretches = 4;
  for (auto& n : settings.namespaces)
    n.history_size = 6;
  const auto all = run_schedules(1000, settings, {.resumes = false});
  CHECK(all.gaps > 0);
  CHECK(all.not_recovered > 0);
}
