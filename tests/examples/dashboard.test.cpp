// The dashboard's channel, on the figures of the machine that tests run on.

#include "examples/dashboard/metrics.hpp"
#include "tests/examples/demo_configuration.hpp"

#include <troupe/testing.hpp>

#include <catch2/catch.hpp>

using namespace examples;
using namespace std::chrono_literals;

namespace {

struct dashboard : troupe::testing::channel_under_test<metrics> {
  dashboard() : channel_under_test("metrics", test::demo_configuration()) {}
};

} // namespace

TEST_CASE("a dashboard is told a sample each second, and who comes in those before") {
  dashboard t;
  auto ada = t.join({}, {.transport = troupe::transport_kind::sse});
  CHECK(ada.pushes<recent>("recent").back().samples.empty());
  const auto start = t.now();
  t.pass(3s);
  const auto samples = ada.broadcasts<sample>("sample");
  REQUIRE(samples.size() == 3);
  CHECK(samples.front().time == start + 1000);
  CHECK(samples.back().memory_total > 0);
  auto bob = t.join();
  CHECK(bob.pushes<recent>("recent").back().samples.size() == 3);
  CHECK(troupe::testing::heard_exactly(bob.heard(), {"subscribed", "push recent"}));
}

TEST_CASE("with nobody there nothing is sampled") {
  dashboard t;
  auto ada = t.join();
  t.pass(2s);
  ada.leave();
  t.pass(1h);
  CHECK_FALSE(t.lives());
  CHECK(t.broadcasts("sample").size() <= 62);
}
