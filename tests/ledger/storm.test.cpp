// The ledger over real sockets, in short; by hand it is long: script/ledger.

#include "tests/ledger/served_storm.hpp"
#include "tests/seed.hpp"

#include <catch2/catch.hpp>

using namespace troupe::ledger;
using namespace std::chrono_literals;

TEST_CASE("a storm over real sockets: nothing is lost, told twice, or out of order") {
  storm_plan plan;
  plan.seed = troupe::test::seed();
  plan.clients = 60;
  plan.lasting = 4s;
  const auto report = served_storm(plan);
  INFO(report.text());
  CHECK(report.clean());
  CHECK(report.found.all.publications > 0);
  CHECK(report.found.all.privates > 0);
  CHECK(report.found.all.answers > 0);
  CHECK(report.connections > plan.clients);
  CHECK_FALSE(report.harms.empty());
}
